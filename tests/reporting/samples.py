"""Believable reports without a database, for the faces."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from attendance.figures import AttendanceSummary, DepartmentAttendance
from reporting.assembling import assemble
from reporting.builders.content import (
    Chart,
    Column,
    Completeness,
    Form,
    Heading,
    Kind,
    MissingAgent,
    MissingTerminal,
    Mood,
    Note,
    Report,
    Section,
    Sentence,
    Sentences,
    Series,
    Signatures,
    Signer,
    Table,
    Tile,
    Tiles,
    figure,
    linked,
    row,
    total_of,
)
from reporting.defining import Asked, Scope
from reporting.definitions import weekly_briefing
from reporting.definitions.weekly_briefing.week import Against, WeekRevenue
from reporting.periods import PeriodKind, period_of
from sales.figures import (
    AgentDebt,
    Comparison,
    DrawLine,
    Mover,
    Movers,
    SalesLine,
    Tickets,
    WeeklySales,
)

FIRST = date(2026, 11, 16)
LAST = date(2026, 11, 22)
PLACES = (
    "Phường Hồng Gai",
    "Phường Bãi Cháy",
    "Phường Hạ Long",
    "Phường Cẩm Phả",
    "Phường Uông Bí",
    "Phường Móng Cái 1",
    "Phường Quảng Yên",
    "Phường Đông Triều",
    "Đặc khu Vân Đồn",
    "Đặc khu Cô Tô",
    "Xã Tiên Yên",
    "Xã Bình Liêu",
)

HEADING = Heading(
    report="weekly-briefing",
    code="giao-ban-tuan-2026-w47-1",
    number=1,
    title="Báo cáo giao ban tuần 47",
    short_title="Giao ban tuần 47",
    company="Công ty TNHH MTV Xổ số kiến thiết Thử Nghiệm",
    company_owner="UBND tỉnh Thử Nghiệm",
    company_short="XSKT TN",
    is_demonstration=True,
    period_kind="week",
    period="tuần 47",
    first_date=FIRST,
    last_date=LAST,
    scope="",
    cut_off_at=datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
)
ASKED = Asked(period_of(PeriodKind.WEEK, FIRST), Scope(), HEADING.cut_off_at)
NOTHING = SalesLine(
    "", "", Tickets(), Comparison(Tickets(), Tickets(), 0), Comparison(Tickets(), Tickets(), 0)
)


def sold(seed: int, scale: int = 1) -> Tickets:
    issued = (3_000 + seed * 137 % 900) * scale
    returned = (420 + seed * 53 % 260) * scale
    return Tickets(issued, returned, (issued - returned) * 10_000)


def line(number: int, name: str) -> SalesLine:
    now, week, year = sold(number, 7), sold(number + 5, 7), sold(number + 11, 7)
    return SalesLine(f"{number:05d}", name, now, Comparison(now, week, 7), Comparison(now, year, 7))


def add(parts: list[Tickets]) -> Tickets:
    return Tickets(
        sum(part.issued for part in parts),
        sum(part.returned for part in parts),
        sum(part.revenue_amount for part in parts),
    )


def sales(regions: int = 12) -> WeeklySales:
    """Sales whose parts add up: every region, and every draw, sums to the total."""
    lines = [
        line(n, PLACES[n % len(PLACES)] + (f" {n}" if n >= 12 else "")) for n in range(regions)
    ]
    now = add([each.now for each in lines])
    week = add([each.previous_week.before for each in lines])
    year = add([each.last_year.before for each in lines])
    total = SalesLine("", "", now, Comparison(now, week, 7), Comparison(now, year, 7))
    return WeeklySales(
        first=FIRST,
        last=LAST,
        region_path=None,
        total=total,
        draws=tuple(
            DrawLine(
                FIRST + timedelta(days=n),
                (
                    "Hà Nội",
                    "Quảng Ninh",
                    "Bắc Ninh",
                    "Hà Nội",
                    "Hải Phòng",
                    "Nam Định",
                    "Thái Bình",
                )[n],
                share(now, n),
                share(week, n),
                share(year, n) if n != 2 else None,
            )
            for n in range(7)
        ),
        regions=tuple(sorted(lines, key=lambda each: -each.now.revenue_amount)),
        products=(
            dataclasses.replace(total, code="TT", name="Vé truyền thống"),
            SalesLine(
                "LT",
                "Vé lô tô",
                Tickets(),
                Comparison(Tickets(), Tickets(), 0),
                Comparison(Tickets(), Tickets(), 0),
            ),
        ),
    )


def share(whole: Tickets, n: int) -> Tickets:
    """The n-th of seven parts; the last takes what is left, so they add up."""

    def part(amount: int) -> int:
        return amount // 7 if n < 6 else amount - 6 * (amount // 7)

    returned = part(whole.returned)
    return Tickets(part(whole.issued), returned, part(whole.revenue_amount))


def weeks() -> tuple[WeekRevenue, ...]:
    revenue = sales().total.now.revenue_amount
    return (
        *(
            WeekRevenue(FIRST - timedelta(weeks=ago), revenue * (85 + ago * 7 % 20) // 100, 7)
            for ago in range(12, 0, -1)
        ),
        WeekRevenue(FIRST, revenue, 7),
    )


def movers() -> Movers:
    return Movers(
        tuple(
            Mover(f"DL{n}", f"Đại lý Thử {n}", PLACES[n], 90_000_000 + n * 3_000_000, 80_000_000)
            for n in range(3)
        ),
        tuple(
            Mover(f"DL{n + 9}", f"Đại lý Mẫu {n}", PLACES[n + 3], 40_000_000,
                  61_200_000 - n * 5_000_000)
            for n in range(3)
        ),
    )  # fmt: skip


def debts(count: int = 3) -> tuple[AgentDebt, ...]:
    return tuple(
        AgentDebt(f"DL{n + 20}", f"Đại lý Nợ {n}", PLACES[(n + 5) % 12], 350_000_000 - n * 1_900_000,
                  300_000_000)
        for n in range(count)
    )  # fmt: skip


def attendance(departments: int = 9) -> AttendanceSummary:
    names = ("Ban Giám đốc", "Phòng Kinh doanh", "Phòng Kế toán", "Phòng Tổ chức – Hành chính",
             "Phòng Trả thưởng", "Phòng Kiểm soát", "Chi nhánh Hạ Long", "Chi nhánh Móng Cái",
             "Chi nhánh Uông Bí")  # fmt: skip
    return AttendanceSummary(
        first_date=FIRST,
        last_date=LAST,
        silent_terminals=[],
        employees=126,
        open_questions=4,
        unknown_punches=5 if departments else 0,
        newest_punch_at=datetime(2026, 11, 23, 0, 20, tzinfo=UTC),
        departments=[
            DepartmentAttendance(
                f"P{n}",
                names[n % 9],
                60 + 5 * n,
                55 + 5 * n - n % 3,
                n % 3,
                2,
                n % 2,
                n,
                n * 9,
                n * 75,
            )
            for n in range(departments)
        ],
    )


MISSING = Completeness(
    expected=2_240,
    reported=2_233,
    missing_share_bps=62,
    agents=tuple(
        MissingAgent(f"DL{n + 40}", f"Đại lý Vắng {n}", PLACES[n], (FIRST, LAST), 31)
        for n in range(3)
    ),
    terminals=(
        MissingTerminal("M3", "Cổng chi nhánh Móng Cái", datetime(2026, 11, 21, 3, 4, tzinfo=UTC)),
    ),
)


def data(**changed: Any) -> dict[str, Any]:
    """The datasets of a weekly briefing."""
    values = {
        "sales": sales(),
        "weeks": weeks(),
        "movers": movers(),
        "debts": debts(),
        "attendance": attendance(),
        "obligations": (),
        "against": Against(),
    }
    return values | changed


def briefing(found: Completeness = MISSING, **changed: Any) -> Report:
    """A whole weekly briefing, as its definition makes it of its datasets."""
    return assemble(
        weekly_briefing.REPORT, asked=ASKED, heading=HEADING, data=data(**changed), found=found
    )


def empty() -> Report:
    return briefing(
        Completeness(),
        sales=WeeklySales(FIRST, LAST, None, (), NOTHING, (), ()),
        weeks=(),
        movers=Movers((), ()),
        debts=(),
        attendance=attendance(0),
    )


def every_block(
    name: str = "Đại lý Thử & Nghiệm", rows: int = 40, note: str = "Ghi chú."
) -> Report:
    """A report with every kind of block, column and chart, and a section that failed."""
    columns = (
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Ngày", Kind.DAY),
        Column("Lúc", Kind.MOMENT),
        Column("Số điểm bán", Kind.COUNT, adds=True, in_mail=True),
        Column("Vé", Kind.TICKETS, adds=True),
        Column("Nợ", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Thay đổi", Kind.CHANGE),
        Column("Điểm", Kind.POINTS),
        Column("Hơn kém", Kind.SIGNED, adds=True),
        Column("Hơn kém tiền", Kind.SIGNED_AMOUNT),
        Column("Hơn kém triệu", Kind.SIGNED_MILLIONS),
        Column("Phút muộn", Kind.MINUTES, adds=True),
        Column("Giờ thêm", Kind.HOURS, adds=True),
        Column("Chỉ trong Excel", Kind.COUNT, on_paper=False),
    )
    lines = tuple(
        row(
            linked(f"{name} {n}", f"/ban-ve/dai-ly/DL{n}/"),
            FIRST + timedelta(days=n % 7),
            HEADING.cut_off_at - timedelta(minutes=n),
            n + 1,
            1_000 + 37 * n,
            12_345_678 + n,
            987_654_321 + n * 1_000_003,
            5_000 + n,
            n * 11 - 200,
            n * 7 - 100,
            n * 5 - 60,
            n * 1_000_001 - 9_000_000,
            n * 3_333_333 - 50_000_000,
            n * 3,
            n * 61,
            77_000 + n,
        )
        for n in range(rows)
    )
    months = tuple(f"T{n}" for n in range(1, 13))
    whole = total_of("Cộng", columns, lines)
    return Report(
        heading=replace(HEADING, code="thu-2026-w47-1", title="Báo cáo thử", short_title="Thử"),
        completeness=replace(MISSING, failures=()),
        headline=("nợ ", figure(12_345_678, Kind.AMOUNT)),
        sections=(
            Section(
                "words",
                "Lời",
                (
                    Sentences(
                        (
                            Sentence(
                                (f"{name} nợ ", figure(8_420_000_000, Kind.MONEY, "/ban-ve/cong-no/"),
                                 ", tăng ", figure(310, Kind.SHARE), "."),
                                (f"{name} owes ", figure(8_420_000_000, Kind.MONEY), "."),
                            ),
                        )
                    ),
                    Tiles(
                        (
                            Tile("Vé", figure(54_321, Kind.TICKETS), ("hơn ", figure(99)), Mood.GOOD),
                            Tile("Nợ", figure(98_765_432, Kind.AMOUNT), (), Mood.BAD),
                        )
                    ),
                    Note(note),
                ),
            ),
            Section(
                "table",
                "Bảng",
                (Table("Bảng lớn", columns, lines, whole, shown=12, in_mail=10),),
            ),
            Section(
                "charts",
                "Hình",
                (
                    Chart("Cột", "Cột theo tháng.", Form.COLUMN, "Tháng", months,
                          (Series("Năm nay", tuple(range(70, 82))),), in_mail=True),
                    Chart("Đường", "Đường theo tháng.", Form.LINE, "Tháng", months,
                          (Series("Nay", (*range(41, 50), None, 51, 52)),
                           Series("Trước", tuple(range(61, 73)), pale=True)), Kind.TICKETS),
                    Chart("Ngang", "Hơn kém.", Form.BAR, "Nơi", PLACES[:3],
                          (Series("Hơn kém", (1_500_000, -2_500_000, 0)),), Kind.SIGNED_AMOUNT),
                    Chart("Phần", "Phần của cả.", Form.SHARE, "Loại", ("Truyền thống", "Lô tô"),
                          (Series("Doanh thu", (830_000_000, 170_000_000)),), Kind.AMOUNT),
                ),
            ),
            Section("broken", "Phần hỏng", failure="DataError."),
            Section("none", "Phần trống"),
            Section(
                "signed",
                "Ký",
                (Signatures("Hạ Long, ngày 23 tháng 11 năm 2026",
                            (Signer("Người lập"), Signer("Giám đốc", "Trần Văn Thử"))),),
            ),
        ),
    )  # fmt: skip
