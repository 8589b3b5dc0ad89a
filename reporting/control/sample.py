"""A report of every kind of block with invented numbers, to try a Word template on. Pure."""

from datetime import datetime

from msgspec.structs import replace

from reporting.builders.content import (
    Chart,
    Column,
    Completeness,
    Failure,
    Form,
    Heading,
    Kind,
    MissingAgent,
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
    row,
    total_of,
)
from reporting.defining import Definition
from reporting.periods import last_ended


def sample_report(wanted: Definition, *, company: str, company_owner: str, at: datetime) -> Report:
    """The report as it would look, under its own name and last period; all numbers are invented."""
    period = last_ended(wanted.period, at)
    heading = Heading(
        report=wanted.code,
        code=f"{wanted.slug}-{period.code}-thu",
        number=1,
        title=f"{wanted.title.vi} {period.name()} (SỐ LIỆU THỬ)",
        short_title=f"{wanted.short.vi} {period.name()}",
        company=company,
        company_owner=company_owner,
        company_short="XSKT",
        is_demonstration=False,
        period_kind=period.kind,
        period=period.name(),
        first_date=period.first,
        last_date=period.last,
        scope="",
        cut_off_at=at,
    )
    missing = MissingAgent("DL001", "Đại lý Mẫu", "Phường Mẫu", (period.last,), 120)
    told = Completeness(
        expected=20,
        reported=19,
        missing_share_bps=120,
        agents=(missing,),
        failures=(Failure("Phần lỗi mẫu", "lỗi mẫu"),),
    )
    return Report(heading, told, _sections(), remarks=("Ghi chú mẫu ở cuối báo cáo.",))


def empty_sample(report: Report) -> Report:
    """The same report of a period in which nothing happened."""
    return replace(
        report,
        completeness=Completeness(),
        sections=tuple(replace(each, blocks=(), failure="") for each in report.sections),
    )


def _sections() -> tuple[Section, ...]:
    columns = (Column("Địa bàn", Kind.TEXT), Column("Doanh thu", Kind.MILLIONS, adds=True))
    rows = (row("Phường Mẫu A", 1_250_000_000), row("Phường Mẫu B", 830_000_000))
    words = ("Doanh thu đạt ", figure(2_080_000_000, Kind.MONEY), " trong kỳ.")
    chart = Chart(
        "Doanh thu theo địa bàn",
        "Biểu đồ mẫu",
        Form.COLUMN,
        "Địa bàn",
        ("Mẫu A", "Mẫu B"),
        (Series("Doanh thu", (1_250_000_000, 830_000_000)),),
        Kind.MILLIONS,
    )
    signers = Signatures("Quảng Ninh, ngày … tháng … năm …", (Signer("Giám đốc"),))
    return (
        Section("words", "Tóm tắt", (Sentences((Sentence(words),)), Tiles((_tile(),)))),
        Section("tables", "Bảng và biểu đồ", (
            Table("Doanh thu", columns, rows, total_of("Cộng", columns, rows), note="Ghi chú bảng."),
            chart,
        )),
        Section("nothing", "Phần không có phát sinh"),
        Section("failed", "Phần lỗi mẫu", failure="lỗi mẫu"),
        Section("end", "Ghi chú, ký", (Note("Một ghi chú mẫu."), signers)),
    )  # fmt: skip


def _tile() -> Tile:
    return Tile("Doanh thu", figure(2_080_000_000, Kind.MONEY), ("tăng 3,1 %",))
