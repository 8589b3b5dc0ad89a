"""Finding editions in the archive: by report, year and any words of their content, without accents."""

from dataclasses import dataclass

from django.contrib.postgres.search import SearchQuery

from backend.vntext import bare_words
from reporting.models import EditionQuerySet


@dataclass(frozen=True, slots=True)
class Sought:
    """What a person looks for; empty parts do not matter."""

    words: str = ""
    report: str = ""
    year: int | None = None

    @property
    def is_asked(self) -> bool:
        """Whether anything is looked for."""
        return self != Sought()


def find(editions: EditionQuerySet, sought: Sought) -> EditionQuerySet:
    """The editions whose code or frozen content holds each word or its beginning, whatever accents."""
    if sought.report:
        editions = editions.filter(report=sought.report)
    if sought.year is not None:
        editions = editions.filter(period_last_date__year=sought.year)
    if words := bare_words(sought.words).split():
        beginnings = " & ".join(f"{word}:*" for word in words)
        wanted = SearchQuery(beginnings, config="simple", search_type="raw")
        editions = editions.filter(words=wanted)
    return editions
