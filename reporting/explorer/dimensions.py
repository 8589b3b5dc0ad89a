"""What sales can be told by in rows and columns, as people choose it. Pure."""

from dataclasses import dataclass
from typing import Final

from reporting.defining import Words


@dataclass(frozen=True, slots=True)
class Dimension:
    """What can be told in rows or columns; `engine` and `level` as sales.figures.asked has them."""

    code: str
    name: Words
    engine: str
    level: str = "unit"

    @property
    def is_time(self) -> bool:
        """Days and months follow one another; a weekday is one of seven."""
        return self.engine in ("draw", "month")

    @property
    def has_order(self) -> bool:
        """Whether it is told in an order of its own, and not the greatest first."""
        return self.engine in ("draw", "month", "weekday")


DIMENSIONS: Final = {
    each.code: each
    for each in (
        Dimension("dai_ly", Words("Đại lý", "Agent"), "agent"),
        Dimension("dia_ban", Words("Địa bàn", "Unit"), "region", "unit"),
        Dimension("khu_vuc", Words("Cấp dưới tỉnh", "Level below the province"), "region", "area"),
        Dimension("tinh", Words("Tỉnh", "Province"), "region", "province"),
        Dimension("vung", Words("Vùng bán hàng", "Sales territory"), "territory"),
        Dimension("loai_ve", Words("Loại vé", "Product"), "product"),
        Dimension("ky_quay", Words("Kỳ quay", "Draw"), "draw"),
        Dimension("thu", Words("Thứ", "Weekday"), "weekday"),
        Dimension("thang", Words("Tháng", "Month"), "month"),
    )
}
#: Those of them that are places: a plan is told by one at most (`sales.figures.planned`).
PLACES: Final = frozenset({"region", "territory", "agent"})


_WEEKDAYS: Final = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}


def weekday_name(weekday: int, language: str) -> str:
    """0 is Monday."""
    return _WEEKDAYS["en" if language == "en" else "vi"][weekday]
