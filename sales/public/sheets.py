"""A published draw as the public sees it: who drew, 27 numbers by prize, when it was published."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.urls import reverse

from sales.draws.results import numbers_by_prize
from sales.engine.prizes import tails_by_head
from sales.models import Draw, DrawPublication, DrawStatus, PrizeKind
from sales.public.frame import absolute


@dataclass(frozen=True)
class Shown:
    """`published_at` is when its newest result was published, `is_corrected` whether that replaced one."""

    draw: Draw
    rows: Sequence[tuple[str, str, Sequence[str]]]
    published_at: datetime | None
    is_corrected: bool

    @property
    def day(self) -> date:
        return self.draw.date

    @property
    def tails(self) -> Sequence[tuple[str, Sequence[str]]]:
        return tails_by_head(self.draw.numbers or ())


def published() -> QuerySet[Draw]:
    """Draws with a result, the newest first."""
    return Draw.objects.filter(status=DrawStatus.HELD, numbers__isnull=False).order_by("-date")


def shown(draws: Iterable[Draw]) -> list[Shown]:
    """The draws with when they were published, in two queries for all of them."""
    draws = list(draws)
    newest = {
        each.draw_id: each for each in DrawPublication.objects.filter(draw__in=draws).order_by("pk")
    }
    return [_shown(draw, newest.get(draw.pk)) for draw in draws]


def _shown(draw: Draw, publication: DrawPublication | None) -> Shown:
    rows = [
        (str(kind), str(PrizeKind(kind).label), numbers)
        for kind, numbers in numbers_by_prize(draw.numbers or ())
    ]
    return Shown(
        draw,
        rows,
        publication.at if publication else None,
        bool(publication and publication.replaces_id),
    )


def address_of(day: date) -> str:
    return absolute(reverse("result", args=[day.isoformat()]))
