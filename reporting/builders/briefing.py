"""The weekly briefing as plain data: what every face is built from, and what is frozen. Pure.

Amounts are đồng, shares and changes basis points, tickets and minutes whole numbers; dates are
inclusive. The canonical JSON text (sorted keys, UTF-8) is the frozen truth of an edition.
"""

from dataclasses import dataclass, fields
from datetime import date, datetime
from hashlib import sha256

import msgspec


def share_bps(part: int, whole: int) -> int | None:
    """`part` of `whole` in basis points, rounded half up; None of nothing."""
    return (2 * 10_000 * part + whole) // (2 * whole) if whole > 0 else None


@dataclass(frozen=True)
class Sold:
    """Tickets of some draws (vé): issued, returned unsold, and the revenue of the rest."""

    issued: int = 0
    returned: int = 0
    revenue_amount: int = 0

    @property
    def sold(self) -> int:
        return self.issued - self.returned

    @property
    def sell_through_bps(self) -> int | None:
        return share_bps(self.sold, self.issued)

    @property
    def unsold_bps(self) -> int | None:
        return share_bps(self.returned, self.issued)


@dataclass(frozen=True)
class Compared:
    """Like with like: `draws` draws that have a counterpart, and those counterparts."""

    now: Sold = Sold()
    before: Sold = Sold()
    draws: int = 0

    @property
    def change_amount(self) -> int:
        return self.now.revenue_amount - self.before.revenue_amount

    @property
    def change_bps(self) -> int | None:
        share = share_bps(self.now.revenue_amount, self.before.revenue_amount)
        return None if share is None else share - 10_000


@dataclass(frozen=True)
class SalesLine:
    """One region or product with its two comparisons."""

    code: str
    name: str
    now: Sold
    week: Compared
    year: Compared


@dataclass(frozen=True)
class Draw:
    """One held draw (kỳ quay); a counterpart that was not held is None."""

    draw_date: date
    host: str
    now: Sold
    week_before: Sold | None
    year_before: Sold | None


@dataclass(frozen=True)
class Week:
    """Revenue of one week, for the picture of the last thirteen."""

    first_date: date
    revenue_amount: int
    draws: int


@dataclass(frozen=True)
class Mover:
    """An agent whose revenue changed against the same draws a week earlier."""

    code: str
    name: str
    region: str
    now_amount: int
    before_amount: int

    @property
    def change_amount(self) -> int:
        return self.now_amount - self.before_amount


@dataclass(frozen=True)
class Debt:
    """An agent that owes more than its limit (vượt hạn mức công nợ)."""

    code: str
    name: str
    region: str
    debt_amount: int
    limit_amount: int

    @property
    def over_amount(self) -> int:
        return self.debt_amount - self.limit_amount


@dataclass(frozen=True)
class Sales:
    """The part about tickets."""

    total: SalesLine
    draws: tuple[Draw, ...] = ()
    regions: tuple[SalesLine, ...] = ()
    products: tuple[SalesLine, ...] = ()
    weeks: tuple[Week, ...] = ()
    risers: tuple[Mover, ...] = ()
    fallers: tuple[Mover, ...] = ()
    debts: tuple[Debt, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Không có phát sinh: nothing issued and nothing sold."""
        return self.total.now == Sold()


@dataclass(frozen=True)
class DepartmentLine:
    """A department's attendance: days are one person on one work date, times whole minutes."""

    code: str
    name: str
    due_days: int = 0
    present_days: int = 0
    absent_days: int = 0
    leave_days: int = 0
    incomplete_days: int = 0
    late_days: int = 0
    late_minutes: int = 0
    overtime_minutes: int = 0

    @property
    def present_bps(self) -> int | None:
        """Present of due, leave and trips not counted as due."""
        return share_bps(self.present_days, self.due_days - self.leave_days)


@dataclass(frozen=True)
class Attendance:
    """The part about people's working time."""

    employees: int = 0
    open_questions: int = 0
    unknown_punches: int = 0
    newest_punch_at: datetime | None = None
    departments: tuple[DepartmentLine, ...] = ()

    @property
    def total(self) -> DepartmentLine:
        """All departments together."""
        names = [field.name for field in fields(DepartmentLine)][2:]
        return DepartmentLine(
            "", "", *(sum(getattr(line, name) for line in self.departments) for name in names)
        )

    @property
    def is_empty(self) -> bool:
        """Nobody was to work and nobody did."""
        total = self.total
        return not (total.due_days or total.present_days or self.unknown_punches)


@dataclass(frozen=True)
class MissingAgent:
    """An agent under contract that has not reported some held draws."""

    code: str
    name: str
    region: str
    draws: tuple[date, ...]
    usual_share_bps: int


@dataclass(frozen=True)
class MissingTerminal:
    """A terminal silent since before the period ended; `last_contact_at` None is never heard."""

    code: str
    name: str
    last_contact_at: datetime | None


@dataclass(frozen=True)
class Failure:
    """A section whose figures could not be had; the rest of the report stands."""

    section: str
    reason: str


@dataclass(frozen=True)
class Completeness:
    """What is missing, and the share of usual revenue that may hide behind it."""

    expected: int = 0
    reported: int = 0
    missing_share_bps: int = 0
    agents: tuple[MissingAgent, ...] = ()
    terminals: tuple[MissingTerminal, ...] = ()
    failures: tuple[Failure, ...] = ()

    @property
    def is_complete(self) -> bool:
        return not (self.agents or self.terminals or self.failures)


@dataclass(frozen=True)
class Heading:
    """What the edition is: whose, of which period, in which scope, frozen when."""

    report: str
    code: str
    number: int
    company: str
    company_owner: str
    company_short: str
    is_demonstration: bool
    first_date: date
    last_date: date
    region: str
    cut_off_at: datetime
    recorded_until_at: datetime | None = None

    @property
    def week(self) -> int:
        """The number of the week (ISO: the week with the year's first Thursday is week 1)."""
        return self.first_date.isocalendar().week


@dataclass(frozen=True)
class Briefing:
    """A whole weekly briefing (báo cáo giao ban tuần). A part that is None failed or is not told."""

    heading: Heading
    sales: Sales | None
    attendance: Attendance | None
    completeness: Completeness

    @property
    def is_empty(self) -> bool:
        """Nothing happened in any part, and none of them failed."""
        return not self.completeness.failures and all(
            part is None or part.is_empty for part in (self.sales, self.attendance)
        )


def freeze(briefing: Briefing) -> str:
    """The canonical JSON text of the briefing."""
    return msgspec.json.encode(briefing, order="sorted").decode()


def thaw(snapshot: str) -> Briefing:
    """The briefing of a canonical JSON text. Raises msgspec.ValidationError."""
    return msgspec.json.decode(snapshot, type=Briefing)


def digest(snapshot: str) -> str:
    """SHA-256 of a snapshot, in hexadecimal."""
    return sha256(snapshot.encode()).hexdigest()
