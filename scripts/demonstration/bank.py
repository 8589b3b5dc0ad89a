"""A statement of the bank: most of its lines booked, some that wait, one that is no payment."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.accounts.models import User
from sales.models import BankLine
from sales.money.bank import book_lines, import_statement, set_aside
from scripts.demonstration.agents import Seller
from scripts.demonstration.payments import place_of
from scripts.demonstration.plan import Plan, local

ACCOUNT = "0141 000 000 (trình diễn)"
#: So many payments of one day come by the statement, and so many of them are booked.
LINES, BOOKED = 12, 8
#: Day of payment and who paid how much, as `payments.paid_for` tells.
Paid = dict[date, list[tuple[Seller, int]]]


@dataclass(frozen=True)
class ByBank:
    """What agents paid on a day that nobody has typed in: the bank's statement tells it."""

    day: date
    paid: Sequence[tuple[Seller, int]]


def apart(plan: Plan, paid: Paid) -> tuple[Paid, ByBank]:
    """The payments without those of the last day that come by the statement, and these."""
    day = max(paid)
    ours = [one for one in paid[day] if place_of(one[0]) == "bank"]
    some = plan.luck("bank").sample(ours, min(LINES, len(ours) // 2))
    codes = {seller.agent.code for seller, _amount in some}
    left = [one for one in paid[day] if one[0].agent.code not in codes]
    return paid | {day: left}, ByBank(day, some)


def import_lines(sent: ByBank, *, by: User, at: datetime) -> None:
    """Import the statement and book what its clerk was sure of."""
    at = min(local(sent.day + timedelta(days=1), 8, 30), at)
    name = f"sao-ke-{sent.day:%Y-%m-%d}.csv"
    done = import_statement(_sheet(sent), name=name, account=ACCOUNT, by=by, at=at)
    lines = {line.reference: line.pk for line in BankLine.objects.filter(statement=done.statement)}
    agents = {
        lines[_reference(sent, place)]: seller.agent.code
        for place, (seller, _amount) in enumerate(sent.paid[:BOOKED])
    }
    if agents:
        book_lines(agents, by=by, at=at)
    why = "Tiền thuê mặt bằng, không phải đại lý nộp"
    set_aside(lines[f"FT{sent.day:%y%m%d}90"], reason=why, by=by)


def _reference(sent: ByBank, place: int) -> str:
    return f"FT{sent.day:%y%m%d}{place:02}"


def _sheet(sent: ByBank) -> bytes:
    """As banks export it: some payers name their code, some only themselves, one nothing at all."""
    out = io.StringIO()
    sheet = csv.writer(out)
    sheet.writerow(
        ["Ngày giao dịch", "Số tham chiếu", "Ghi nợ", "Ghi có", "Người chuyển", "Nội dung"]
    )
    day = f"{sent.day:%d/%m/%Y}"
    for place, (seller, amount) in enumerate(sent.paid):
        agent = seller.agent
        text = f"{agent.code} nop tien ve so" if place % 3 else f"{agent.name} nộp tiền vé"
        row = [day, _reference(sent, place), "", f"{amount:,}".replace(",", "."), agent.name, text]
        sheet.writerow(row)
    for number, amount, text in (
        (90, 15_000_000, "TIEN THUE MAT BANG T10"),
        (91, 2_500_000, "NOP TIEN"),
    ):
        shown = f"{amount:,}".replace(",", ".")
        sheet.writerow([day, f"FT{sent.day:%y%m%d}{number}", "", shown, "", text])
    sheet.writerow([day, f"FT{sent.day:%y%m%d}99", "55.000", "", "", "PHI CHUYEN TIEN"])
    return out.getvalue().encode("utf-8-sig")
