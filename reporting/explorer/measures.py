"""What can be told of sales: measures, as people choose them, worked out from facts that add up. Pure.

Facts are read by `asking` from rows of the summary (`sales.figures`), and added up by `pivot`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec

from backend.shares import change_bps, share_bps
from reporting.builders.content import Kind
from reporting.defining import Words


class Facts(msgspec.Struct, frozen=True, gc=False):
    """What adds up: tickets, đồng, tickets planned, and both sides of two comparisons (đồng).

    Added name by name: of 100,000 cells any other way takes four times as long.
    """

    issued: int = 0
    returned: int = 0
    revenue: int = 0
    commission: int = 0
    planned: int = 0
    week_now: int = 0
    week_before: int = 0
    year_now: int = 0
    year_before: int = 0
    #: Tickets sold in the months that have a plan.
    under_plan: int = 0

    def __add__(self, other: "Facts") -> "Facts":
        return Facts(
            self.issued + other.issued,
            self.returned + other.returned,
            self.revenue + other.revenue,
            self.commission + other.commission,
            self.planned + other.planned,
            self.week_now + other.week_now,
            self.week_before + other.week_before,
            self.year_now + other.year_now,
            self.year_before + other.year_before,
            self.under_plan + other.under_plan,
        )

    @property
    def sold(self) -> int:
        return self.issued - self.returned


@dataclass(frozen=True, slots=True)
class Measure:
    """A number told of facts. One that `adds` is a sum; others are worked out from sums, never averaged."""

    code: str
    name: Words
    kind: Kind
    of: Callable[[Facts], int | None]
    adds: bool = True
    #: What stands beside it where nothing is told in columns.
    beside: tuple[str, ...] = ()


_USUAL: Final = ("giao", "ban", "tra", "ve_e", "doanh_thu")
_ALL: Final = (
    Measure("ban", Words("Vé bán", "Tickets sold"), Kind.TICKETS, lambda f: f.sold, beside=_USUAL),
    Measure("doanh_thu", Words("Doanh thu", "Revenue"), Kind.AMOUNT, lambda f: f.revenue, beside=_USUAL),
    Measure("giao", Words("Vé giao", "Tickets issued"), Kind.TICKETS, lambda f: f.issued, beside=_USUAL),
    Measure("tra", Words("Vé ế trả về", "Tickets returned"), Kind.TICKETS, lambda f: f.returned, beside=_USUAL),
    Measure("ve_e", Words("Tỷ lệ vé ế", "Unsold rate"), Kind.SHARE,
            lambda f: share_bps(f.returned, f.issued), adds=False, beside=_USUAL),
    Measure("hoa_hong", Words("Hoa hồng", "Commission"), Kind.AMOUNT, lambda f: f.commission,
            beside=("ban", "doanh_thu", "hoa_hong")),
    Measure("ke_hoach", Words("Đạt kế hoạch", "Of the plan"), Kind.SHARE,
            lambda f: share_bps(f.under_plan, f.planned), adds=False, beside=("ve_kh", "ban_kh", "ke_hoach")),
    Measure("tuan_truoc", Words("So tuần trước", "Against last week"), Kind.CHANGE,
            lambda f: change_bps(f.week_now, f.week_before), adds=False,
            beside=("tuan_nay_dt", "tuan_truoc_dt", "tuan_truoc")),
    Measure("nam_truoc", Words("So năm trước", "Against last year"), Kind.CHANGE,
            lambda f: change_bps(f.year_now, f.year_before), adds=False,
            beside=("nam_nay_dt", "nam_truoc_dt", "nam_truoc")),
)  # fmt: skip
#: Told beside others, not chosen alone. A company's plan may say more than the plans of its parts.
_BESIDE: Final = (
    Measure("ve_kh", Words("Vé kế hoạch", "Tickets planned"), Kind.TICKETS, lambda f: f.planned or None, adds=False),
    Measure("ban_kh", Words("Vé bán các tháng có kế hoạch", "Tickets sold in months with a plan"), Kind.TICKETS,
            lambda f: f.under_plan, adds=False),
    Measure("tuan_nay_dt", Words("Doanh thu các kỳ so được", "Revenue of draws compared"), Kind.AMOUNT, lambda f: f.week_now),
    Measure("tuan_truoc_dt", Words("Các kỳ ấy tuần trước", "Those a week before"), Kind.AMOUNT, lambda f: f.week_before),
    Measure("nam_nay_dt", Words("Doanh thu các kỳ so được", "Revenue of draws compared"), Kind.AMOUNT, lambda f: f.year_now),
    Measure("nam_truoc_dt", Words("Các kỳ ấy năm trước", "Those a year before"), Kind.AMOUNT, lambda f: f.year_before),
)  # fmt: skip
#: What a person may choose, and all there are.
CHOSEN: Final = {each.code: each for each in _ALL}
MEASURES: Final = CHOSEN | {each.code: each for each in _BESIDE}
PLAN, COMMISSION = "ke_hoach", "hoa_hong"
COMPARED: Final = frozenset({"tuan_truoc", "nam_truoc"})
