"""Draws of three years, with the real Northern results where their file is at hand.

The file does not tell the winning symbols, so those stay unknown. Draws of the last weeks that no
file tells get invented numbers and symbols, so that there is something to look up and to check.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path

from django.db import connection

from backend.accounts.models import User
from sales.draws.drawing import planned_draws
from sales.engine.prizes import PLACES
from sales.models import Draw, DrawPublication, DrawResultEntry, DrawStatus, Source
from scripts.demonstration.plan import Plan, local

#: Digits of the numbers of each prize, from the special prize to the seventh.
DIGITS = tuple(digits for _kind, _place, digits in PLACES)
COMING = timedelta(days=14)
BESIDE_THE_PROJECT = (
    Path(__file__).parents[3] / "shared" / "data" / "northern-lottery-results-2022-on.csv"
)


def create_draws(plan: Plan) -> list[Draw]:
    """All draws from `plan.first_draw` to two weeks ahead, in order; past ones are held."""
    draws = planned_draws(plan.first_draw, plan.today + COMING)
    for draw in draws:
        if draw.date < plan.today:
            draw.status = DrawStatus.HELD
    return Draw.objects.bulk_create(draws)


_GIVE = """
    update sales_draw draw set numbers = entry.numbers,
        winning_symbols = nullif(entry.symbols, '{}'),
        series_count = coalesce(entry.series_count, draw.series_count)
    from sales_drawpublication publication
    join sales_drawresultentry entry on entry.id = publication.first_id
    where publication.draw_id = draw.id and draw.numbers is null
"""
#: As many series, and winning symbols among them, as the shipped prize table was checked with.
SERIES, SYMBOLS = 20, 8


def publish_results(draws: Sequence[Draw], *, importer: User, confirmer: User) -> None:
    """Import the results of draws that are held, confirmed by a second person."""
    results = published_results(results_file())
    entries = DrawResultEntry.objects.bulk_create(
        DrawResultEntry(
            draw=draw,
            numbers=results[draw.date],
            symbols=[],
            source=Source.IMPORT,
            by=importer,
            at=local(draw.date, 18, 40),
        )
        for draw in draws
        if draw.status == DrawStatus.HELD and draw.date in results
    )
    DrawPublication.objects.bulk_create(
        DrawPublication(
            draw=entry.draw, first=entry, by=confirmer, at=entry.at + timedelta(minutes=5)
        )
        for entry in entries
    )
    with connection.cursor() as cursor:
        cursor.execute(_GIVE)


def invent_results(
    plan: Plan, draws: Iterable[Draw], *, first: User, second: User, until: date
) -> None:
    """Two people key the same invented sheet for draws of the last days without one."""
    since = until - timedelta(days=plan.result_days)
    waiting = [draw for draw in draws if draw.numbers is None and since <= draw.date < until]
    keyed: dict[str, list[DrawResultEntry]] = {"first": [], "second": []}
    for draw in waiting:
        numbers, symbols = invented_sheet(plan, draw.date)
        for part, person, minute in (("first", first, 38), ("second", second, 41)):
            keyed[part].append(
                DrawResultEntry(
                    draw=draw, numbers=numbers, symbols=symbols, series_count=SERIES,
                    source=Source.PAGE, by=person, at=local(draw.date, 18, minute),
                )
            )  # fmt: skip
    DrawResultEntry.objects.bulk_create([*keyed["first"], *keyed["second"]])
    DrawPublication.objects.bulk_create(
        DrawPublication(
            draw=one.draw, first=one, second=two, by=second, at=local(one.draw.date, 18, 42),
            minutes_no=f"TD-{one.draw.date:%y%m%d}",
        )
        for one, two in zip(keyed["first"], keyed["second"], strict=True)
    )  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_GIVE)


def invented_sheet(plan: Plan, day: date) -> tuple[list[str], list[str]]:
    """The same 27 numbers and winning symbols for the same plan and day."""
    luck = plan.luck(f"result {day}")
    numbers = [str(luck.randrange(10**digits)).zfill(digits) for digits in DIGITS]
    symbols = sorted(luck.sample(range(1, SERIES + 1), SYMBOLS))
    return numbers, [f"{number}QN" for number in symbols]


def results_file() -> Path | None:
    """GIAOBAN_RESULTS_CSV, else the file beside the project; None when there is neither."""
    path = Path(os.environ.get("GIAOBAN_RESULTS_CSV") or BESIDE_THE_PROJECT)
    return path if path.is_file() else None


def published_results(path: Path | None) -> dict[date, list[str]]:
    """27 numbers by date. The file lost its leading zeros; the prize tells how many digits."""
    if path is None:
        return {}
    with path.open(encoding="utf-8-sig", newline="") as file:
        _heading, *rows = csv.reader(file)
    return {date.fromisoformat(row[0]): padded(row[1:]) for row in rows}


def padded(numbers: Sequence[str]) -> list[str]:
    """Raises ValueError unless there are 27 numbers that fit their prizes."""
    full = [number.zfill(digits) for number, digits in zip(numbers, DIGITS, strict=True)]
    for number, digits in zip(full, DIGITS, strict=True):
        if len(number) != digits or not number.isdecimal():
            raise ValueError(f"{number!r} is no number of {digits} digits")
    return full
