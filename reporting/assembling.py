"""From the datasets to the report: sections that fail are marked, the rest stands. Pure."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from reporting.builders.content import Completeness, Failure, Heading, Report, Section
from reporting.defining import Asked, Definition, SectionOf

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Failed:
    """Stands for a dataset that could not be read."""

    reason: str


def assemble(
    definition: Definition,
    *,
    asked: Asked,
    heading: Heading,
    data: Mapping[str, Any],
    found: Completeness,
    more: tuple[Section, ...] = (),
) -> Report:
    """The report that `definition` makes of its datasets; `more` sections stand at the end."""
    made = [section_of(each, asked, data) for each in definition.sections]
    sections = (*(each for each in made if each is not None), *more)
    failures = (
        *(Failure(each.title, each.failure) for each in sections if each.failure),
        *_unmarked(definition, data),
    )
    complete = msgspec.structs.replace(found, failures=(*failures, *found.failures))
    return Report(
        heading=heading,
        completeness=complete,
        sections=sections,
        headline=_headline(definition, asked, data),
        remarks=definition.remarks,
    )


def _unmarked(definition: Definition, data: Mapping[str, Any]) -> list[Failure]:
    """Datasets that failed and no section needs: the first section that may have each lacks it."""
    needed = {name for how in definition.sections for name in how.needs}
    found: list[Failure] = []
    for name, value in data.items():
        if isinstance(value, Failed) and name not in needed:
            title = next((h.title for h in definition.sections if name in h.may_have), name)
            found.append(Failure(title, value.reason))
    return found


def section_of(how: SectionOf, asked: Asked, data: Mapping[str, Any]) -> Section | None:
    """The section, marked when it fails; None when one of its datasets is not of the scope."""
    needed = [data[name] for name in how.needs]
    if any(each is None for each in needed):
        return None
    failed = next((each for each in needed if isinstance(each, Failed)), None)
    if failed is not None:
        return Section(how.code, how.title, failure=failed.reason)
    try:
        extra = [_or_none(data[name]) for name in how.may_have]
        blocks = tuple(how.build(asked, *needed, *extra))
    except Exception as error:
        logger.exception("section %s failed", how.code)
        return Section(how.code, how.title, failure=reason_of("Lỗi khi lập phần này", error))
    return Section(how.code, how.title, blocks, nothing=how.nothing)


def reason_of(step: str, error: Exception) -> str:
    """What a reader is told of a failure; the rest stands in the log of the server."""
    return f"{step}: {type(error).__name__}."


def _headline(definition: Definition, asked: Asked, data: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the subject says more; a headline that fails is only left out, its section is marked."""
    if definition.headline is None:
        return ()
    known = {name: _or_none(value) for name, value in data.items()}
    try:
        return definition.headline(asked, known)
    except Exception:
        logger.exception("headline of %s failed", definition.code)
        return ()


def _or_none(value: Any) -> Any:
    return None if isinstance(value, Failed) else value
