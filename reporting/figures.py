"""One call per report: the neighbours' figures, read at one moment, as one plain value."""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from django.db import OperationalError, connection, transaction

from attendance import figures as attendance_figures
from backend.clock import VN
from backend.org.models import Region
from reporting import completeness
from reporting.builders import briefing as shape
from reporting.builders.briefing import Briefing, Failure, Heading
from sales import figures as sales_figures

logger = logging.getLogger(__name__)
T = TypeVar("T")

#: The picture of revenue shows so many weeks, the reported one included.
WEEKS_SHOWN = 13


def weekly_briefing(*, heading: Heading, region: Region | None) -> Briefing:
    """The briefing of the heading's period and scope. A part that fails is named, not fatal.

    People's attendance belongs to the whole company, so a region's briefing does not tell it.
    """
    failures: list[Failure] = []
    path = region.path if region else None
    first, last = heading.first_date, heading.last_date
    with one_moment():
        recorded = _part("bán vé", failures, sales_figures.recorded_until)
        sales = _part("bán vé", failures, lambda: _sales(first, last, path))
        agents = _part("đại lý còn thiếu", failures, lambda: _agents(first, last, path))
        if region is None:
            summary = _part("chấm công", failures, lambda: _attendance(first, last))
        else:
            summary = None
    attendance, terminals = summary or (None, ())
    return Briefing(
        heading=replace(heading, recorded_until_at=recorded),
        sales=sales,
        attendance=attendance,
        completeness=completeness.found(
            agents=agents, terminals=terminals, failures=tuple(_first_of_each(failures))
        ),
    )


@contextmanager
def one_moment() -> Iterator[None]:
    """All reads inside see the database as it was at one moment (when not inside one already)."""
    outermost = not connection.in_atomic_block
    with transaction.atomic():
        if outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield


def _part(section: str, failures: list[Failure], read: Callable[[], T]) -> T | None:
    """What `read` gives; when it fails the section is noted as failed and the rest goes on.

    A lost connection is not a failing section: it rises, and the whole run is tried again.
    """
    try:
        with transaction.atomic():
            return read()
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("figures of %s failed", section)
        failures.append(Failure(section, f"{type(error).__name__}."))
        return None


def _first_of_each(failures: list[Failure]) -> list[Failure]:
    return list({failure.section: failure for failure in reversed(failures)}.values())[::-1]


def _sales(first: date, last: date, path: str | None) -> shape.Sales:
    week = sales_figures.weekly_sales(first, last, path)
    movers = sales_figures.top_movers(first, last, path)
    return shape.Sales(
        total=_line(week.total),
        draws=tuple(
            shape.Draw(
                draw.date,
                draw.host,
                _sold(draw.now),
                _sold(draw.previous_week) if draw.previous_week else None,
                _sold(draw.last_year) if draw.last_year else None,
            )
            for draw in week.draws
        ),
        regions=tuple(_line(line) for line in week.regions),
        products=tuple(_line(line) for line in week.products),
        weeks=_weeks(first, last, path),
        risers=tuple(_mover(mover) for mover in movers.risers),
        fallers=tuple(_mover(mover) for mover in movers.fallers),
        debts=tuple(
            shape.Debt(debt.code, debt.name, debt.region, debt.debt_amount, debt.limit_amount)
            for debt in sales_figures.debts_over_limit(last, path)
        ),
    )


def _weeks(first: date, last: date, path: str | None) -> tuple[shape.Week, ...]:
    """Revenue of the last weeks, Monday to Sunday; weeks without a draw are left out."""
    start = first - timedelta(weeks=WEEKS_SHOWN - 1)
    revenue: dict[date, int] = defaultdict(int)
    draws: dict[date, int] = defaultdict(int)
    for draw in sales_figures.weekly_sales(start, last, path).draws:
        monday = draw.date - timedelta(days=draw.date.weekday())
        revenue[monday] += draw.now.revenue_amount
        draws[monday] += 1
    return tuple(shape.Week(monday, revenue[monday], draws[monday]) for monday in sorted(revenue))


def _sold(tickets: sales_figures.Tickets) -> shape.Sold:
    return shape.Sold(tickets.issued, tickets.returned, tickets.revenue_amount)


def _compared(comparison: sales_figures.Comparison) -> shape.Compared:
    return shape.Compared(_sold(comparison.now), _sold(comparison.before), comparison.draws)


def _line(line: sales_figures.SalesLine) -> shape.SalesLine:
    return shape.SalesLine(
        line.code,
        line.name,
        _sold(line.now),
        _compared(line.previous_week),
        _compared(line.last_year),
    )


def _mover(mover: sales_figures.Mover) -> shape.Mover:
    return shape.Mover(mover.code, mover.name, mover.region, mover.now_amount, mover.before_amount)


def _agents(first: date, last: date, path: str | None) -> sales_figures.Completeness:
    return sales_figures.completeness(first, last, path)


def _attendance(
    first: date, last: date
) -> tuple[shape.Attendance, tuple[shape.MissingTerminal, ...]]:
    """The company's attendance, and the terminals silent since before the period ended."""
    summary = attendance_figures.attendance_summary(
        first=first, last=last, heard_since=end_of(last)
    )
    attendance = shape.Attendance(
        employees=summary.employees,
        open_questions=summary.open_questions,
        unknown_punches=summary.unknown_punches,
        newest_punch_at=summary.newest_punch_at,
        departments=tuple(
            shape.DepartmentLine(
                line.code,
                line.name,
                line.due_days,
                line.present_days,
                line.absent_days,
                line.leave_days,
                line.incomplete_days,
                line.late_days,
                line.late_minutes,
                line.overtime_minutes,
            )
            for line in summary.departments
        ),
    )
    terminals = tuple(
        shape.MissingTerminal(silent.code, silent.name, silent.last_contact_at)
        for silent in summary.silent_terminals
    )
    return attendance, terminals


def end_of(day: date) -> datetime:
    """The moment `day` ends in Vietnam."""
    return datetime.combine(day + timedelta(days=1), time.min, tzinfo=VN)
