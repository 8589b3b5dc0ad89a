"""The weekly briefing (báo cáo giao ban tuần): tickets, agents, debts and people of one week."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.urls import reverse
from msgspec.structs import replace

from attendance import figures as attendance_figures
from attendance.figures import AttendanceSummary
from backend.shares import share_bps
from reporting.builders.content import (
    Block,
    Chart,
    Column,
    Form,
    Kind,
    Mood,
    Part,
    Row,
    Sentence,
    Sentences,
    Series,
    Table,
    Tile,
    Tiles,
    figure,
    linked,
    row,
    total_of,
)
from reporting.builders.numbers import short_day, weekday
from reporting.builders.speaking import Language
from reporting.builders.telling import count, joined, money, mood_of, moved, of_many, share
from reporting.defining import SALES_SCOPES, Asked, Definition, ScopeKind, SectionOf, Source, Words
from reporting.periods import PeriodKind
from reporting.sections import owed, rows_behind
from reporting.sections.people import (
    departments_table,
    everybody,
    nobody,
    people_sentence,
    present_bps,
)
from reporting.sections.sales import (
    TODAYS_UNITS,
    behind_unit,
    days_of,
    lunar_change,
    plan_tile,
    tree_of,
)
from sales import figures as sales_figures
from sales.figures import AgentDebt, Comparison, DrawLine, Mover, Movers, SalesLine, WeeklySales
from sales.figures.asked import Asked as SummaryAsked
from sales.figures.period import Span, around_tet, reorganised
from sales.figures.summary_by_tree import summary_by_tree
from sales.figures.weekly import planned_amount

#: The picture of revenue shows so many weeks, the reported one included.
WEEKS_SHOWN = 13
#: So many regions and debts on the page; the annex and the workbook have all of them.
REGIONS_SHOWN = 10
DEBTS_SHOWN = 10
#: A region is named only if it moved by at least this share of the company's revenue (0.5 %).
WORTH_NAMING_BPS = 50

Blocks = tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class WeekRevenue:
    """Revenue of one week, for the picture of the last thirteen."""

    first: date
    revenue_amount: int
    draws: int


@dataclass(frozen=True, slots=True)
class Against:
    """What a week is held against beside other draws: its plan (đồng), the same lunar days around Tết."""

    plan_amount: int | None = None
    lunar: Span | None = None

    def plan_bps(self, revenue_amount: int) -> int | None:
        return share_bps(revenue_amount, self.plan_amount or 0)


# Where the figures come from.


def _sales(asked: Asked) -> WeeklySales:
    return sales_figures.weekly_sales(asked.period.first, asked.period.last, asked.scope.path)


def _against(asked: Asked) -> Against:
    span = asked.period.first, asked.period.last, asked.scope.path
    return Against(planned_amount(*span), around_tet(*span))


def _weeks(asked: Asked) -> tuple[WeekRevenue, ...]:
    """Monday to Sunday, by the sums of draws alone; weeks without sales are left out."""
    start = asked.period.first - timedelta(weeks=WEEKS_SHOWN - 1)
    revenue: dict[date, int] = defaultdict(int)
    draws: dict[date, int] = defaultdict(int)
    of_draws = SummaryAsked(
        start, asked.period.last, ("draw",), path=asked.scope.path, limit=7 * WEEKS_SHOWN
    )
    is_today = asked.scope.path is not None and reorganised(start, asked.period.last)
    for told, _is_estimate in summary_by_tree(of_draws, is_today=is_today):
        ((day,),) = told.keys
        monday = day - timedelta(days=day.weekday())
        revenue[monday] += told.tickets.revenue_amount
        draws[monday] += 1
    return tuple(WeekRevenue(monday, revenue[monday], draws[monday]) for monday in sorted(revenue))


def _movers(asked: Asked) -> Movers:
    return sales_figures.top_movers(asked.period.first, asked.period.last, asked.scope.path)


def _debts(asked: Asked) -> tuple[AgentDebt, ...]:
    return tuple(sales_figures.debts_over_limit(asked.period.last, asked.scope.path))


def _attendance(asked: Asked) -> AttendanceSummary | None:
    """People's attendance is the whole company's; a region's briefing does not tell it."""
    if asked.scope.kind is not ScopeKind.COMPANY:
        return None
    return attendance_figures.attendance_summary(first=asked.period.first, last=asked.period.last)


# What is made of them. Pure.


def _summary(
    asked: Asked,
    sales: WeeklySales | None,
    debts: tuple[AgentDebt, ...] | None,
    people: AttendanceSummary | None,
    against: Against | None,
) -> Blocks:
    items: list[Sentence] = []
    tiles: list[Tile] = []
    against = against or Against()
    if sales is not None and not sales.is_empty:
        items += _sales_sentences(asked, sales, against)
        tiles += _sales_tiles(sales, against)
    if debts:
        items.append(_debt_sentence(asked, debts))
    if debts is not None and sales is not None and not (sales.is_empty and not debts):
        tiles.append(_debt_tile(debts))
    if people is not None and not nobody(people):
        items.append(people_sentence(asked, people))
        tiles.append(_people_tile(people))
    return (Sentences(tuple(items)), Tiles(tuple(tiles))) if items else ()


def _sales_sentences(asked: Asked, sales: WeeklySales, against: Against) -> Iterator[Sentence]:
    yield Sentence(_revenue(asked, sales, against, "vi"), _revenue(asked, sales, against, "en"))
    yield Sentence(_tickets(asked, sales, "vi"), _tickets(asked, sales, "en"))
    if pull := _who_pulls(asked, sales, "vi"):
        yield Sentence(pull, _who_pulls(asked, sales, "en"))


def _explored(asked: Asked, sales: WeeklySales, measure: str) -> str:
    tree = tree_of(asked, in_todays_units=sales.in_todays_units)
    return rows_behind.explored(asked, measure, tree=tree)


def _revenue(
    asked: Asked, sales: WeeklySales, against: Against, language: Language
) -> tuple[Part, ...]:
    period, total = asked.period, sales.total
    plan = share(against.plan_bps(total.now.revenue_amount), rows_behind.plans(asked))
    link = _explored(asked, sales, "doanh_thu")
    days = f"{short_day(period.first)}–{short_day(period.last)}"
    week, draws = count(period.first.isocalendar().week), count(len(sales.draws), link)
    amount = money(total.now.revenue_amount, link)
    if language == "vi":
        start: tuple[Part, ...] = (
            "Tuần ",
            week,
            f" ({days}): ",
            draws,
            " kỳ quay, doanh thu ",
            amount,
        )
        of_plan: tuple[Part, ...] = (", đạt ", plan, " kế hoạch")
        earlier = " so với các kỳ tuần trước", " so với cùng kỳ năm trước"
    else:
        held = of_many(len(sales.draws), " draw", " draws")
        start = ("Week ", week, f" ({days}): ", draws, f"{held}, revenue ", amount)
        of_plan = (", ", plan, " of plan")
        earlier = " on last week's draws", " on the same draws last year"
    compared = [
        (*moved(bps, language, _explored(asked, sales, measure)), words)
        for bps, measure, words in (
            (total.previous_week.revenue_change_bps, "tuan_truoc", earlier[0]),
            (total.last_year.revenue_change_bps, "nam_truoc", earlier[1]),
        )
        if bps is not None
    ]
    compared += _lunar(asked, sales, against.lunar, language)
    if plan.value is not None:
        start = (*start, *of_plan)
    if compared:
        return (*start, ", ", *joined(compared, "; "), ".")
    none = "; chưa có kỳ để so sánh." if language == "vi" else "; no earlier draws to compare with."
    return (*start, none)


def _lunar(
    asked: Asked, sales: WeeklySales, lunar: Span | None, language: Language
) -> list[tuple[Part, ...]]:
    """Around Tết, when draws fall out: an average draw against those of the same lunar days."""
    if lunar is None or not sales.draws:
        return []
    per_draw = sales.total.now.revenue_amount // len(sales.draws)
    tree = tree_of(asked, in_todays_units=sales.in_todays_units)
    change = lunar_change(asked, per_draw, lunar, language, tree=tree)
    vi = f" mỗi kỳ so với cùng kỳ âm lịch quanh Tết ({days_of(lunar)})"
    en = f" a draw on the same lunar days around Tết ({days_of(lunar)})"
    return [(*change, vi if language == "vi" else en)] if change else []


def _tickets(asked: Asked, sales: WeeklySales, language: Language) -> tuple[Part, ...]:
    now = sales.total.now
    sold, issued = (
        count(tickets, _explored(asked, sales, measure))
        for tickets, measure in ((now.sold, "ban"), (now.issued, "giao"))
    )
    link = _explored(asked, sales, "ve_e")
    rate, unsold = share(now.sell_through_bps, link), share(now.unsold_bps, link)
    if language == "vi":
        words = ("Tiêu thụ ", sold, " trên ", issued, " vé phát hành (", rate, "), vé ế ", unsold)
        names = "; kỳ cao nhất là ngày ", " với "
    else:
        words = (sold, " of ", issued, " tickets sold (", rate, "), ", unsold, " unsold")  # type: ignore[assignment]
        names = "; the best draw was ", " with "
    best = max(sales.draws, key=lambda draw: (draw.now.revenue_amount, draw.date), default=None)
    if best is None:
        return (*words, ".")
    top = money(best.now.revenue_amount, reverse("draw_result", args=[best.date.isoformat()]))
    return (*words, names[0], short_day(best.date), names[1], top, ".")


def _who_pulls(asked: Asked, sales: WeeklySales, language: Language) -> tuple[Part, ...]:
    """The regions that raised and lowered revenue most, if they are worth naming."""
    least = sales.total.previous_week.before.revenue_amount * WORTH_NAMING_BPS // 10_000
    by_change = sorted(sales.regions, key=lambda line: (_gain(line), line.code))
    up = [line for line in by_change[-1:] if _gain(line) > max(least, 0)]
    down = [line for line in by_change[:1] if _gain(line) < -max(least, 0)]
    start, rise, fall = (
        ("Theo địa bàn, ", "tăng nhiều nhất là ", "giảm nhiều nhất là ")
        if language == "vi"
        else ("By region, ", "the greatest gain came from ", "the greatest loss from ")
    )
    pulling = ((rise, up), (fall, down))
    parts = [(words, *_pulling(asked, line, sales)) for words, lines in pulling for line in lines]
    return (start, *joined(parts, ", "), ".") if parts else ()


def _pulling(asked: Asked, line: SalesLine, sales: WeeklySales) -> tuple[Part, ...]:
    sign = "+" if _gain(line) > 0 else ""
    link = behind_unit(asked, "tuan_truoc", line.code, in_todays_units=sales.in_todays_units)
    bps = figure(line.previous_week.revenue_change_bps, Kind.CHANGE, link)
    return (f"{line.name} ({sign}", money(_gain(line), link), ", ", bps, ")")


def _debt_sentence(asked: Asked, debts: tuple[AgentDebt, ...]) -> Sentence:
    link = rows_behind.debts(asked, order="over")
    over = money(sum(map(_over, debts)), link)
    worst = max(debts, key=lambda debt: (_over(debt), debt.code))
    most = money(_over(worst), reverse("statement", args=[worst.code]))
    many = count(len(debts), link)
    agents = of_many(len(debts), " agent owes", " agents owe")
    who = f"{worst.name} ({worst.region})"
    return Sentence(
        (many, " đại lý vượt hạn mức công nợ, tổng số vượt ", over,
         f"; nhiều nhất là {who}, vượt ", most, "."),
        (many, f"{agents} more than the credit limit, ", over, f" in all; the most is {who}, ",
         most, " over."),
    )  # fmt: skip


def _sales_tiles(sales: WeeklySales, against: Against) -> Iterator[Tile]:
    total, week = sales.total.now, sales.total.previous_week
    change = week.revenue_change_bps
    points = _points(week)
    yield Tile(
        "Doanh thu",
        figure(total.revenue_amount, Kind.MILLIONS),
        (figure(change, Kind.CHANGE), " so với các kỳ tuần trước"),
        mood_of(change),
    )
    plan_bps = against.plan_bps(total.revenue_amount)
    if against.plan_amount and plan_bps is not None:
        yield plan_tile(plan_bps, against.plan_amount)
    told: tuple[Part, ...] = (count(total.sold), " trên ", count(total.issued), " vé")
    more: tuple[Part, ...] = (
        ("; ", figure(points, Kind.POINTS), " điểm so với tuần trước") if points else ()
    )
    yield Tile("Tỷ lệ tiêu thụ", share(total.sell_through_bps), told + more, mood_of(points))


def _debt_tile(debts: tuple[AgentDebt, ...]) -> Tile:
    over = figure(sum(map(_over, debts)), Kind.MILLIONS)
    mood = Mood.BAD if debts else Mood.GOOD
    note: tuple[Part, ...] = ("vượt ", over, " triệu đồng")
    return Tile("Đại lý vượt hạn mức nợ", count(len(debts), reverse("debts")), note, mood, "đại lý")


def _people_tile(people: AttendanceSummary) -> Tile:
    total = everybody(people)
    note = (share(present_bps(total)), " số phải làm; ", count(total.late_days), " lượt muộn, ",
            count(total.absent_days), " ngày vắng")  # fmt: skip
    return Tile("Ngày công", count(total.present_days), note, unit="công")


def _tickets_sold(
    asked: Asked, sales: WeeklySales, weeks: tuple[WeekRevenue, ...] | None
) -> Blocks:
    if sales.is_empty:
        return ()
    charts = [_weeks_chart(weeks)] if weeks else []
    products = [_lines_table("Theo loại vé", "Loại vé", sales.products, sales.total)]
    return (
        *charts,
        _draws_chart(sales.draws),
        _draws_table(asked, sales),
        *(products if len(sales.products) > 1 else ()),
    )


def _weeks_chart(weeks: tuple[WeekRevenue, ...]) -> Chart:
    return Chart(
        title=f"Doanh thu {len(weeks)} tuần gần nhất",
        description="Doanh thu các tuần gần đây; tuần của báo cáo ở cuối.",
        form=Form.COLUMN,
        head="Tuần từ ngày",
        categories=tuple(short_day(week.first) for week in weeks),
        series=(Series("Doanh thu", tuple(week.revenue_amount for week in weeks)),),
        kind=Kind.MILLIONS,
        highlight_last=True,
        in_mail=True,
    )


def _draws_chart(draws: tuple[DrawLine, ...]) -> Chart:
    before = tuple(d.previous_week.revenue_amount if d.previous_week else None for d in draws)
    return Chart(
        title="Doanh thu từng kỳ quay",
        description="Doanh thu từng kỳ quay trong tuần và kỳ cùng thứ tuần trước.",
        form=Form.COLUMN,
        head="Kỳ quay",
        categories=tuple(f"{weekday(draw.date)} {short_day(draw.date)}" for draw in draws),
        series=(
            Series("Tuần này", tuple(draw.now.revenue_amount for draw in draws)),
            Series("Tuần trước", before, pale=True),
        ),
        kind=Kind.MILLIONS,
        beside=True,
    )


def _draws_table(asked: Asked, sales: WeeklySales) -> Table:
    columns = (
        Column("Ngày quay", Kind.DAY, in_mail=True),
        Column("Đài mở thưởng", Kind.TEXT),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True, in_mail=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tuần trước", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Năm trước", Kind.MILLIONS, adds=True, on_paper=False),
    )
    now, total = sales.total.now, sales.total
    return Table(
        "Theo kỳ quay",
        columns,
        tuple(_draw_row(draw) for draw in sales.draws),
        row(
            "Cộng", None, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
            total.previous_week.before.revenue_amount, total.last_year.before.revenue_amount,
        ),
    )  # fmt: skip


def _draw_row(draw: DrawLine) -> Row:
    now, week, year = draw.now, draw.previous_week, draw.last_year
    return row(
        linked(draw.date, reverse("draw_result", args=[draw.date.isoformat()])),
        draw.host, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
        week.revenue_amount if week else None, year.revenue_amount if year else None,
    )  # fmt: skip


def _regions(asked: Asked, sales: WeeklySales) -> Blocks:
    if sales.is_empty:
        return ()
    title = "Địa bàn theo doanh thu, từ cao đến thấp"
    table = _lines_table(title, "Địa bàn", sales.regions, sales.total, shown=REGIONS_SHOWN)
    table = replace(table, note=TODAYS_UNITS) if sales.in_todays_units else table
    return _regions_chart(sales.regions), table


def _regions_chart(regions: tuple[SalesLine, ...]) -> Chart:
    by_change = sorted(regions, key=lambda line: (-_gain(line), line.code))
    up = [line for line in by_change[:5] if _gain(line) > 0]
    down = [line for line in by_change[-5:] if _gain(line) < 0]
    return Chart(
        title="Địa bàn tăng và giảm nhiều nhất",
        description="Thay đổi doanh thu so với các kỳ tuần trước.",
        form=Form.BAR,
        head="Địa bàn",
        categories=tuple(line.name for line in up + down),
        series=(Series("Thay đổi", tuple(_gain(line) for line in up + down)),),
        kind=Kind.SIGNED_MILLIONS,
    )


def _lines_table(
    title: str, first: str, lines: tuple[SalesLine, ...], total: SalesLine, shown: int = 0
) -> Table:
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=9),
        Column(first, Kind.TEXT, in_mail=True),
        Column("Vé phát hành", Kind.TICKETS, adds=True),
        Column("Vé tiêu thụ", Kind.TICKETS, adds=True),
        Column("Tỷ lệ", Kind.SHARE, in_mail=True),
        Column("Doanh thu", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Tuần trước", Kind.MILLIONS, adds=True, on_paper=False),
        Column("So tuần trước", Kind.CHANGE, in_mail=True),
        Column("So năm trước", Kind.CHANGE, in_mail=True),
    )
    whole = Row(("", "Cộng", *_line_row(total).cells[2:]))
    return Table(
        title, columns, tuple(map(_line_row, lines)), whole, shown, in_mail=5 if shown else 0
    )


def _line_row(line: SalesLine) -> Row:
    now = line.now
    return row(
        line.code, line.name, now.issued, now.sold, now.sell_through_bps, now.revenue_amount,
        line.previous_week.before.revenue_amount, line.previous_week.revenue_change_bps,
        line.last_year.revenue_change_bps,
    )  # fmt: skip


def _agents(asked: Asked, movers: Movers) -> Blocks:
    moved_most = (*movers.risers, *movers.fallers)
    if not moved_most:
        return ()
    columns = (
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Địa bàn", Kind.TEXT),
        Column("Tuần trước", Kind.MILLIONS, in_mail=True),
        Column("Tuần này", Kind.MILLIONS, in_mail=True),
        Column("Thay đổi", Kind.SIGNED_MILLIONS, in_mail=True),
    )
    title = "Đại lý tăng và giảm nhiều nhất so với các kỳ tuần trước"
    return (Table(title, columns, tuple(map(_mover_row, moved_most))),)


def _mover_row(mover: Mover) -> Row:
    name = linked(mover.name, reverse("agent", args=[mover.code]))
    return row(
        mover.code, name, mover.region, mover.before_amount, mover.now_amount, mover.change_amount
    )


def _over_limit(asked: Asked, debts: tuple[AgentDebt, ...]) -> Blocks:
    if not debts:
        return ()
    columns = (
        Column("Đại lý", Kind.TEXT, in_mail=True),
        Column("Mã", Kind.TEXT, on_paper=False, width=11),
        Column("Địa bàn", Kind.TEXT),
        Column("Dư nợ", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Hạn mức", Kind.MILLIONS, adds=True, in_mail=True),
        Column("Vượt", Kind.MILLIONS, adds=True, in_mail=True),
    )
    rows = tuple(map(_debt_row, debts))
    whole = total_of("Cộng", columns, rows)
    title = "Đại lý vượt hạn mức công nợ"
    return (Table(title, columns, rows, whole, DEBTS_SHOWN, in_mail=5),)


def _debt_row(debt: AgentDebt) -> Row:
    name = linked(debt.name, reverse("statement", args=[debt.code]))
    return row(name, debt.code, debt.region, debt.debt_amount, debt.limit_amount, _over(debt))


def _people(asked: Asked, people: AttendanceSummary) -> Blocks:
    if nobody(people):
        return ()
    return (_people_note(asked, people), _presence_chart(people), departments_table(people))


def _people_note(asked: Asked, people: AttendanceSummary) -> Sentences:
    newest = people.newest_punch_at
    strangers = count(people.unknown_punches, reverse("unknown_users"))
    vi: tuple[Part, ...] = ("; ", strangers, " lượt chấm chưa biết của ai")
    en: tuple[Part, ...] = (
        "; ",
        strangers,
        of_many(people.unknown_punches, " punch", " punches"),
        " of unknown people",
    )
    fresh = figure(newest, Kind.MOMENT)
    who = count(people.employees, rows_behind.timesheets(asked))
    questions = count(people.open_questions, rows_behind.timesheets(asked, questions=True))
    words = Sentence(
        (who, " nhân viên có lịch làm việc; ", questions, " ngày công còn phải làm rõ",
         *(vi if people.unknown_punches else ()), ". Lượt chấm mới nhất: ", fresh, "."),
        (who, of_many(people.employees, " employee", " employees"), " with a roster; ", questions,
         of_many(people.open_questions, " day", " days"), " still to be clarified",
         *(en if people.unknown_punches else ()), ". Newest punch: ", fresh, "."),
    )  # fmt: skip
    return Sentences((words,))


def _presence_chart(people: AttendanceSummary) -> Chart:
    lines = [line for line in people.departments if present_bps(line) is not None]
    return Chart(
        title="Tỷ lệ đi làm theo phòng ban",
        description="Số ngày đi làm trên số ngày phải làm, không kể phép và công tác.",
        form=Form.BAR,
        head="Phòng ban",
        categories=tuple(line.name for line in lines),
        series=(Series("Tỷ lệ đi làm", tuple(present_bps(line) for line in lines)),),
        kind=Kind.SHARE,
        beside=True,
    )


def _headline(asked: Asked, data: Mapping[str, Any]) -> tuple[Part, ...]:
    """doanh thu 8.420,1 triệu (92,4 % KH), without a plan doanh thu 8.420,1 triệu (+3,1 %)"""
    sales: WeeklySales | None = data["sales"]
    if sales is None or sales.is_empty:
        return ()
    total = sales.total
    amount = figure(total.now.revenue_amount, Kind.MILLIONS)
    against: Against | None = data["against"]
    if against and (plan := against.plan_bps(total.now.revenue_amount)) is not None:
        return ("doanh thu ", amount, " triệu (", share(plan), " KH)")
    change = figure(total.previous_week.revenue_change_bps, Kind.CHANGE)
    return ("doanh thu ", amount, " triệu (", change, ")")


def _gain(line: SalesLine) -> int:
    return line.previous_week.revenue_change_amount


def _over(debt: AgentDebt) -> int:
    return debt.debt_amount - debt.limit_amount


def _points(week: Comparison) -> int | None:
    """How many points of sell-through more than the week before."""
    now, before = week.now.sell_through_bps, week.before.sell_through_bps
    return None if now is None or before is None else now - before


REPORT = Definition(
    code="weekly-briefing",
    slug="giao-ban-tuan",
    title=Words("Báo cáo giao ban", "Weekly briefing"),
    short=Words("Giao ban", "Briefing"),
    period=PeriodKind.WEEK,
    scopes=SALES_SCOPES,
    datasets={
        "sales": _sales,
        "against": _against,
        "weeks": _weeks,
        "movers": _movers,
        "debts": _debts,
        "attendance": _attendance,
        "obligations": owed.read_owed,
    },
    sections=(
        SectionOf(
            "summary", "Tóm tắt", _summary, may_have=("sales", "debts", "attendance", "against")
        ),
        SectionOf("sales", "Bán vé", _tickets_sold, needs=("sales",), may_have=("weeks",)),
        SectionOf("regions", "Địa bàn", _regions, needs=("sales",)),
        SectionOf("agents", "Đại lý", _agents, needs=("movers",)),
        SectionOf(
            "debts",
            "Công nợ vượt hạn mức",
            _over_limit,
            needs=("debts",),
            nothing="Không đại lý nào vượt hạn mức công nợ.",
        ),
        SectionOf(
            "attendance",
            "Chấm công",
            _people,
            needs=("attendance",),
            nothing="Không có dữ liệu chấm công trong kỳ.",
        ),
        owed.SECTION,
    ),
    sources=frozenset({Source.AGENTS, Source.TERMINALS}),
    headline=_headline,
    remarks=(
        "So sánh theo từng kỳ quay có kỳ tương ứng.",
        "“Tuần trước” là kỳ cùng thứ tuần trước, “Năm trước” là kỳ cùng thứ cách đây 52 tuần.",
        "Kế hoạch của một kỳ quay là phần đều của kế hoạch tháng đã duyệt mới nhất.",
    ),
    about=Words(
        "Trước giao ban: vé và doanh thu tuần, địa bàn, đại lý tăng giảm, nợ vượt hạn mức, chấm công.",
        "Before the briefing: a week's tickets, units, agents, debts over the limit, attendance.",
    ),
)
