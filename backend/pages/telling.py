"""What stands in the way of a change, told on the page that follows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest

from backend.problems import Problem

#: Faults of a refusal that are told one by one.
MOST_TOLD: Final = 20


@contextmanager
def problems_told(request: HttpRequest) -> Iterator[None]:
    """Tell a Problem of the block, and each of its faults, as messages; the view goes on behind it.

    What is said of success stands last in the block, so that it is not said of what was refused.
    """
    try:
        yield
    except Problem as problem:
        for words in (str(problem), *_faults(problem)):
            messages.error(request, words)


def _faults(problem: Problem) -> list[str]:
    """Faults in words; errors by field, or each with its message."""
    if "faults" in problem.details:
        return [str(fault) for fault in problem.details["faults"]][:MOST_TOLD]
    errors: Any = problem.details.get("errors", ())
    if isinstance(errors, dict):
        return [str(words) for words in errors.values()]
    return [str(error["message"]) for error in errors][:MOST_TOLD]
