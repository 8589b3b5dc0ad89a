"""Draws of three years, with the real Northern results where their file is at hand."""

import csv
import os
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from sales.drawing import planned_draws
from sales.models import Draw, DrawStatus
from scripts.demonstration.plan import Plan

#: Digits of the numbers of each prize, from the special prize to the seventh.
DIGITS = (5,) * 10 + (4,) * 10 + (3,) * 3 + (2,) * 4
COMING = timedelta(days=14)
BESIDE_THE_PROJECT = (
    Path(__file__).parents[3] / "shared" / "data" / "northern-lottery-results-2022-on.csv"
)


def create_draws(plan: Plan) -> list[Draw]:
    """All draws from `plan.first_draw` to two weeks ahead, in order; past ones are held."""
    results = published_results(results_file())
    draws = planned_draws(plan.first_draw, plan.today + COMING)
    for draw in draws:
        if draw.date < plan.today:
            draw.status = DrawStatus.HELD
            draw.numbers = results.get(draw.date)
    return Draw.objects.bulk_create(draws)


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
