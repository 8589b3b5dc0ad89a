"""Finding editions in the archive: by report, year and any words of their content, without accents."""

from dataclasses import dataclass

from django.db.models import Func, TextField, Value

from backend.vntext import search_key
from reporting.models import EditionQuerySet


class Plain(Func):
    """Text in small letters without accents, as `backend.vntext.search_key` writes a query."""

    template = (
        "lower(regexp_replace(translate(normalize(%(expressions)s, NFD), 'đĐ', 'dD'),"
        " '[\u0300-\u036f]', '', 'g'))"
    )
    output_field = TextField()


@dataclass(frozen=True, slots=True)
class Sought:
    """What a person looks for; empty parts do not matter."""

    words: str = ""
    report: str = ""
    year: int | None = None


def find(editions: EditionQuerySet, sought: Sought) -> EditionQuerySet:
    """The editions whose code or frozen content holds the words, whatever accents they carry."""
    if sought.report:
        editions = editions.filter(report=sought.report)
    if sought.year is not None:
        editions = editions.filter(period_last_date__year=sought.year)
    if key := search_key(sought.words):
        text = Func("code", Value(" "), "snapshot", function="concat", output_field=TextField())
        editions = editions.annotate(plain=Plain(text)).filter(plain__contains=key)
    return editions
