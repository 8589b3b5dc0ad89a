"""A believable briefing without a database, for the faces."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from reporting.builders.briefing import (
    Attendance,
    Briefing,
    Compared,
    Completeness,
    Debt,
    DepartmentLine,
    Draw,
    Heading,
    MissingAgent,
    MissingTerminal,
    Mover,
    Sales,
    SalesLine,
    Sold,
    Week,
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
    code="giao-ban-tuan-2026-W47-1",
    number=1,
    company="Công ty TNHH MTV Xổ số kiến thiết Thử Nghiệm",
    company_owner="UBND tỉnh Thử Nghiệm",
    company_short="XSKT TN",
    is_demonstration=True,
    first_date=FIRST,
    last_date=LAST,
    region="",
    cut_off_at=datetime(2026, 11, 23, 0, 30, tzinfo=UTC),
)


def sold(seed: int, scale: int = 1) -> Sold:
    issued = (3_000 + seed * 137 % 900) * scale
    returned = (420 + seed * 53 % 260) * scale
    return Sold(issued, returned, (issued - returned) * 10_000)


def line(number: int, name: str) -> SalesLine:
    now, week, year = sold(number, 7), sold(number + 5, 7), sold(number + 11, 7)
    return SalesLine(f"{number:05d}", name, now, Compared(now, week, 7), Compared(now, year, 7))


def add(parts: list[Sold]) -> Sold:
    return Sold(
        sum(part.issued for part in parts),
        sum(part.returned for part in parts),
        sum(part.revenue_amount for part in parts),
    )


def sales(regions: int = 12, debts: int = 3) -> Sales:
    """Sales whose parts add up: every region, and every draw, sums to the total."""
    lines = [
        line(n, PLACES[n % len(PLACES)] + (f" {n}" if n >= 12 else "")) for n in range(regions)
    ]
    now = add([each.now for each in lines])
    week = add([each.week.before for each in lines])
    year = add([each.year.before for each in lines])
    total = SalesLine("", "", now, Compared(now, week, 7), Compared(now, year, 7))
    return Sales(
        total=total,
        draws=tuple(
            Draw(
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
            replace(total, code="TT", name="Vé truyền thống"),
            SalesLine("LT", "Vé lô tô", Sold(), Compared(), Compared()),
        ),
        weeks=(
            *(
                Week(
                    FIRST - timedelta(weeks=ago), now.revenue_amount * (85 + ago * 7 % 20) // 100, 7
                )
                for ago in range(12, 0, -1)
            ),
            Week(FIRST, now.revenue_amount, 7),
        ),
        risers=tuple(
            Mover(f"DL{n}", f"Đại lý Thử {n}", PLACES[n], 90_000_000 + n * 3_000_000, 80_000_000)
            for n in range(3)
        ),
        fallers=tuple(
            Mover(
                f"DL{n + 9}",
                f"Đại lý Mẫu {n}",
                PLACES[n + 3],
                40_000_000,
                61_200_000 - n * 5_000_000,
            )
            for n in range(3)
        ),
        debts=tuple(
            Debt(
                f"DL{n + 20}",
                f"Đại lý Nợ {n}",
                PLACES[n + 5],
                350_000_000 - n * 9_000_000,
                300_000_000,
            )
            for n in range(debts)
        ),
    )


def share(whole: Sold, n: int) -> Sold:
    """The n-th of seven parts; the last takes what is left, so they add up."""

    def part(amount: int) -> int:
        return amount // 7 if n < 6 else amount - 6 * (amount // 7)

    returned = part(whole.returned)
    return Sold(part(whole.issued), returned, part(whole.revenue_amount))


def attendance(departments: int = 9) -> Attendance:
    names = ("Ban Giám đốc", "Phòng Kinh doanh", "Phòng Kế toán", "Phòng Tổ chức – Hành chính",
             "Phòng Trả thưởng", "Phòng Kiểm soát", "Chi nhánh Hạ Long", "Chi nhánh Móng Cái",
             "Chi nhánh Uông Bí")  # fmt: skip
    return Attendance(
        employees=126,
        open_questions=4,
        unknown_punches=5,
        newest_punch_at=datetime(2026, 11, 23, 0, 20, tzinfo=UTC),
        departments=tuple(
            DepartmentLine(
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
        ),
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


def briefing(**fields: object) -> Briefing:
    values: dict[str, object] = {
        "heading": HEADING,
        "sales": sales(),
        "attendance": attendance(),
        "completeness": MISSING,
    }
    return Briefing(**(values | fields))  # type: ignore[arg-type]


def empty() -> Briefing:
    nothing = SalesLine("", "", Sold(), Compared(), Compared())
    return briefing(
        sales=Sales(total=nothing),
        attendance=Attendance(),
        completeness=Completeness(),
    )
