"""The rows of a bank's statement, whatever the bank calls its columns. Pure; whole đồng."""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from backend.vntext import search_key
from sales.engine.cell_values import day, text_of, whole

#: What the heads of the columns begin with or contain, accents left out; the first that fits.
_HEADS: Final[Mapping[str, tuple[str, ...]]] = {
    "credit": ("ghi co", "phat sinh co", "so tien ghi co", "so tien co", "tien vao", "credit", "co"),
    "debit": ("ghi no", "phat sinh no", "so tien ghi no", "so tien no", "tien ra", "debit", "no"),
    "reference": (
        "so tham chieu", "ma tham chieu", "ma giao dich", "so giao dich", "so but toan",
        "so chung tu", "so ct", "reference", "ref no", "transaction id",
    ),
    "date": ("ngay giao dich", "ngay hach toan", "ngay hieu luc", "transaction date", "date", "ngay"),
    "text": ("noi dung", "dien giai", "mo ta", "description", "details", "remark"),
    "sender": (
        "ten tai khoan doi ung", "ten doi ung", "nguoi chuyen", "ten nguoi", "don vi chuyen",
        "doi tac", "sender", "remitter",
    ),
    "amount": ("so tien", "amount"),
    "way": (
        "loai giao dich", "loai gd", "loai phat sinh", "no/co", "co/no", "ghi no/ghi co", "d/c", "c/d",
        "dr/cr", "debit/credit", "+/-", "loai",
    ),
}  # fmt: skip
#: What says that money went out, where the amount bears no sign; accents left out.
_OUT: Final = frozenset({
    "d", "dr", "debit", "no", "n", "ghi no", "-", "tien ra", "chi", "chuyen di", "rut tien", "phat sinh no",
})  # fmt: skip
#: How rows of sums and balances begin, accents left out; not who paid ("Tổng công ty Than").
_SUMS: Final = re.compile(
    r"(?:tong(?! cong ty)|cong(?! ty)|total|so du|du (?:dau|cuoi)|(?:so )?phat sinh|doanh so|luy ke"
    r"|opening|closing|ending|balance)\b"
)
#: The heads stand within so many rows from the top.
_SEARCHED: Final = 40
LONGEST_REFERENCE: Final = 90
LONGEST_TEXT: Final = 500


@dataclass(frozen=True, slots=True)
class BankRow:
    """Money that came in; `reference` is the bank's own, or one of ours where it gives none."""

    row: int
    reference: str
    day: date
    amount: int
    sender: str
    text: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong in a row; `code` is no_heads, day, amount, two_amounts, repeated or known_otherwise."""

    row: int
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class BankSheet:
    """What a statement says: money in, how many rows of money out were left aside, and faults."""

    rows: tuple[BankRow, ...]
    outgoing: int
    faults: tuple[RowFault, ...]


def read_sheet(cells: Sequence[Sequence[Any]]) -> BankSheet:
    """The statement in the cells of a sheet, heads and footers of the bank around it left aside.

    A number of the bank is that of one transfer: where two rows bear the same, the second is a fault.
    """
    top, places = _heads(cells)
    if not places:
        return BankSheet((), 0, (RowFault(0, "no_heads", ""),))
    rows: list[BankRow] = []
    faults: list[RowFault] = []
    outgoing = 0
    seen: Counter[str] = Counter()
    references: set[str] = set()
    for number, cell in enumerate(cells[top + 1 :], start=top + 2):
        told = {name: cell[at] if at < len(cell) else "" for name, at in places.items()}
        if not _is_entry(told):
            continue
        fault, came_in, went_out = _amount(number, told)
        on = day(told.get("date"))
        if fault is not None:
            faults.append(fault)
        elif on is None:
            faults.append(RowFault(number, "day", text_of(told.get("date"))[:40]))
        elif came_in:
            row = _row(number, told, on, came_in, seen)
            if row.reference in references:
                faults.append(RowFault(number, "repeated", row.reference))
            references.add(row.reference)
            rows.append(row)
        else:
            outgoing += bool(went_out)
    return BankSheet(tuple(rows), outgoing, tuple(faults))


def _heads(cells: Sequence[Sequence[Any]]) -> tuple[int, dict[str, int]]:
    """The row of the heads, and where each column stands; nothing where there are none."""
    for at, row in enumerate(cells[:_SEARCHED]):
        names = [search_key(text_of(value)) for value in row]
        places: dict[str, int] = {}
        for name, words in _HEADS.items():
            place = _place(names, words, taken=set(places.values()))
            if place is not None:
                places[name] = place
        if "date" in places and ("credit" in places or "amount" in places):
            return at, places
    return 0, {}


def _place(names: Sequence[str], words: Sequence[str], *, taken: set[int]) -> int | None:
    for word in words:
        for at, name in enumerate(names):
            if at not in taken and (name == word or (len(word) > 2 and word in name)):
                return at
    return None


def _is_entry(told: Mapping[str, Any]) -> bool:
    """Whether money moved: rows of sums, balances and notes are none. A day that is missing is a fault."""
    if all(text_of(told.get(name)) in ("", "0") for name in ("credit", "debit", "amount")):
        return False
    if day(told.get("date")) is not None:
        return True
    said = [search_key(text_of(told.get(name))) for name in ("date", "reference", "text", "sender")]
    return any(said) and not any(_SUMS.match(text) for text in said)


def _amount(row: int, told: Mapping[str, Any]) -> tuple[RowFault | None, int, int]:
    """A fault, or what came in and what went out."""
    if "credit" not in told:
        amount = whole(told.get("amount"))
        if amount is None:
            return RowFault(row, "amount", text_of(told.get("amount"))[:40]), 0, 0
        if search_key(text_of(told.get("way"))) in _OUT:
            amount = -abs(amount)
        return None, max(amount, 0), max(-amount, 0)
    sums = []
    for name in ("credit", "debit"):
        value = told.get(name)
        amount = 0 if text_of(value) in ("", "-") else whole(value)
        if amount is None:
            return RowFault(row, "amount", text_of(value)[:40]), 0, 0
        sums.append(abs(amount))
    if all(sums):
        return RowFault(row, "two_amounts", f"{sums[0]} / {sums[1]}"), 0, 0
    return None, sums[0], sums[1]


def _row(
    number: int, told: Mapping[str, Any], on: date, amount: int, seen: Counter[str]
) -> BankRow:
    text = text_of(told.get("text"))[:LONGEST_TEXT]
    reference = _reference(told, on, amount, text, seen)
    return BankRow(number, reference, on, amount, text_of(told.get("sender"))[:150], text)


def _reference(
    told: Mapping[str, Any], on: date, amount: int, text: str, seen: Counter[str]
) -> str:
    """The bank's number; without one, a number from what the row says and how often it said it."""
    own = text_of(told.get("reference"))
    if any(sign.isalnum() for sign in own):
        return own[:LONGEST_REFERENCE]
    said = f"{on}|{amount}|{search_key(text)}"
    seen[said] += 1
    digest = hashlib.sha256(f"{said}|{seen[said]}".encode()).hexdigest()[:16]
    return f"tự lập {digest}"
