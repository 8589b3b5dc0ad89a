"""Prizes (trả thưởng): what the draws paid, what waits, what runs out, against the usual ratio."""

from django.urls import reverse

from backend.shares import share_bps
from reporting.builders.content import (
    Blocks,
    Column,
    Kind,
    Row,
    Sentences,
    Table,
    linked,
    row,
    total_of,
)
from reporting.defining import Asked, Definition, SectionOf, Words
from reporting.periods import PeriodKind
from reporting.sections import money
from reporting.sections.period_report import read_prizes
from sales.figures.prizes import Payouts, PrizeBook


def _summary(asked: Asked, book: PrizeBook) -> Blocks:
    items = tuple(money.prize_sentences(book))
    return (Sentences(items),) if items else ()


def _draws(asked: Asked, book: PrizeBook) -> Blocks:
    if not book.draws:
        return ()
    columns = (
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Loại vé", Kind.TEXT),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Trúng bình quân", Kind.MILLIONS),
        Column("Đã trả", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Công ty trả", Kind.MILLIONS, adds=True),
        Column("Đại lý trả", Kind.MILLIONS, adds=True),
        Column("Thuế giữ lại", Kind.MILLIONS, adds=True, on_paper=False),
        Column("Chờ trả", Kind.MILLIONS, adds=True),
        Column("Tỷ lệ trả", Kind.SHARE, in_mail=True),
        Column("So thường gặp", Kind.TEXT, in_mail=True),
    )
    usual = money.usual_range(book.usual)
    rows = tuple(
        _draw_row(each, book.products.get(each.product, each.product), usual) for each in book.draws
    )
    sums = total_of("Cộng", columns, rows).cells
    ratio = share_bps(_paid(book), sum(each.revenue_amount for each in book.draws))
    whole = Row((*sums[:9], ratio, None))
    return (Table("Trả thưởng theo kỳ quay", columns, rows, whole, in_mail=10),)


def _paid(book: PrizeBook) -> int:
    return sum(each.paid_amount for each in book.draws)


def _draw_row(each: Payouts, product: str, usual: tuple[int, int] | None) -> Row:
    return row(
        linked(each.first, reverse("draw_result", args=[each.first.isoformat()])), product,
        each.revenue_amount, each.expected_amount, each.paid_amount,
        each.paid_amount - each.by_agents_amount, each.by_agents_amount, each.tax_amount,
        each.waiting_amount, each.ratio_bps, _against(each.ratio_bps, usual),
    )  # fmt: skip


def _against(ratio: int | None, usual: tuple[int, int] | None) -> str | None:
    if ratio is None or usual is None:
        return None
    low, high = usual
    return "thấp hơn" if ratio < low else "cao hơn" if ratio > high else "trong khoảng"


def _waiting(asked: Asked, book: PrizeBook) -> Blocks:
    return (
        (money.claims_table("Phiếu chờ trả, đến hạn trước", book.waiting),) if book.waiting else ()
    )


def _presented(asked: Asked, book: PrizeBook) -> Blocks:
    if not book.presented:
        return ()
    return (money.claims_table("Phiếu lập trong kỳ, giải lớn trước", book.presented),)


def _expiring(asked: Asked, book: PrizeBook) -> Blocks:
    if not book.expiring:
        return ()
    columns = (
        Column("Hạn lĩnh", Kind.DAY, in_mail=True),
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Loại vé", Kind.TEXT),
        Column("Đã trả", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Còn chưa lĩnh (ước)", Kind.MILLIONS, in_mail=True),
    )
    rows = tuple(
        row(
            until,
            each.first,
            book.products.get(each.product, each.product),
            each.paid_amount,
            money.unclaimed(each),
        )
        for until, each in book.expiring
    )
    return (Table("Hết hạn trong bảy ngày sau kỳ", columns, rows, in_mail=7),)


REPORT = Definition(
    code="prizes",
    slug="tra-thuong",
    title=Words("Trả thưởng", "Prizes of"),
    short=Words("Trả thưởng", "Prizes"),
    period=PeriodKind.MONTH,
    capability="sales.view",
    datasets={"prizes": read_prizes},
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("prizes",)),
        SectionOf("draws", "Theo kỳ quay", _draws, needs=("prizes",)),
        SectionOf(
            "waiting", "Chờ trả", _waiting, needs=("prizes",), nothing="Không có phiếu nào chờ trả."
        ),
        SectionOf(
            "presented",
            "Giải đã xuất trình",
            _presented,
            needs=("prizes",),
            nothing="Không có phiếu nào.",
        ),
        SectionOf(
            "expiring",
            "Sắp hết hạn",
            _expiring,
            needs=("prizes",),
            nothing="Không có kỳ quay nào sắp hết hạn lĩnh thưởng.",
        ),
    ),
    remarks=(
        "“Trúng bình quân” là giá trị giải mà số vé đã bán trúng theo cơ cấu giải.",
        "“Thường gặp” là khoảng của tám trong mười kỳ quay của một năm trước đó đã hết hạn lĩnh.",
        "Chưa lĩnh là ước tính: trúng bình quân trừ phần đã trả và chờ trả.",
    ),
    about=Words(
        "Giải đã trả theo kỳ quay, ai trả, phiếu chờ trả, sắp hết hạn, tỷ lệ so thường gặp.",
        "Prizes paid by draw and payer, claims waiting, running out, ratio against the usual.",
    ),
)
