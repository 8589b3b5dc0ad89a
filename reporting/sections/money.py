"""Debts and prizes in words and tables."""

from collections.abc import Iterator, Sequence

from django.urls import reverse

from backend.shares import share_bps
from reporting.builders.content import (
    Column,
    Kind,
    Mood,
    Part,
    Row,
    Sentence,
    Table,
    Tile,
    figure,
    linked,
    row,
    total_of,
)
from reporting.builders.telling import count, money, of_many, share
from reporting.defining import Asked
from reporting.sections import rows_behind
from sales.figures.money import Debt, DebtBook
from sales.figures.prizes import Claim, Payouts, PrizeBook

SHOWN = 10


def owing(book: DebtBook) -> list[Debt]:
    """Accounts with a debt, what is overdue longest on top."""
    found = [debt for debt in book.debts if debt.owed_amount > 0]
    return sorted(found, key=lambda debt: (-debt.age.overdue, -debt.owed_amount, debt.code))


def debt_sentences(asked: Asked, book: DebtBook) -> Iterator[Sentence]:
    """What is owed and how much of it is late, who is worst, who is over the limit."""
    owed = owing(book)
    if not owed:
        return
    whole, late = sum(debt.owed_amount for debt in owed), [d for d in owed if d.age.overdue]
    overdue = sum(debt.age.overdue for debt in late)
    link = rows_behind.debts(asked)
    many, total = count(len(owed), link), money(whole, link)
    worse, part = money(overdue, link), share(share_bps(overdue, whole), link)
    agents = count(len(late), link)
    owe = of_many(len(owed), " agent owes ", " agents owe ")
    if not late:
        yield Sentence(
            (many, " đại lý còn nợ ", total, ", không có nợ quá hạn."),
            (many, owe, total, ", none of it overdue."),
        )
    else:
        yield Sentence(
            (many, " đại lý còn nợ ", total, ", trong đó quá hạn ", worse, " (", part, ") ở ", agents, " đại lý."),
            (many, owe, total, ", of it overdue ", worse, " (", part, ") with ", agents,
             of_many(len(late), " agent.", " agents.")),
        )  # fmt: skip
        first = late[0]
        most = money(first.age.overdue, reverse("statement", args=[first.code]))
        who = f"{first.name} ({first.region})"
        yield Sentence(
            (f"Quá hạn nhiều nhất là {who}: ", most, "."), (f"Most overdue is {who}: ", most, ".")
        )
    yield from _over_sentence(asked, owed)


def _over_sentence(asked: Asked, owed: Sequence[Debt]) -> Iterator[Sentence]:
    over = [debt for debt in owed if debt.over_amount]
    if not over:
        return
    link = rows_behind.debts(asked, order="over")
    agents = count(len(over), link)
    amount = money(sum(debt.over_amount for debt in over), link)
    owe = of_many(len(over), " agent owes", " agents owe")
    yield Sentence(
        (agents, " đại lý vượt hạn mức công nợ, tổng số vượt ", amount, "."),
        (agents, owe, " more than the credit limit, ", amount, " in all."),
    )


def debt_tiles(book: DebtBook) -> Iterator[Tile]:
    owed = owing(book)
    whole, overdue = sum(d.owed_amount for d in owed), sum(d.age.overdue for d in owed)
    over = [debt for debt in owed if debt.over_amount]
    late = (share(share_bps(overdue, whole)), " dư nợ")
    beyond = ("vượt ", figure(sum(d.over_amount for d in over), Kind.MILLIONS), " triệu đồng")
    yield Tile("Dư nợ", figure(whole, Kind.MILLIONS), (count(len(owed)), " đại lý"))
    yield Tile("Quá hạn", figure(overdue, Kind.MILLIONS), late, Mood.BAD if overdue else Mood.GOOD)
    mood = Mood.BAD if over else Mood.GOOD
    yield Tile("Đại lý vượt hạn mức nợ", count(len(over)), beyond, mood, "đại lý")


def ageing_table(book: DebtBook, shown: int = SHOWN) -> Table:
    """Every agent with a debt, by how long it is overdue."""
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT, on_paper=False),
        Column("Dư nợ", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Trong hạn", Kind.MILLIONS, adds=True),
        Column("1–7 ngày", Kind.MILLIONS, adds=True),
        Column("8–30 ngày", Kind.MILLIONS, adds=True),
        Column("Trên 30 ngày", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Bảo đảm", Kind.MILLIONS, adds=True),
        Column("Dùng bảo đảm", Kind.SHARE),
        Column("Hạn mức", Kind.MILLIONS, adds=True, on_paper=False),
        Column("Vượt", Kind.MILLIONS, adds=True, in_mail=True),
    )
    rows = tuple(map(_debt_row, owing(book)))
    total = total_of("", columns, rows)
    whole = Row(("", "Cộng", *total.cells[2:]))
    return Table("Tuổi nợ theo đại lý", columns, rows, whole, shown, in_mail=5)


def _debt_row(debt: Debt) -> Row:
    age, used = debt.age, share_bps(debt.owed_amount, debt.secured_amount)
    return row(
        debt.code, linked(debt.name, reverse("statement", args=[debt.code])), debt.region,
        debt.owed_amount, age.not_due, age.days_1_to_7, age.days_8_to_30, age.days_over_30,
        debt.secured_amount, used, debt.limit_amount, debt.over_amount,
    )  # fmt: skip


def prize_sentences(book: PrizeBook) -> Iterator[Sentence]:
    """What was paid of the prizes and by whom, against the usual; what waits and what runs out."""
    revenue = sum(each.revenue_amount for each in book.draws)
    paid = sum(each.paid_amount for each in book.draws)
    if paid:
        yield _paid_sentence(book, paid, revenue)
    elif revenue:
        yield Sentence(
            ("Chưa ghi sổ khoản trả thưởng nào của các kỳ quay này.",),
            ("No prize of these draws is booked as paid yet.",),
        )
    if book.waiting:
        yield _waiting_sentence(book)
    left = [unclaimed(each) for _until, each in book.expiring]
    if any(left):
        yield _expiring_sentence(book, sum(each or 0 for each in left))


def _paid_sentence(book: PrizeBook, paid: int, revenue: int) -> Sentence:
    link = reverse("payout_ratio")
    ratio, usual = share_bps(paid, revenue), usual_range(book.usual)
    amount, rate = money(paid, link), share(ratio, link)
    part = share(share_bps(sum(each.by_agents_amount for each in book.draws), paid), link)
    vi: tuple[Part, ...] = ()
    en: tuple[Part, ...] = ()
    if usual:
        low, high = (share(bps, link) for bps in usual)
        vi = (" (thường gặp ở một kỳ quay: ", low, "–", high, ")")
        en = (" (usual of a draw: ", low, "–", high, ")")
    return Sentence(
        ("Đã trả thưởng ", amount, ", bằng ", rate, " doanh thu", *vi, ", trong đó đại lý trả ", part, "."),
        ("Prizes paid ", amount, ", ", rate, " of revenue", *en, ", of them by agents ", part, "."),
    )  # fmt: skip


def _waiting_sentence(book: PrizeBook) -> Sentence:
    link = reverse("claims")
    many = count(len(book.waiting), link)
    wait = of_many(len(book.waiting), " claim waits", " claims wait")
    amount = money(sum(claim.gross_amount for claim in book.waiting), link)
    return Sentence(
        (many, " phiếu lĩnh thưởng chờ trả, tổng ", amount, "."),
        (many, wait, " to be paid, ", amount, " in all."),
    )


def _expiring_sentence(book: PrizeBook, left: int) -> Sentence:
    """`left` is what is estimated to be unclaimed of the draws that run out, đồng."""
    link = reverse("payout_ratio")
    amount = money(left, link)
    several = len({each.first for _until, each in book.expiring})
    draws, run = count(several, link), of_many(several, " draw runs", " draws run")
    return Sentence(
        (draws, " kỳ quay hết hạn lĩnh thưởng trong bảy ngày sau kỳ, còn khoảng ", amount, " chưa lĩnh."),
        (draws, run, " out in the seven days after the period, with about ", amount, " unclaimed."),
    )  # fmt: skip


def usual_range(ratios: Sequence[int]) -> tuple[int, int] | None:
    """From where to where eight of ten ratios lie (10th to 90th percentile); None of few (< 10) or of nothing paid."""
    ordered = sorted(ratios)
    if len(ordered) < 10 or not ordered[-1]:
        return None
    return ordered[(len(ordered) - 1) // 10], ordered[(len(ordered) - 1) * 9 // 10]


def unclaimed(each: Payouts) -> int | None:
    """What the draw's tickets win on average, less what was paid and what waits."""
    if each.expected_amount is None:
        return None
    return max(each.expected_amount - each.paid_amount - each.waiting_amount, 0)


def claims_table(title: str, claims: Sequence[Claim], *, shown: int = SHOWN) -> Table:
    """Winning tickets presented; nothing of who presents them."""
    columns = (
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Vé", Kind.TEXT, in_mail=True),
        Column("Giải", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Ngày xuất trình", Kind.DAY),
        Column("Hạn trả", Kind.DAY, in_mail=True),
        Column("Trạng thái", Kind.TEXT),
    )
    rows = tuple(map(_claim_row, claims))
    return Table(title, columns, rows, total_of("Cộng", columns, rows), shown, in_mail=5)


def _claim_row(claim: Claim) -> Row:
    ticket = linked(f"{claim.number} {claim.symbol}", reverse("claim", args=[claim.pk]))
    state = {"open": "chờ trả", "paid": "đã trả"}.get(claim.state, claim.state)
    return row(claim.draw, ticket, claim.gross_amount, claim.presented, claim.due, state)
