"""The week in sentences and tiles: the summary that opens the briefing. Pure."""

from collections.abc import Iterator

from django.urls import reverse

from attendance.figures import AttendanceSummary
from reporting.builders.content import (
    Blocks,
    Kind,
    Mood,
    Part,
    Sentence,
    Sentences,
    Tile,
    Tiles,
    figure,
)
from reporting.builders.numbers import short_day
from reporting.builders.speaking import Language
from reporting.builders.telling import count, joined, money, mood_of, of_many, share
from reporting.defining import Asked
from reporting.definitions.weekly_briefing.week import Against, gain_amount, over_amount
from reporting.sections import rows_behind
from reporting.sections.people import everybody, nobody, people_sentence, present_bps
from reporting.sections.sales import (
    WORTH_NAMING_BPS,
    behind_unit,
    changes_told,
    days_of,
    lunar_change,
    plan_tile,
    tree_of,
)
from sales.figures import AgentDebt, Comparison, SalesLine, WeeklySales
from sales.figures.period import Span


def summary(
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
        start: tuple[Part, ...] = ("Tuần ", week, f" ({days}): ", draws, " kỳ quay, doanh thu ", amount)  # fmt: skip
        of_plan: tuple[Part, ...] = (", đạt ", plan, " kế hoạch")
    else:
        held = of_many(len(sales.draws), " draw", " draws")
        start = ("Week ", week, f" ({days}): ", draws, f"{held}, revenue ", amount)
        of_plan = (", ", plan, " of plan")
    compared = changes_told(
        [
            (total.previous_week.revenue_change_bps, _explored(asked, sales, "tuan_truoc"),
             " so với các kỳ tuần trước", " on last week's draws"),
            (total.last_year.revenue_change_bps, _explored(asked, sales, "nam_truoc"),
             " so với cùng kỳ năm trước", " on the same draws last year"),
        ],
        language,
    )  # fmt: skip
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
    by_change = sorted(sales.regions, key=lambda line: (gain_amount(line), line.code))
    up = [line for line in by_change[-1:] if gain_amount(line) > max(least, 0)]
    down = [line for line in by_change[:1] if gain_amount(line) < -max(least, 0)]
    start, rise, fall = (
        ("Theo địa bàn, ", "tăng nhiều nhất là ", "giảm nhiều nhất là ")
        if language == "vi"
        else ("By region, ", "the greatest gain came from ", "the greatest loss from ")
    )
    pulling = ((rise, up), (fall, down))
    parts = [(words, *_pulling(asked, line, sales)) for words, lines in pulling for line in lines]
    return (start, *joined(parts, ", "), ".") if parts else ()


def _pulling(asked: Asked, line: SalesLine, sales: WeeklySales) -> tuple[Part, ...]:
    sign = "+" if gain_amount(line) > 0 else ""
    link = behind_unit(asked, "tuan_truoc", line.code, in_todays_units=sales.in_todays_units)
    bps = figure(line.previous_week.revenue_change_bps, Kind.CHANGE, link)
    return (f"{line.name} ({sign}", money(gain_amount(line), link), ", ", bps, ")")


def _debt_sentence(asked: Asked, debts: tuple[AgentDebt, ...]) -> Sentence:
    link = rows_behind.debts(asked, order="over")
    over = money(sum(map(over_amount, debts)), link)
    worst = max(debts, key=lambda debt: (over_amount(debt), debt.code))
    most = money(over_amount(worst), reverse("statement", args=[worst.code]))
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
    over = figure(sum(map(over_amount, debts)), Kind.MILLIONS)
    mood = Mood.BAD if debts else Mood.GOOD
    note: tuple[Part, ...] = ("vượt ", over, " triệu đồng")
    return Tile("Đại lý vượt hạn mức nợ", count(len(debts), reverse("debts")), note, mood, "đại lý")


def _people_tile(people: AttendanceSummary) -> Tile:
    total = everybody(people)
    note = (share(present_bps(total)), " số phải làm; ", count(total.late_days), " lượt muộn, ",
            count(total.absent_days), " ngày vắng")  # fmt: skip
    return Tile("Ngày công", count(total.present_days), note, unit="công")


def _points(week: Comparison) -> int | None:
    """How many points of sell-through more than the week before."""
    now, before = week.now.sell_through_bps, week.before.sell_through_bps
    return None if now is None or before is None else now - before
