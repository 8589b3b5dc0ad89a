"""The punch trail (sổ lượt chấm): every punch as received, and what became of it. Pure.

For inspectors: nothing is left out. Whose punch it is and what it was used for is told as it is
known now; what was received stands beside it unchanged.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from backend.heading import Heading
from backend.tables import Column, Table, Value


@dataclass(frozen=True, slots=True)
class TrailLine:
    """One punch. Moments are Vietnamese time; `device_time` is the terminal's own reading.

    `counted_at` is the moment it stands for, `shift_seconds` how far from the reading. `use` is a
    short word, `remark` says why, who corrected the clock, or who withdrew it. One entered by hand has no
    terminal but a reason, who entered it and when.
    """

    code: str
    name: str
    department: str
    user_id: str
    terminal: str
    serial: str
    device_time: datetime | None
    counted_at: datetime
    shift_seconds: int
    verify: int | None
    key: int | None
    source: str
    pull: int | None
    received_at: datetime
    use: str
    remark: str
    reason: str = ""
    entered_by: str = ""


@dataclass(frozen=True, slots=True)
class ParkedLine:
    """A record set aside: never a punch as it is; `became` tells what was decided about it."""

    terminal: str
    serial: str
    user_id: str
    device_time: datetime | None
    why: str
    raw: str
    line: int | None
    source: str
    pull: int
    received_at: datetime
    became: str
    reason: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Trail:
    """`people` are the punches of known persons, `unknown` of nobody, `stored` how many punches of
    terminals the database counts for the same days; None where only a part is looked at.
    """

    people: Iterable[TrailLine]
    unknown: Iterable[TrailLine]
    parked: Iterable[ParkedLine]
    stored: int | None


_WHO: Final = (
    Column("Mã NV", 10),
    Column("Họ và tên", 22),
    Column("Phòng ban", 22),
)
_PUNCH: Final = (
    Column("Mã trên máy", 9),
    Column("Máy", 8),
    Column("Số sê-ri", 16),
    Column("Giờ trên máy", 18, "moment"),
    Column("Giờ tính công", 18, "moment"),
    Column("Hiệu chỉnh (giây)", 10, "change"),
    Column("Cách xác thực (mã máy)", 9, "plain"),
    Column("Phím vào/ra (mã máy)", 9, "plain"),
    Column("Nguồn", 16),
    Column("Lần tải số", 9, "plain"),
    Column("Nhận lúc", 18, "moment"),
    Column("Dùng làm", 18),
    Column("Ghi chú", 45, "wrap"),
)
_BY_HAND: Final = (Column("Lý do chấm tay", 28, "wrap"), Column("Người nhập", 16))
_PARKED: Final = (
    Column("Máy", 8),
    Column("Số sê-ri", 16),
    Column("Mã trên máy", 9),
    Column("Giờ trên máy", 18, "moment"),
    Column("Vì sao để riêng", 24, "wrap"),
    Column("Dữ liệu gốc (hex, hoặc dòng của tệp)", 44, "wrap"),
    Column("Dòng số", 8, "plain"),
    Column("Nguồn", 16),
    Column("Lần tải số", 9, "plain"),
    Column("Nhận lúc", 18, "moment"),
    Column("Đã quyết", 22, "wrap"),
    Column("Lý do", 28, "wrap"),
    Column("Người quyết", 16),
    Column("Quyết lúc", 18, "moment"),
)
_TITLE: Final = "SỔ LƯỢT CHẤM CÔNG"


def trail_tables(heading: Heading, trail: Trail) -> Iterator[Table]:
    """The sheets, in this order: the last one counts what the others wrote."""
    counted = Counter[tuple[str, str]]()
    notes = (*heading.lines(), _scope(trail))
    yield Table(
        "Lượt chấm", _TITLE, notes, (*_WHO, *_PUNCH, *_BY_HAND),
        _counting(counted, "Lượt chấm", trail.people, named=True), frozen=2,
    )  # fmt: skip
    yield Table(
        "Mã chưa biết", f"{_TITLE}: LƯỢT CỦA MÃ CHƯA BIẾT LÀ AI", notes, _PUNCH,
        _counting(counted, "Mã chưa biết", trail.unknown, named=False), frozen=2,
    )  # fmt: skip
    yield Table(
        "Bản ghi cách ly", f"{_TITLE}: BẢN GHI ĐỂ RIÊNG, CHƯA PHẢI LÀ LƯỢT CHẤM", notes, _PARKED,
        (_parked(line) for line in trail.parked), frozen=1,
    )  # fmt: skip
    yield Table(
        "Tổng hợp",
        f"{_TITLE}: ĐỐI CHIẾU",
        heading.lines(),
        (Column("Trang", 24), Column("Dùng làm", 34), Column("Số lượt", 12, "whole")),
        _summary(counted, trail.stored),
    )


def _scope(trail: Trail) -> str:
    if trail.stored is None:
        return (
            "Chỉ gồm những người trong phạm vi; lượt của mã chưa biết là ai thuộc cả công ty,"
            " không có ở đây."
        )
    return (
        "Gồm mọi lượt chấm và bản ghi đã nhận của khoảng ngày, kể cả lượt không dùng để tính công."
    )


def _counting(
    counted: Counter[tuple[str, str]], sheet: str, lines: Iterable[TrailLine], *, named: bool
) -> Iterator[Sequence[Value]]:
    for line in lines:
        by_hand = line.device_time is None
        counted[sheet, f"{line.use} (chấm tay)" if by_hand else line.use] += 1
        who = (line.code, line.name, line.department) if named else ()
        hand = (line.reason, line.entered_by) if named else ()
        yield (*who, *_punch(line), *hand)


def _punch(line: TrailLine) -> tuple[Value, ...]:
    return (
        line.user_id,
        line.terminal,
        line.serial,
        line.device_time,
        line.counted_at,
        line.shift_seconds or None,
        line.verify,
        line.key,
        line.source,
        line.pull,
        line.received_at,
        line.use,
        line.remark,
    )


def _parked(line: ParkedLine) -> tuple[Value, ...]:
    return (
        line.terminal,
        line.serial,
        line.user_id,
        line.device_time,
        line.why,
        line.raw,
        line.line,
        line.source,
        line.pull,
        line.received_at,
        line.became,
        line.reason,
        line.by,
        line.at,
    )


def _summary(counted: Counter[tuple[str, str]], stored: int | None) -> Iterator[tuple[Value, ...]]:
    """What each sheet holds, and whether all of it together is what the database counts."""
    for (sheet, use), number in sorted(counted.items()):
        yield sheet, use, number
    listed = sum(n for (_, use), n in counted.items() if not use.endswith("(chấm tay)"))
    yield "Cộng", "lượt từ máy đã liệt kê", listed
    if stored is not None:
        yield "Cơ sở dữ liệu", "lượt từ máy đã lưu của khoảng ngày", stored
        yield "Đối chiếu", "khớp" if listed == stored else "LỆCH", listed - stored
