"""Long lists of a page, the newest first, that go on at older rows by ?truoc=."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

M = TypeVar("M", bound=Model)


def before_asked(request: HttpRequest, rows: QuerySet[M], shown: int) -> tuple[list[M], int | None]:
    """So many rows before the primary key ?truoc=; and the key to go on before, if there are more."""
    before = request.GET.get("truoc", "")
    if before.isascii() and before.isdigit() and len(before) < 19:
        rows = rows.filter(pk__lt=int(before))
    found = list(rows.order_by("-pk")[: shown + 1])
    return found[:shown], found[shown - 1].pk if len(found) > shown else None
