"""Three to five sentences that say what the numbers mean, by fixed rules. Pure.

The same briefing always gives the same words, in Vietnamese or English.
"""

from reporting.builders.briefing import Attendance, Briefing, Compared, Sales, SalesLine
from reporting.builders.numbers import Language, change, money, percent, short_day, whole

#: A change of less than this is called "about the same" (0.5 %).
STEADY_BPS = 50
#: A region is named only if it moved by at least this share of the company's revenue (0.5 %).
WORTH_NAMING_BPS = 50


def sentences(briefing: Briefing, language: Language = "vi") -> list[str]:
    """The summary of the briefing, most important first."""
    if briefing.is_empty:
        return [_nothing(briefing, language)]
    found: list[str] = []
    if briefing.sales is not None:
        found += _about_sales(briefing, briefing.sales, language)
    if briefing.attendance is not None and not briefing.attendance.is_empty:
        silent = len(briefing.completeness.terminals)
        found.append(_about_attendance(briefing.attendance, silent, language))
    return found


def _nothing(briefing: Briefing, language: Language) -> str:
    first, last = _period(briefing)
    if language == "vi":
        return f"Không có phát sinh trong tuần {briefing.heading.week} ({first}–{last})."
    return f"Nothing to report in week {briefing.heading.week} ({first}–{last})."


def _period(briefing: Briefing) -> tuple[str, str]:
    return short_day(briefing.heading.first_date), short_day(briefing.heading.last_date)


def _about_sales(briefing: Briefing, sales: Sales, language: Language) -> list[str]:
    if sales.is_empty:
        return [
            "Không có phát sinh bán vé trong kỳ."
            if language == "vi"
            else "No ticket sales in this period."
        ]
    found = [_revenue(briefing, sales, language), _tickets(sales, language)]
    if pull := _who_pulls(sales, language):
        found.append(pull)
    if sales.debts:
        found.append(_debts(sales, language))
    return found


def _revenue(briefing: Briefing, sales: Sales, language: Language) -> str:
    first, last = _period(briefing)
    total = sales.total
    amount = money(total.now.revenue_amount, language)
    draws = len(sales.draws)
    week = _compared(total.week, language, "week")
    year = _compared(total.year, language, "year")
    compared = "; ".join(part for part in (week, year) if part)
    if language == "vi":
        start = (
            f"Tuần {briefing.heading.week} ({first}–{last}): {draws} kỳ quay, doanh thu {amount}"
        )
        return f"{start}, {compared}." if compared else f"{start}; chưa có kỳ để so sánh."
    start = f"Week {briefing.heading.week} ({first}–{last}): {draws} draws, revenue {amount}"
    return f"{start}, {compared}." if compared else f"{start}; no earlier draws to compare with."


def _compared(compared: Compared, language: Language, kind: str) -> str:
    bps = compared.change_bps
    if bps is None:
        return ""
    against = {
        ("vi", "week"): "so với các kỳ tuần trước",
        ("vi", "year"): "so với cùng kỳ năm trước",
        ("en", "week"): "on last week's draws",
        ("en", "year"): "on the same draws last year",
    }[language, kind]
    return f"{_moved(bps, language)} {against}"


def _moved(bps: int, language: Language) -> str:
    size = percent(abs(bps), language)
    if abs(bps) < STEADY_BPS:
        steady = "gần như không đổi" if language == "vi" else "about the same"
        return f"{steady} ({change(bps, language)})"
    if language == "vi":
        return f"{'tăng' if bps > 0 else 'giảm'} {size}"
    return f"{'up' if bps > 0 else 'down'} {size}"


def _tickets(sales: Sales, language: Language) -> str:
    now = sales.total.now
    sold, issued = whole(now.sold, language), whole(now.issued, language)
    share, unsold = percent(now.sell_through_bps, language), percent(now.unsold_bps, language)
    best = max(
        sales.draws, key=lambda draw: (draw.now.revenue_amount, draw.draw_date), default=None
    )
    day = short_day(best.draw_date) if best else ""
    top = money(best.now.revenue_amount, language) if best else ""
    if language == "vi":
        words = f"Tiêu thụ {sold} trên {issued} vé phát hành ({share}), vé ế {unsold}"
        return f"{words}; kỳ cao nhất là ngày {day} với {top}." if best else f"{words}."
    words = f"{sold} of {issued} tickets sold ({share}), {unsold} unsold"
    return f"{words}; the best draw was {day} with {top}." if best else f"{words}."


def _who_pulls(sales: Sales, language: Language) -> str:
    """The regions that raised and lowered revenue most, if they are worth naming."""
    least = sales.total.week.before.revenue_amount * WORTH_NAMING_BPS // 10_000
    moved = sorted(sales.regions, key=lambda line: (line.week.change_amount, line.code))
    up = [line for line in moved[-1:] if line.week.change_amount > max(least, 0)]
    down = [line for line in moved[:1] if line.week.change_amount < -max(least, 0)]
    parts = []
    if up:
        words = "tăng nhiều nhất là" if language == "vi" else "the greatest gain came from"
        parts.append(f"{words} {_moved_line(up[0], language)}")
    if down:
        words = "giảm nhiều nhất là" if language == "vi" else "the greatest loss from"
        parts.append(f"{words} {_moved_line(down[0], language)}")
    if not parts:
        return ""
    text = ", ".join(parts)
    start = "Theo địa bàn, " if language == "vi" else "By region, "
    return f"{start}{text}."


def _moved_line(line: SalesLine, language: Language) -> str:
    amount = line.week.change_amount
    sign = "+" if amount > 0 else ""
    return (
        f"{line.name} ({sign}{money(amount, language)}, {change(line.week.change_bps, language)})"
    )


def _debts(sales: Sales, language: Language) -> str:
    over = money(sum(debt.over_amount for debt in sales.debts), language)
    worst = max(sales.debts, key=lambda debt: (debt.over_amount, debt.code))
    most = money(worst.over_amount, language)
    count = len(sales.debts)
    if language == "vi":
        return (
            f"{count} đại lý vượt hạn mức công nợ, tổng số vượt {over};"
            f" nhiều nhất là {worst.name} ({worst.region}), vượt {most}."
        )
    agents = "agent owes" if count == 1 else "agents owe"
    return (
        f"{count} {agents} more than the credit limit, {over} in all;"
        f" the most is {worst.name} ({worst.region}), {most} over."
    )


def _about_attendance(attendance: Attendance, silent: int, language: Language) -> str:
    total = attendance.total
    people, days = whole(attendance.employees, language), whole(total.present_days, language)
    rate = percent(total.present_bps, language)
    late, absent = whole(total.late_days, language), whole(total.absent_days, language)
    questions = whole(attendance.open_questions, language)
    if language == "vi":
        rest = f"; còn thiếu số liệu của {silent} máy chấm công" if silent else ""
        return (
            f"{people} nhân viên đi làm {days} ngày công ({rate} số phải làm); {late} lượt đi muộn,"
            f" {absent} ngày vắng, {questions} ngày công còn phải làm rõ{rest}."
        )
    rest = f"; punches of {silent} terminals are still missing" if silent else ""
    return (
        f"{people} employees worked {days} days ({rate} of those due); {late} late arrivals,"
        f" {absent} days absent, {questions} days still to be clarified{rest}."
    )
