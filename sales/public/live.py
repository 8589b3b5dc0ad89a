"""/truc-tiep/: the numbers of tonight's draw as they are told, then its published result."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend import clock
from sales.draws.live import LiveSheet, live_sheet
from sales.draws.results import DRAWN_FROM
from sales.engine.draw_sheet import FIELDS
from sales.engine.prizes import PLACES
from sales.models import Draw, DrawStatus, PrizeKind
from sales.public.frame import page
from sales.public.open_data import data, json_answer
from sales.public.stream import STREAM

#: A page without scripts asks again so often, and a program may.
SECONDS = 5


@dataclass(frozen=True)
class Cell:
    """One number of the sheet: its place from 0, empty where it was not told yet."""

    place: int
    number: str


@page(seconds=SECONDS)
def live(request: HttpRequest) -> HttpResponse:
    """The sheet as far as it is known; scripts keep it up to date, without them it asks again."""
    now = clock.now()
    sheet = live_sheet(at=now)
    context = {
        "sheet": sheet,
        "rows": _rows(sheet) if sheet else [],
        "next": _next(sheet.day if sheet else None),
        "begins": DRAWN_FROM,
        "stream": STREAM,
        "refresh": SECONDS,
    }
    return render(request, "public/live.html", context)


@data(seconds=SECONDS)
def live_json(request: HttpRequest) -> HttpResponse:
    """The same for programs, and for browsers that cannot keep a stream open."""
    return json_answer(live_content(live_sheet(at=clock.now())))


def live_content(sheet: LiveSheet | None) -> dict[str, object]:
    """What programs are told of the sheet; `compared` is false while nobody has compared anything."""
    if sheet is None:
        return {"day": None}
    return {
        "day": sheet.day.isoformat(),
        "host": sheet.host,
        "compared": sheet.is_published,
        "version": sheet.version,
        "numbers": dict(zip(FIELDS, sheet.numbers, strict=True)),
    }


def _rows(sheet: LiveSheet) -> list[tuple[str, str, list[Cell]]]:
    rows: dict[str, list[Cell]] = {}
    for place, ((kind, *_), number) in enumerate(zip(PLACES, sheet.numbers, strict=True)):
        rows.setdefault(kind, []).append(Cell(place, number))
    return [(kind, str(PrizeKind(kind).label), cells) for kind, cells in rows.items()]


def _next(day: date | None) -> Draw | None:
    """The draw after the one that is shown."""
    draws = Draw.objects.exclude(status=DrawStatus.VOID).order_by("date")
    return draws.filter(date__gt=day).first() if day else draws.filter(numbers=None).first()
