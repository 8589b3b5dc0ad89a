"""Sales by unit and agent (doanh thu theo địa bàn và đại lý): plan, share, sell-through, unsold."""

from reporting.builders.content import Blocks, Sentences, Tiles
from reporting.defining import SALES_SCOPES, Asked, Definition, SectionOf, Source, Words
from reporting.periods import PeriodKind
from reporting.sections import sales
from reporting.sections.period_report import products, read_agents, read_sales
from sales.figures.period import PeriodLine, PeriodSales

#: So many units on the page: every one of the province's 54 has its line.
UNITS_SHOWN = 60


def _summary(asked: Asked, sold: PeriodSales) -> Blocks:
    if sold.is_empty:
        return ()
    items = tuple(sales.period_sentences(asked, sold))
    return Sentences(items), Tiles(tuple(sales.sales_tiles(sold)))


def _regions(asked: Asked, sold: PeriodSales) -> Blocks:
    return () if sold.is_empty else (sales.units_table(asked, sold, UNITS_SHOWN),)


def _agents(asked: Asked, agents: tuple[PeriodLine, ...], sold: PeriodSales) -> Blocks:
    if sold.is_empty:
        return ()
    movers = sales.movers_table(agents)
    every = sales.agents_table(agents, sold.total)
    return (every, movers) if movers else (every,)


REPORT = Definition(
    code="sales-by-region-agent",
    slug="doanh-thu-dia-ban-dai-ly",
    title=Words("Doanh thu theo địa bàn và đại lý", "Sales by unit and agent,"),
    short=Words("Địa bàn, đại lý", "Units, agents"),
    period=PeriodKind.MONTH,
    capability="sales.view",
    scopes=SALES_SCOPES,
    datasets={"sales": read_sales, "agents": read_agents},
    sections=(
        SectionOf("summary", "Tóm tắt", _summary, needs=("sales",)),
        SectionOf("regions", "Địa bàn", _regions, needs=("sales",)),
        SectionOf("agents", "Đại lý", _agents, needs=("agents", "sales")),
        SectionOf("products", "Loại vé", products, needs=("sales",)),
    ),
    sources=frozenset({Source.AGENTS}),
    remarks=(
        "Tỷ trọng là phần trong doanh thu của phạm vi báo cáo.",
        "“Năm trước” là kỳ quay cùng thứ cách đây 52 tuần; chỉ so các kỳ có kỳ tương ứng.",
        "Kế hoạch là bản đã duyệt mới nhất, tính tròn tháng.",
    ),
    about=Words(
        "Từng địa bàn và mọi đại lý: kế hoạch, tỷ trọng, tiêu thụ, vé ế, so cùng kỳ.",
        "Every unit and agent: plan, share, sell-through, unsold, against last year.",
    ),
)
