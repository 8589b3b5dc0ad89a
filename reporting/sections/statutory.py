"""Figures that reports to authorities need: tax bases, tax withheld, prizes paid."""

from django.urls import reverse

from reporting.builders.content import (
    Blocks,
    Column,
    Kind,
    Note,
    Sentence,
    Sentences,
    Table,
    Tile,
    Tiles,
    figure,
    row,
    total_of,
)
from reporting.builders.telling import count, money, share
from reporting.defining import Asked, Definition, SectionOf, Words
from reporting.periods import PeriodKind
from reporting.sections import rows_behind
from sales.figures.agent_taxes import AgentTax, TaxYear, tax_year
from sales.figures.taxes import TaxFigures, tax_figures


def _read(asked: Asked) -> TaxFigures:
    return tax_figures(asked.period.first, asked.period.last)


def _read_year(asked: Asked) -> TaxYear:
    return tax_year(asked.period.last.year)


def _summary(asked: Asked, told: TaxFigures) -> Blocks:
    if told.is_empty:
        return ()
    revenue = money(told.revenue_amount, rows_behind.explored(asked, "doanh_thu"))
    vat, excise = money(told.vat_amount), money(told.excise_amount)
    link = reverse("payout_ratio")
    paid, ratio = money(told.prizes_amount, link), share(told.payout_bps, link)
    sentences = Sentences(
        (
            Sentence(
                ("Doanh thu ghi sổ ", revenue, ", trong đó thuế GTGT ", vat, " và thuế TTĐB ", excise, "."),
                ("Revenue booked ", revenue, ", in it VAT ", vat, " and special consumption tax ", excise, "."),
            ),
            Sentence(
                ("Trả thưởng ", paid, ", bằng ", ratio, " doanh thu."),
                ("Prizes paid ", paid, ", ", ratio, " of revenue."),
            ),
        )
    )  # fmt: skip
    commission = (count(len(told.commissions)), " đại lý cá nhân")
    tiles = Tiles(
        (
            Tile("Doanh thu (gồm thuế)", figure(told.revenue_amount, Kind.AMOUNT)),
            Tile("Thuế GTGT", figure(told.vat_amount, Kind.AMOUNT)),
            Tile("Thuế TTĐB", figure(told.excise_amount, Kind.AMOUNT)),
            Tile(
                "TNCN hoa hồng đã giữ", figure(told.commission_tax_amount, Kind.AMOUNT), commission
            ),
            Tile("TNCN trúng thưởng đã giữ", figure(told.prize_tax_amount, Kind.AMOUNT)),
            Tile("Giải đã trả", figure(told.prizes_amount, Kind.AMOUNT)),
        )
    )
    return sentences, tiles


def _bases(asked: Asked, told: TaxFigures) -> Blocks:
    if not told.bases:
        return ()
    columns = (
        Column("Loại vé", Kind.TEXT, in_mail=True),
        Column("Doanh thu (gồm thuế)", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Thuế suất GTGT", Kind.SHARE),
        Column("Giá tính thuế GTGT", Kind.AMOUNT, adds=True),
        Column("Thuế GTGT", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Thuế suất TTĐB", Kind.SHARE),
        Column("Giá tính thuế TTĐB", Kind.AMOUNT, adds=True),
        Column("Thuế TTĐB", Kind.AMOUNT, adds=True, in_mail=True),
        Column("Thuế suất", Kind.TEXT, on_paper=False),
    )
    rows = tuple(
        row(
            base.name, base.taxes.revenue_amount, base.vat_bps, base.taxes.vat_base_amount,
            base.taxes.vat_amount, base.excise_bps, base.taxes.net_amount,
            base.taxes.excise_amount, "đã xác nhận" if base.is_confirmed else "chưa xác nhận",
        )
        for base in told.bases
    )  # fmt: skip
    whole, note = total_of("Cộng", columns, rows), _unconfirmed(told)
    return (Table("Thuế trong giá vé theo loại vé", columns, rows, whole, note=note),)


def _unconfirmed(told: TaxFigures) -> str:
    """Which rates are not confirmed, said once below the table: a column of its own has no room on paper."""
    confirmed = [base.is_confirmed for base in told.bases]
    if all(confirmed):
        return ""
    if any(confirmed):
        return "có thuế suất chưa được xác nhận, cột “Thuế suất” trong bảng Excel nói rõ"
    return "các thuế suất chưa được xác nhận"


def _commissions(asked: Asked, told: TaxFigures) -> Blocks:
    if not told.commissions:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, width=11),
        Column("Đại lý", Kind.TEXT),
        Column("Doanh thu", Kind.AMOUNT, adds=True),
        Column("Hoa hồng", Kind.AMOUNT, adds=True),
        Column("Thuế theo quy tắc", Kind.AMOUNT, adds=True),
        Column("Đã khấu trừ", Kind.AMOUNT, adds=True),
    )
    rows = tuple(
        row(
            each.agent, each.name, each.revenue_amount, each.commission_amount,
            each.by_rule_amount, each.withheld_amount,
        )
        for each in told.commissions
    )  # fmt: skip
    whole = total_of("Cộng", columns, rows)
    return (Table("TNCN của đại lý cá nhân", columns, rows, whole, shown=20),)


def _prizes(asked: Asked, told: TaxFigures) -> Blocks:
    if not told.prizes:
        return ()
    columns = (
        Column("Ngày quay", Kind.DAY),
        Column("Loại vé", Kind.TEXT),
        Column("Người trả", Kind.TEXT),
        Column("Số giải", Kind.COUNT, adds=True),
        Column("Giải đã trả", Kind.AMOUNT, adds=True),
        Column("Thuế giữ lại", Kind.AMOUNT, adds=True),
    )
    rows = tuple(
        row(
            each.draw, each.product, "đại lý" if each.is_by_agents else "công ty", each.count,
            each.prizes_amount, each.tax_amount,
        )
        for each in told.prizes
    )  # fmt: skip
    whole = total_of("Cộng", columns, rows)
    return (Table("Giải đã trả và thuế giữ lại", columns, rows, whole, shown=20),)


def _people(asked: Asked, told: TaxYear) -> Blocks:
    """The list 01/BK-XSBHĐC; numbers of people stay in the files of sales, where taking them is written down."""
    if not told.people:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, width=11),
        Column("Đại lý", Kind.TEXT),
        Column("Doanh thu trong năm", Kind.AMOUNT, adds=True),
        Column("Thuộc diện khấu trừ", Kind.AMOUNT, adds=True),
        Column("Thuế phát sinh", Kind.AMOUNT, adds=True),
        Column("Đã khấu trừ", Kind.AMOUNT, adds=True),
        Column("Ghi chú", Kind.TEXT),
    )
    rows = tuple(
        row(
            each.agent, each.name, each.revenue_amount, each.taxable_amount, each.tax_amount,
            each.withheld_amount, _remark(each),
        )
        for each in told.people
    )  # fmt: skip
    whole = total_of("Cộng", columns, rows)
    listed = Table("Bảng kê 01/BK-XSBHĐC", columns, rows, whole, shown=20)
    if not told.unconfirmed:
        return (listed,)
    return (
        Note(
            "Thuế suất, mức không phải nộp hoặc phần chịu thuế khi vượt mức chưa được xác nhận: "
            "thuế phát sinh chỉ để tham khảo, chốt bán chưa khấu trừ theo đó."
        ),
        listed,
    )


def _remark(person: AgentTax) -> str:
    if not person.number:
        return "chưa có số định danh"
    return "có lúc là tổ chức" if person.has_changed else ""


def statutory_report(code: str, slug: str, kind: PeriodKind) -> Definition:
    """The figures of this kind of period; of a year with everybody whose tax is withheld."""
    is_year = kind is PeriodKind.YEAR
    people = SectionOf("people", "Bảng kê thuế TNCN của đại lý", _people, needs=("people",))
    return Definition(
        code=code,
        slug=slug,
        title=Words("Số liệu báo cáo cơ quan nhà nước", "Figures for authorities,"),
        short=Words("Số liệu cơ quan nhà nước", "For authorities,"),
        period=kind,
        capability="sales.view",
        datasets={"taxes": _read, "people": _read_year} if is_year else {"taxes": _read},
        sections=(
            SectionOf("summary", "Tóm tắt", _summary, needs=("taxes",)),
            SectionOf("bases", "Thuế GTGT và TTĐB", _bases, needs=("taxes",)),
            SectionOf("commissions", "Thuế TNCN của đại lý", _commissions, needs=("taxes",)),
            *((people,) if is_year else ()),
            SectionOf("prizes", "Trả thưởng", _prizes, needs=("taxes",)),
        ),
        remarks=(
            "Số liệu theo ngày ghi sổ; mẫu tờ khai chính thức do phần mềm kê khai của cơ quan thuế lập.",
        ),
        about=Words(
            "Căn cứ thuế GTGT, TTĐB, thuế TNCN đã giữ, doanh thu, giải đã trả của kỳ.",
            "Bases of VAT and special consumption tax, income tax withheld, revenue, prizes paid.",
        ),
    )
