"""The flash of a draw's evening (báo cáo nhanh): sales, who is missing, big prizes, late agents."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from reporting.builders.content import (
    Blocks,
    Column,
    Kind,
    Mood,
    Part,
    Row,
    Sentence,
    Sentences,
    Table,
    Tile,
    Tiles,
    figure,
    linked,
    row,
    total_of,
)
from reporting.builders.speaking import Language
from reporting.builders.telling import count, joined, money, mood_of, of_many, share
from reporting.defining import SALES_SCOPES, Asked, Definition, SectionOf, Source, Words
from reporting.periods import PeriodKind
from reporting.sections import rows_behind
from reporting.sections.money import claims_table, owing
from reporting.sections.period_report import read_debts
from reporting.sections.sales import compared
from sales import figures as sales_figures
from sales.figures import SalesLine, WeeklySales
from sales.figures.draw_day import AgentDay, draw_day
from sales.figures.money import Debt, DebtBook
from sales.figures.prizes import Claim, presented_claims

SHOWN = 10
#: A prize of at least so many đồng is named (the first prize of a 10,000 đồng ticket).
BIG_PRIZE = 10_000_000


@dataclass(frozen=True, slots=True)
class Missing:
    """Agents under contract that have not said what comes back, or have got no tickets."""

    silent: tuple[AgentDay, ...]
    without: tuple[AgentDay, ...]


def _sales(asked: Asked) -> WeeklySales:
    return sales_figures.weekly_sales(asked.period.first, asked.period.last, asked.scope.path)


def _missing(asked: Asked) -> Missing:
    agents = draw_day(asked.period.last, asked.scope.path)
    return Missing(
        tuple(agent for agent in agents if agent.has_not_reported),
        tuple(agent for agent in agents if agent.is_waiting_for_tickets),
    )


def _claims(asked: Asked) -> tuple[Claim, ...]:
    found = presented_claims(asked.period.first, asked.period.last, asked.scope.path)
    return tuple(claim for claim in found if claim.gross_amount >= BIG_PRIZE)


def _summary(
    asked: Asked,
    sold: WeeklySales,
    missing: Missing | None,
    debts: DebtBook | None,
    claims: tuple[Claim, ...] | None,
) -> Blocks:
    if sold.is_empty:
        return ()
    items = [*_sales_sentences(asked, sold)]
    if missing and (missing.silent or missing.without):
        items.append(_missing_sentence(asked, missing))
    if claims:
        items.append(_claims_sentence(asked, claims))
    if debts and (late := _late(debts)):
        items.append(_late_sentence(asked, late))
    return Sentences(tuple(items)), Tiles(tuple(_tiles(sold, missing, debts)))


def _sales_sentences(asked: Asked, sold: WeeklySales) -> Iterator[Sentence]:
    yield Sentence(_revenue(asked, sold, "vi"), _revenue(asked, sold, "en"))
    yield Sentence(_tickets(asked, sold, "vi"), _tickets(asked, sold, "en"))


def _revenue(asked: Asked, sold: WeeklySales, language: Language) -> tuple[Part, ...]:
    total, name = sold.total, asked.period.name(language)
    amount = money(total.now.revenue_amount, _agents(asked, "doanh_thu"))
    against = compared(
        [
            (total.previous_week.revenue_change_bps, _agents(asked, "tuan_truoc"),
             " so với kỳ cùng thứ tuần trước",
             " on the same weekday's draw last week"),
            (total.last_year.revenue_change_bps, _agents(asked, "nam_truoc"), " so với cùng kỳ năm trước",
             " on the same draw last year"),
        ],
        language,
    )  # fmt: skip
    host = f" ({sold.draws[0].host})" if len(sold.draws) == 1 and sold.draws[0].host else ""
    start: tuple[Part, ...] = (f"{name[0].upper()}{name[1:]}{host}: doanh thu ", amount)
    if language == "en":
        start = (f"{name[0].upper()}{name[1:]}{host}: revenue ", amount)
    return (*start, *((", ", *against) if against else ()), ".")


def _tickets(asked: Asked, sold: WeeklySales, language: Language) -> tuple[Part, ...]:
    now = sold.total.now
    many, issued, back = (
        count(tickets, _agents(asked, measure))
        for tickets, measure in ((now.sold, "ban"), (now.issued, "giao"), (now.returned, "tra"))
    )
    link = _agents(asked, "ve_e")
    rate, unsold = share(now.sell_through_bps, link), share(now.unsold_bps, link)
    if language == "vi":
        return ("Tiêu thụ ", many, " trên ", issued, " vé (", rate, "), vé ế ", back, " (", unsold, ").")  # fmt: skip
    return ("Sold ", many, " of ", issued, " tickets (", rate, "), unsold ", back, " (", unsold, ").")  # fmt: skip


def _missing_sentence(asked: Asked, missing: Missing) -> Sentence:
    link = rows_behind.draw_desk(asked)
    held = count(sum(agent.issued for agent in missing.silent), link)
    vi: list[tuple[Part, ...]] = []
    en: list[tuple[Part, ...]] = []
    if many := len(missing.silent):
        silent = count(many, link)
        vi.append((silent, " đại lý chưa báo vé ế, ", held, " vé đang giữ tạm tính là đã bán"))
        have = of_many(many, "agent has", "agents have")
        en.append((silent, f" {have} not said what comes back, ", held, " tickets counted as sold"))
    if many := len(missing.without):
        without = count(many, link)
        vi.append((without, " đại lý chưa nhận vé"))
        en.append((without, of_many(many, " agent has", " agents have"), " no tickets"))
    return Sentence((*joined(vi, "; "), "."), (*joined(en, "; "), "."))


def _claims_sentence(asked: Asked, claims: Sequence[Claim]) -> Sentence:
    link = rows_behind.claims(asked, least_amount=BIG_PRIZE)
    many, amount = count(len(claims), link), money(sum(c.gross_amount for c in claims), link)
    were = of_many(len(claims), " big prize was", " big prizes were")
    return Sentence(
        (many, " giải lớn được xuất trình trong ngày, tổng ", amount, "."),
        (many, were, " presented that day, ", amount, " in all."),
    )


def _late(debts: DebtBook) -> list[Debt]:
    return [debt for debt in owing(debts) if debt.age.overdue]


def _late_sentence(asked: Asked, late: Sequence[Debt]) -> Sentence:
    link = rows_behind.debts(asked)
    many, amount = count(len(late), link), money(sum(debt.age.overdue for debt in late), link)
    pay = of_many(len(late), " agent pays", " agents pay")
    return Sentence(
        (many, " đại lý nộp chậm, tổng quá hạn ", amount, "."),
        (many, pay, " late, ", amount, " overdue in all."),
    )


def _tiles(sold: WeeklySales, missing: Missing | None, debts: DebtBook | None) -> Iterator[Tile]:
    total = sold.total
    change = total.previous_week.revenue_change_bps
    note: tuple[Part, ...] = (figure(change, Kind.CHANGE), " so với tuần trước")
    revenue = figure(total.now.revenue_amount, Kind.MILLIONS)
    yield Tile("Doanh thu", revenue, note if change is not None else (), mood_of(change))
    tickets = (count(total.now.sold), " trên ", count(total.now.issued), " vé")
    yield Tile("Tỷ lệ tiêu thụ", share(total.now.sell_through_bps), tickets)
    if missing:
        mood = Mood.BAD if missing.silent else Mood.GOOD
        yield Tile("Chưa báo vé ế", count(len(missing.silent)), (), mood, "đại lý")
    if debts:
        overdue = sum(debt.age.overdue for debt in owing(debts))
        mood = Mood.BAD if overdue else Mood.GOOD
        yield Tile("Nợ quá hạn", figure(overdue, Kind.MILLIONS), (), mood)


def _tables(asked: Asked, sold: WeeklySales) -> Blocks:
    if sold.is_empty:
        return ()
    products = _lines("Theo loại vé", "Loại vé", sold.products, sold.total)
    return _lines("Theo địa bàn", "Địa bàn", sold.regions, sold.total, SHOWN), products


def _lines(
    title: str, first: str, lines: Sequence[SalesLine], total: SalesLine, shown: int = 0
) -> Table:
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column(first, Kind.TEXT, in_mail=True),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé ế", Kind.TICKETS, adds=True),
        Column("Tỷ lệ tiêu thụ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("So tuần trước", Kind.CHANGE, in_mail=True),
        Column("So năm trước", Kind.CHANGE, in_mail=True),
    )
    whole = Row(("", "Cộng", *_line_row(total).cells[2:]))
    return Table(title, columns, tuple(map(_line_row, lines)), whole, shown, in_mail=5)


def _line_row(line: SalesLine) -> Row:
    now = line.now
    return row(
        line.code, line.name, now.issued, now.returned, now.sell_through_bps, now.revenue_amount,
        line.previous_week.revenue_change_bps, line.last_year.revenue_change_bps,
    )  # fmt: skip


def _not_reported(asked: Asked, missing: Missing) -> Blocks:
    if not missing.silent and not missing.without:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT, in_mail=True),
        Column("Vé đã nhận", Kind.TICKETS, adds=True, in_mail=True),
        Column("Thiếu", Kind.TEXT, in_mail=True),
    )
    rows = (
        *(_agent_row(agent, "chưa báo vé ế") for agent in missing.silent),
        *(_agent_row(agent, "chưa nhận vé") for agent in missing.without),
    )
    return (Table("Đại lý còn thiếu số liệu", columns, rows, None, SHOWN, in_mail=10),)


def _agent_row(agent: AgentDay, why: str) -> Row:
    name = linked(agent.name, reverse("agent", args=[agent.code]))
    return row(agent.code, name, agent.region, agent.issued, why)


def _big(asked: Asked, claims: tuple[Claim, ...]) -> Blocks:
    return (claims_table("Giải lớn xuất trình trong ngày", claims),) if claims else ()


def _payers(asked: Asked, debts: DebtBook) -> Blocks:
    late = _late(debts)
    if not late:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT),
        Column("Dư nợ", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Quá hạn", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Quá hạn từ", Kind.DAY, in_mail=True),
    )
    rows = tuple(
        row(
            debt.code, linked(debt.name, reverse("statement", args=[debt.code])), debt.region,
            debt.owed_amount, debt.age.overdue, debt.age.oldest_due,
        )
        for debt in late
    )  # fmt: skip
    whole = Row(("", "Cộng", *total_of("", columns, rows).cells[2:]))
    return (Table("Đại lý nộp chậm", columns, rows, whole, SHOWN, in_mail=5),)


def _headline(asked: Asked, data: Mapping[str, Any]) -> tuple[Part, ...]:
    sold: WeeklySales | None = data["sales"]
    if sold is None or sold.is_empty:
        return ()
    now = sold.total.now
    pieces: list[tuple[Part, ...]] = [
        ("doanh thu ", figure(now.revenue_amount, Kind.MILLIONS), " triệu"),
        ("tiêu thụ ", share(now.sell_through_bps)),
    ]
    return joined(pieces, ", ")


def _agents(asked: Asked, measure: str) -> str:
    """The draw's agents in the explorer."""
    return rows_behind.explored(asked, measure, rows="dai_ly")


REPORT = Definition(
    code="daily-flash",
    slug="nhanh-ngay",
    title=Words("Báo cáo nhanh", "Daily flash,"),
    short=Words("Nhanh", "Flash"),
    period=PeriodKind.DRAW,
    capability="sales.view",
    scopes=SALES_SCOPES,
    datasets={"sales": _sales, "missing": _missing, "debts": read_debts, "claims": _claims},
    sections=(
        SectionOf(
            "summary", "Tóm tắt", _summary, needs=("sales",),
            may_have=("missing", "debts", "claims"),
        ),
        SectionOf("sales", "Bán vé", _tables, needs=("sales",)),
        SectionOf(
            "missing", "Chưa báo cáo", _not_reported, needs=("missing",),
            nothing="Mọi đại lý đã nhận vé và báo vé ế.",
        ),
        SectionOf(
            "prizes", "Giải lớn", _big, needs=("claims",),
            nothing="Không có giải từ 10 triệu đồng được xuất trình.",
        ),
        SectionOf(
            "late", "Nộp chậm", _payers, needs=("debts",), nothing="Không đại lý nào nộp chậm."
        ),
    ),
    sources=frozenset({Source.AGENTS, Source.RETURNS}),
    headline=_headline,
    remarks=("So với kỳ quay cùng thứ tuần trước và kỳ cùng thứ cách đây 52 tuần.",),
    about=Words(
        "Ngay sau kỳ quay: doanh thu, tiêu thụ, vé ế, ai chưa báo, giải lớn, ai nộp chậm.",
        "Right after the draw: revenue, sell-through, unsold, who is missing, big prizes, who pays late.",
    ),
)  # fmt: skip
