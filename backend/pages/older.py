"""Long lists of a page, the newest first, that go on at older rows by ?truoc=."""

from typing import TypeVar

from django.db.models import Model, QuerySet
from django.http import HttpRequest

from backend.pages.keys import key_from

M = TypeVar("M", bound=Model)


def before_asked(request: HttpRequest, rows: QuerySet[M], shown: int) -> tuple[list[M], int | None]:
    """So many rows before the primary key ?truoc=; and the key to go on before, if there are more."""
    if before := key_from(request.GET.get("truoc", "")):
        rows = rows.filter(pk__lt=before)
    found = list(rows.order_by("-pk")[: shown + 1])
    return found[:shown], found[shown - 1].pk if len(found) > shown else None
