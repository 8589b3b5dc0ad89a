"""The report of a month, quarter or year: the same sections for each kind of period."""

from collections.abc import Mapping
from typing import Any

from attendance.figures import AttendanceSummary
from reporting.builders.content import Blocks, Part, Sentences, Tile, Tiles
from reporting.defining import SALES_SCOPES, Asked, Definition, ScopeKind, SectionOf, Source, Words
from reporting.periods import PeriodKind
from reporting.sections import money, people, sales
from sales.figures.money import DebtBook, debt_book
from sales.figures.period import PeriodLine, PeriodSales, agent_lines, period_sales
from sales.figures.prizes import PrizeBook, prize_book

#: A summary of more is read by nobody.
MOST_SENTENCES = 5


def read_sales(asked: Asked) -> PeriodSales:
    period, before = asked.period, asked.period.before
    return period_sales(period.first, period.last, (before.first, before.last), asked.scope.path)


def read_agents(asked: Asked) -> tuple[PeriodLine, ...]:
    return agent_lines(asked.period.first, asked.period.last, asked.scope.path)


def read_debts(asked: Asked) -> DebtBook:
    return debt_book(asked.period.last, asked.scope.path)


def read_prizes(asked: Asked) -> PrizeBook | None:
    """Prizes of a draw are the whole company's affair."""
    if asked.scope.kind is not ScopeKind.COMPANY:
        return None
    return prize_book(asked.period.first, asked.period.last, on=asked.period.last)


def summary(
    asked: Asked,
    sold: PeriodSales | None,
    debts: DebtBook | None,
    prizes: PrizeBook | None,
    staff: AttendanceSummary | None,
) -> Blocks:
    """Sales in at most five sentences, else those of other subjects; the numbers an executive sees first.

    Each other subject has its sentences in a section of its own.
    """
    items = [*sales.period_sentences(asked, sold)] if sold and not sold.is_empty else []
    tiles: list[Tile] = [*sales.sales_tiles(sold)] if items and sold else []
    if debts:
        items += [*money.debt_sentences(asked, debts)][:1]
        tiles += [*money.debt_tiles(debts)][1:2] if money.owing(debts) else []
    if prizes:
        items += [*money.prize_sentences(prizes)][:1]
    if staff and not people.nobody(staff):
        items.append(people.people_sentence(asked, staff))
    items = items[:MOST_SENTENCES]
    return (Sentences(tuple(items)), *([Tiles(tuple(tiles))] if tiles else [])) if items else ()


def _sold(asked: Asked, sold: PeriodSales) -> Blocks:
    return () if sold.is_empty else sales.sales_by_time(asked, sold)


def regions(asked: Asked, sold: PeriodSales) -> Blocks:
    return () if sold.is_empty else (sales.units_table(asked, sold),)


def products(asked: Asked, sold: PeriodSales) -> Blocks:
    return () if sold.is_empty else (sales.products_table(sold),)


def _agents(asked: Asked, agents: tuple[PeriodLine, ...], sold: PeriodSales) -> Blocks:
    movers = sales.movers_table(agents)
    return () if sold.is_empty or movers is None else (movers,)


def _debts(asked: Asked, debts: DebtBook) -> Blocks:
    items = tuple(money.debt_sentences(asked, debts))
    return (Sentences(items), money.ageing_table(debts)) if items else ()


def _prizes(asked: Asked, prizes: PrizeBook) -> Blocks:
    items = tuple(money.prize_sentences(prizes))
    return (Sentences(items),) if items else ()


def _staff(asked: Asked, staff: AttendanceSummary) -> Blocks:
    if people.nobody(staff):
        return ()
    return Sentences((people.people_sentence(asked, staff),)), people.departments_table(staff)


def _headline(asked: Asked, data: Mapping[str, Any]) -> tuple[Part, ...]:
    return sales.headline(data["sales"])


def period_report(code: str, slug: str, kind: PeriodKind, title: Words, short: Words) -> Definition:
    """The report of this kind of period."""
    return Definition(
        code=code,
        slug=slug,
        title=title,
        short=short,
        period=kind,
        scopes=SALES_SCOPES,
        datasets={
            "sales": read_sales,
            "agents": read_agents,
            "debts": read_debts,
            "prizes": read_prizes,
            "people": people.read_attendance,
        },
        sections=(
            SectionOf("summary", "Tóm tắt", summary, may_have=("sales", "debts", "prizes", "people")),
            SectionOf("sales", "Bán vé", _sold, needs=("sales",)),
            SectionOf("regions", "Địa bàn", regions, needs=("sales",)),
            SectionOf("products", "Loại vé", products, needs=("sales",)),
            SectionOf(
                "agents", "Đại lý tăng, giảm", _agents, needs=("agents", "sales"),
                nothing="Không đại lý nào có kỳ quay cùng kỳ năm trước để so sánh.",
            ),
            SectionOf(
                "debts", "Công nợ", _debts, needs=("debts",), nothing="Không đại lý nào còn nợ."
            ),
            SectionOf(
                "prizes", "Trả thưởng", _prizes, needs=("prizes",),
                nothing="Không có giải nào được trả hoặc chờ trả.",
            ),
            SectionOf(
                "attendance", "Chấm công", _staff, needs=("people",),
                nothing="Không có dữ liệu chấm công trong kỳ.",
            ),
        ),
        sources=frozenset({Source.AGENTS, Source.TERMINALS}),
        headline=_headline,
        remarks=(
            "“Năm trước” là kỳ quay cùng thứ cách đây 52 tuần; chỉ so các kỳ có kỳ tương ứng.",
            "So với kỳ trước bằng doanh thu bình quân mỗi kỳ quay.",
            "Kế hoạch là bản đã duyệt mới nhất, tính tròn tháng.",
        ),
        about=Words(
            "Doanh thu so kế hoạch và cùng kỳ, địa bàn, loại vé, đại lý, công nợ, trả thưởng, chấm công.",
            "Revenue against plan and last year, units, products, agents, debts, prizes, attendance.",
        ),
    )  # fmt: skip
