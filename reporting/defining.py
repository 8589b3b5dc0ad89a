"""What a report is: where its figures come from and which sections it makes of them.

A report is one file of `reporting/definitions` that names its `REPORT`; docs/reports.md shows how.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from reporting.builders.content import Block, Part
from reporting.periods import Period, PeriodKind, last_ended, period_of


class ScopeKind(StrEnum):
    """What part of the company an edition tells of."""

    COMPANY = "company"
    REGION = "region"
    TERRITORY = "territory"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Scope:
    """The whole company, or a region or territory (with its path for sales.figures) or department."""

    kind: ScopeKind = ScopeKind.COMPANY
    code: str = ""
    name: str = ""
    path: str | None = None

    @property
    def slug(self) -> str:
        """Its part of an edition's code."""
        code = re.sub("[^a-z0-9_]+", "-", self.code.lower())
        return f"vung-{code}" if self.kind is ScopeKind.TERRITORY else code

    @property
    def place(self) -> str:
        """What names it in addresses of sales pages (`?dia_ban=`)."""
        return f"vung:{self.code}" if self.kind is ScopeKind.TERRITORY else self.code


@dataclass(frozen=True, slots=True)
class Asked:
    """What an edition is asked to tell."""

    period: Period
    scope: Scope
    cut_off_at: datetime


#: Scopes of a report about sales: each manager's own area beside the whole company.
SALES_SCOPES: Final = frozenset({ScopeKind.COMPANY, ScopeKind.REGION, ScopeKind.TERRITORY})


class Source(StrEnum):
    """Whose reports a complete edition needs."""

    AGENTS = "agents"
    #: Agents must have said what comes back of draws not closed yet, too.
    RETURNS = "returns"
    TERMINALS = "terminals"


#: Reads one dataset; None when it does not belong to the scope, and then nor do its sections.
Reader = Callable[[Asked], Any]
#: Makes the blocks of a section from its datasets, in the order of `needs` and `may_have`. Pure.
Builder = Callable[..., Sequence[Block]]


@dataclass(frozen=True, slots=True)
class SectionOf:
    """How a section is made. A failing dataset of `needs` marks it; one of `may_have` comes as None.

    No blocks is a designed state: the section says `nothing`.
    """

    code: str
    title: str
    build: Builder
    needs: tuple[str, ...] = ()
    may_have: tuple[str, ...] = ()
    nothing: str = "Không có phát sinh."


@dataclass(frozen=True, slots=True)
class Words:
    """A name in both languages."""

    vi: str
    en: str

    def said(self, language: str | None) -> str:
        """In the reader's language; Vietnamese but for English."""
        return self.en if language == "en" else self.vi


@dataclass(frozen=True, slots=True)
class Definition:
    """A report. `slug` begins the codes of its editions, `short` the subjects of its mails.

    `capability` is what one needs to see its editions. `headline` makes of the datasets what the
    subject says after the title. Who is to have reported is in `sources`. `reaches` makes of the
    period's usual days those that the report tells (the month up to a draw).
    """

    code: str
    slug: str
    title: Words
    short: Words
    period: PeriodKind
    datasets: Mapping[str, Reader]
    sections: tuple[SectionOf, ...]
    scopes: frozenset[ScopeKind] = frozenset({ScopeKind.COMPANY})
    sources: frozenset[Source] = frozenset()
    capability: str = "reports.all"
    headline: Callable[[Asked, Mapping[str, Any]], tuple[Part, ...]] | None = None
    remarks: tuple[str, ...] = ()
    about: Words = field(default_factory=lambda: Words("", ""))
    reaches: Callable[[Period], Period] | None = None

    def last_period(self, moment: datetime) -> Period:
        """The last period that had ended at the moment."""
        return self._reaching(last_ended(self.period, moment))

    def period_with(self, day: date) -> Period:
        """The period that holds the day."""
        return self._reaching(period_of(self.period, day))

    def _reaching(self, period: Period) -> Period:
        return self.reaches(period) if self.reaches else period

    @property
    def is_of_sales(self) -> bool:
        """Whether it tells of sales, of which some accounts see a region or territory only."""
        return self.capability in ("sales.view", "reports.all")

    @property
    def is_of_people(self) -> bool:
        """Whether it tells of attendance, of which some accounts see some departments only."""
        return self.capability in ("attendance.view", "reports.all")
