"""Sales of a month, quarter or year in words, pictures and tables."""

from collections.abc import Iterator, Sequence
from datetime import date

from django.urls import reverse
from msgspec.structs import replace

from backend.shares import change_bps, share_bps
from reporting.builders.content import (
    Blocks,
    Chart,
    Column,
    Form,
    Kind,
    Part,
    Row,
    Sentence,
    Series,
    Table,
    Tile,
    figure,
    linked,
    row,
)
from reporting.builders.numbers import short_day
from reporting.builders.speaking import Language
from reporting.builders.telling import count, joined, money, mood_of, moved, of_many, share
from reporting.defining import Asked
from reporting.periods import PeriodKind
from reporting.sections import rows_behind
from sales.figures.period import PeriodLine, PeriodSales, Span

#: So many lines on the page; the annex and the workbook have all of them.
SHOWN = 10
#: A unit is named only if it moved by at least this share of the revenue (0.5 %).
WORTH_NAMING_BPS = 50
MOVERS = 5
TODAYS_UNITS = "theo đơn vị hành chính hiện nay, đơn vị cũ đã sắp xếp tính vào đơn vị mới; phần chia là ước tính"
IN_PART = "mức so năm trước chỉ tính các kỳ quay có kỳ tương ứng"

_BEFORE = {
    PeriodKind.MONTH: ("tháng trước", "the month before"),
    PeriodKind.QUARTER: ("quý trước", "the quarter before"),
    PeriodKind.YEAR: ("năm trước", "the year before"),
}


def compared(
    changes: Sequence[tuple[int | None, str, str, str]], language: Language
) -> tuple[Part, ...]:
    """Words "tăng 3,1 % so với …; giảm 2,0 % so với …" of (change, its rows, words in both languages)."""
    return joined(changes_told(changes, language), "; ")


def changes_told(
    changes: Sequence[tuple[int | None, str, str, str]], language: Language
) -> list[tuple[Part, ...]]:
    """Each change that is known, in words."""
    return [
        (*moved(bps, language, link), vi if language == "vi" else en)
        for bps, link, vi, en in changes
        if bps is not None
    ]


def period_sentences(asked: Asked, sales: PeriodSales) -> Iterator[Sentence]:
    """Revenue and plan, an average draw, tickets, who pulls it, the year so far: at most five.

    Around Tết the month before says little; an average draw is then compared with the same lunar days.
    """
    for rule in (_revenue, _average, _tickets, _who_pulls, _year):
        if words := rule(asked, sales, "vi"):
            yield Sentence(words, rule(asked, sales, "en"))


def tree_of(asked: Asked, *, in_todays_units: bool) -> str:
    """The tree of the rows behind what is told of a place; the whole company's are the same in both."""
    return "nay" if in_todays_units and asked.scope.place else ""


def _explored(
    asked: Asked,
    sales: PeriodSales,
    measure: str,
    *,
    rows: str = "",
    days: tuple[date, date] | None = None,
) -> str:
    tree = tree_of(asked, in_todays_units=sales.in_todays_units)
    return rows_behind.explored(asked, measure, rows=rows, days=days, tree=tree)


def _revenue(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    period, total = asked.period, sales.total
    name = period.name(language)
    link = _explored(asked, sales, "doanh_thu")
    amount, draws = money(total.tickets.revenue_amount, link), count(sales.now.draws, link)
    plan = share(total.plan_bps, rows_behind.plans(asked))
    vi, en = " so với cùng kỳ năm trước", " on the same draws last year"
    if sales.compared < sales.now.draws:
        vi, en = f"{vi} (trên các kỳ có kỳ tương ứng)", f"{en} (of the draws that have one)"
    rows = _explored(asked, sales, "nam_truoc")
    year = compared([(total.year_change_bps, rows, vi, en)], language)
    if language == "vi":
        start = (f"{name[0].upper()}{name[1:]}: ", draws, " kỳ quay, doanh thu ", amount)
        against: tuple[Part, ...] = (", đạt ", plan, " kế hoạch") if total.plan_bps else ()
    else:
        held = of_many(sales.now.draws, " draw", " draws")
        start = (f"{name}: ", draws, f"{held}, revenue ", amount)
        against = (", ", plan, " of plan") if total.plan_bps else ()
    return (*start, *against, *((", ", *year) if year else ()), ".")


def _average(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    return _lunar(asked, sales, language) or _per_draw(asked, sales, language)


def _per_draw(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    now, before = sales.now.per_draw_amount, sales.before.per_draw_amount
    rate = change_bps(now, before)
    if rate is None:
        return ()
    vi, en = _BEFORE[asked.period.kind]
    amount = money(now, _explored(asked, sales, "doanh_thu"))
    both = asked.period.before.first, asked.period.last
    change = moved(rate, language, _explored(asked, sales, "doanh_thu", days=both))
    if language == "vi":
        return ("Bình quân mỗi kỳ quay ", amount, ", ", *change, f" so với {vi}.")
    return ("An average draw brought ", amount, ", ", *change, f" on {en}.")


def _tickets(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    tickets = sales.total.tickets
    sold = count(tickets.sold, _explored(asked, sales, "ban"))
    issued = count(tickets.issued, _explored(asked, sales, "giao"))
    link = _explored(asked, sales, "ve_e")
    rate, unsold = share(tickets.sell_through_bps, link), share(tickets.unsold_bps, link)
    if language == "vi":
        return (
            "Tiêu thụ ",
            sold,
            " trên ",
            issued,
            " vé phát hành (",
            rate,
            "), vé ế ",
            unsold,
            ".",
        )
    return ("Sold ", sold, " of ", issued, " tickets issued (", rate, "), unsold ", unsold, ".")


def _who_pulls(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    """The unit that gained and the one that lost most against last year, when worth naming."""
    least = sales.total.tickets.revenue_amount * WORTH_NAMING_BPS // 10_000
    known = sorted(sales.regions, key=lambda line: (line.year_change_amount, line.code))
    named = [
        line for line in (*known[:1], *known[1:][-1:]) if abs(line.year_change_amount) >= least
    ]
    said = [
        _pull(asked, line, sales, language) for line in named if line.year_change_bps is not None
    ]
    if not said or len(sales.regions) < 2:
        return ()
    start = "Kéo doanh thu so với cùng kỳ: " if language == "vi" else "What moved it on last year: "
    return (start, *joined(said, "; "), ".")


def _pull(
    asked: Asked, line: PeriodLine, sales: PeriodSales, language: Language
) -> tuple[Part, ...]:
    link = behind_unit(asked, "nam_truoc", line.code, in_todays_units=sales.in_todays_units)
    change = moved(line.year_change_bps or 0, language, link)
    return (f"{line.name} ", *change)


def behind_unit(asked: Asked, measure: str, code: str, *, in_todays_units: bool) -> str:
    """The rows of a unit: its agents; the unit itself where today's units are told."""
    if in_todays_units:
        return rows_behind.explored(asked, measure, rows="dia_ban", place=code, tree="nay")
    return rows_behind.explored(asked, measure, rows="dai_ly", place=code)


def _lunar(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    """The same days around Tết; draws may be more or fewer, so an average draw is compared."""
    if sales.lunar is None:
        return ()
    tree = tree_of(asked, in_todays_units=sales.in_todays_units)
    change = lunar_change(asked, sales.now.per_draw_amount, sales.lunar, language, tree=tree)
    if not change:
        return ()
    days = days_of(sales.lunar)
    if language == "vi":
        return (f"So cùng kỳ âm lịch quanh Tết ({days}), bình quân mỗi kỳ quay ", *change, ".")
    return (f"Against the same lunar days around Tết ({days}) an average draw is ", *change, ".")


def lunar_change(
    asked: Asked, per_draw_amount: int, lunar: Span, language: Language, *, tree: str
) -> tuple[Part, ...]:
    """How an average draw moved against those of the same lunar days; nothing where those had none."""
    rate = change_bps(per_draw_amount, lunar.per_draw_amount)
    if rate is None:
        return ()
    link = rows_behind.explored(asked, "doanh_thu", days=(lunar.first, lunar.last), tree=tree)
    return moved(rate, language, link)


def days_of(span: Span) -> str:
    return f"{span.first:%d/%m/%Y}–{span.last:%d/%m/%Y}"


def _year(asked: Asked, sales: PeriodSales, language: Language) -> tuple[Part, ...]:
    year = sales.year
    if year.plan_bps is None:
        return ()
    so_far = asked.period.last.replace(month=1, day=1), asked.period.last
    rows = _explored(asked, sales, "doanh_thu", rows="thang", days=so_far)
    plan = rows_behind.plans(asked)
    amount, rate = money(year.tickets.revenue_amount, rows), share(year.plan_bps, plan)
    needed, left = year.needed_per_draw_amount, count(year.draws_left, plan)
    if language == "vi":
        start = ("Lũy kế từ đầu năm ", amount, ", đạt ", rate, " kế hoạch năm")
        if needed is None:
            return (*start, ".")
        each = money(needed, plan)
        return (*start, "; ", left, " kỳ quay còn lại cần bình quân ", each, " mỗi kỳ.")
    start = ("Since New Year ", amount, ", ", rate, " of the year's plan")
    if needed is None:
        return (*start, ".")
    return (*start, "; the ", left, " draws left need ", money(needed, plan), " each.")


def sales_tiles(sales: PeriodSales) -> Iterator[Tile]:
    """Revenue, plan, sell-through, the year so far."""
    total, year = sales.total, sales.year
    change = total.year_change_bps
    against: tuple[Part, ...] = (
        (figure(change, Kind.CHANGE), " so với cùng kỳ năm trước") if change is not None else ()
    )
    revenue = figure(total.tickets.revenue_amount, Kind.MILLIONS)
    yield Tile("Doanh thu", revenue, against, mood_of(change))
    if total.plan_amount and total.plan_bps is not None:
        yield plan_tile(total.plan_bps, total.plan_amount)
    tickets = total.tickets
    sold = (count(tickets.sold), " trên ", count(tickets.issued), " vé")
    yield Tile("Tỷ lệ tiêu thụ", share(tickets.sell_through_bps), sold)
    if year.plan_bps is not None:
        so_far = (figure(year.tickets.revenue_amount, Kind.MILLIONS), " triệu đồng")
        yield Tile("Kế hoạch năm", share(year.plan_bps), so_far)


def plan_tile(bps: int, plan_amount: int) -> Tile:
    plan = ("kế hoạch ", figure(plan_amount, Kind.MILLIONS), " triệu đồng")
    return Tile("Đạt kế hoạch", share(bps), plan, mood_of(bps - 10_000))


def sales_by_time(asked: Asked, sales: PeriodSales) -> Blocks:
    """Draws of a month, months of a longer period: picture and table."""
    by_draw = asked.period.kind is PeriodKind.MONTH
    head, kind = ("Ngày quay", Kind.DAY) if by_draw else ("Tháng", Kind.TEXT)
    columns = (
        Column(head, kind, in_mail=True),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Năm trước", Kind.MILLIONS, adds=True),
        Column("So năm trước", Kind.CHANGE, in_mail=True),
    )
    whole = Row(("Cộng", *_time_row("", sales.total, asked).cells[1:]))
    rows = tuple(_time_row(_when(day, by_draw), line, asked) for day, line in sales.parts)
    title = "Theo kỳ quay" if by_draw else "Theo tháng"
    in_part = any(_compares_part(line) for _day, line in sales.parts)
    note = IN_PART if in_part else ""
    return _time_chart(sales, by_draw), Table(title, columns, rows, whole, in_mail=10, note=note)


def _when(day: date, by_draw: bool) -> date | str:
    return day if by_draw else f"{day:%m/%Y}"


def _time_row(when: date | str, line: PeriodLine, asked: Asked) -> Row:
    tickets = line.tickets
    link = reverse("draw_result", args=[when.isoformat()]) if isinstance(when, date) else ""
    return row(
        linked(when, link), tickets.issued, tickets.sold, tickets.sell_through_bps,
        tickets.revenue_amount, line.year[1] or None, line.year_change_bps,
    )  # fmt: skip


def _compares_part(line: PeriodLine) -> bool:
    """Whether only some of its draws have a counterpart, so that the change is of these alone."""
    return 0 < line.year[0] != line.tickets.revenue_amount


def _time_chart(sales: PeriodSales, by_draw: bool) -> Chart:
    return Chart(
        title="Doanh thu từng kỳ quay" if by_draw else "Doanh thu từng tháng",
        description="Doanh thu và doanh thu các kỳ quay cùng thứ năm trước.",
        form=Form.LINE if by_draw else Form.COLUMN,
        head="Ngày quay" if by_draw else "Tháng",
        categories=tuple(
            short_day(day) if by_draw else f"{day:%m/%Y}" for day, _line in sales.parts
        ),
        series=(
            Series("Kỳ này", tuple(line.tickets.revenue_amount for _day, line in sales.parts)),
            Series(
                "Năm trước", tuple(line.year[1] or None for _day, line in sales.parts), pale=True
            ),
        ),
        kind=Kind.MILLIONS,
        beside=True,
        in_mail=True,
    )


def units_table(asked: Asked, sales: PeriodSales, shown: int = SHOWN) -> Table:
    """Units by revenue, the greatest first."""
    title = "Địa bàn theo doanh thu, từ cao đến thấp"
    links = {
        line.code: behind_unit(asked, "doanh_thu", line.code, in_todays_units=sales.in_todays_units)
        for line in sales.regions
    }
    table = lines_table(title, "Địa bàn", sales.regions, sales.total, links, shown)
    return replace(table, note=TODAYS_UNITS) if sales.in_todays_units else table


def products_table(sales: PeriodSales) -> Table:
    return lines_table("Theo loại vé", "Loại vé", sales.products, sales.total, {})


def agents_table(agents: Sequence[PeriodLine], total: PeriodLine, shown: int = SHOWN) -> Table:
    """Agents by revenue, the greatest first."""
    title = "Đại lý theo doanh thu, từ cao đến thấp"
    links = {line.code: reverse("agent", args=[line.code]) for line in agents}
    return lines_table(title, "Đại lý", agents, total, links, shown)


def lines_table(
    title: str,
    first: str,
    lines: Sequence[PeriodLine],
    total: PeriodLine,
    links: dict[str, str],
    shown: int = 0,
) -> Table:
    """Lines with plan, share of revenue, sell-through and unsold, by revenue."""
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column(first, Kind.TEXT, in_mail=True),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True),
        Column("Vé ế", Kind.TICKETS, adds=True),
        Column("Tỷ lệ tiêu thụ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tỷ trọng", Kind.SHARE),
        Column("Kế hoạch", Kind.MILLIONS, on_paper=False),
        Column("Đạt KH", Kind.SHARE, in_mail=True),
        Column("Năm trước", Kind.MILLIONS, adds=True, on_paper=False),
        Column("So năm trước", Kind.CHANGE, in_mail=True),
    )
    whole = Row(("", "Cộng", *_line_row(total, total, "").cells[2:]))
    ordered = sorted(lines, key=lambda line: (-line.tickets.revenue_amount, line.code))
    rows = tuple(_line_row(line, total, links.get(line.code, "")) for line in ordered)
    return Table(title, columns, rows, whole, shown, in_mail=5)


def _line_row(line: PeriodLine, total: PeriodLine, link: str) -> Row:
    tickets = line.tickets
    part = share_bps(tickets.revenue_amount, total.tickets.revenue_amount)
    return row(
        line.code, linked(line.name, link), tickets.issued, tickets.sold, tickets.returned,
        tickets.sell_through_bps, tickets.revenue_amount, part, line.plan_amount, line.plan_bps,
        line.year[1], line.year_change_bps,
    )  # fmt: skip


def movers_table(agents: Sequence[PeriodLine]) -> Table | None:
    """The agents that gained and lost most against last year's draws; None when nobody did."""
    ordered = sorted(agents, key=lambda line: (-line.year_change_amount, line.code))
    known = [line for line in ordered if line.year[1]]
    up = [line for line in known[:MOVERS] if line.year_change_amount > 0]
    down = [line for line in known[-MOVERS:] if line.year_change_amount < 0]
    if not up and not down:
        return None
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Năm trước", Kind.MILLIONS, in_mail=True),
        Column("Kỳ này", Kind.MILLIONS, in_mail=True),
        Column("Thay đổi", Kind.SIGNED_MILLIONS, in_mail=True),
    )
    title = "Đại lý tăng và giảm nhiều nhất so với cùng kỳ năm trước"
    return Table(title, columns, tuple(map(_mover_row, up + down)), in_mail=10)


def _mover_row(line: PeriodLine) -> Row:
    name = linked(line.name, reverse("agent", args=[line.code]))
    return row(line.code, name, line.year[1], line.year[0], line.year_change_amount)


def headline(sales: PeriodSales | None) -> tuple[Part, ...]:
    """Like "doanh thu 8.420,1 triệu (92,4 % KH)"."""
    if sales is None or sales.is_empty:
        return ()
    amount = figure(sales.total.tickets.revenue_amount, Kind.MILLIONS)
    if sales.total.plan_bps is None:
        return ("doanh thu ", amount, " triệu")
    return ("doanh thu ", amount, " triệu (", share(sales.total.plan_bps), " KH)")
