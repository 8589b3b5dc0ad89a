"""What a report is: where its figures come from and which sections it makes of them.

A report is one file of `reporting/definitions` that names its `REPORT`; docs/reports.md shows how.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from reporting.builders.content import Block, Part
from reporting.periods import Period, PeriodKind


class ScopeKind(StrEnum):
    """What part of the company an edition tells of."""

    COMPANY = "company"
    REGION = "region"
    DEPARTMENT = "department"


@dataclass(frozen=True, slots=True)
class Scope:
    """The whole company, or one region (with its path for sales.figures) or department."""

    kind: ScopeKind = ScopeKind.COMPANY
    code: str = ""
    name: str = ""
    path: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an edition is asked to tell."""

    period: Period
    scope: Scope
    cut_off_at: datetime


class Source(StrEnum):
    """Whose reports a complete edition needs."""

    AGENTS = "agents"
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


@dataclass(frozen=True, slots=True)
class Definition:
    """A report. `slug` begins the codes of its editions, `short` the subjects of its mails.

    `capability` is what one needs to see its editions. `headline` makes of the datasets what the
    subject says after the title. Who is to have reported is in `sources`.
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
