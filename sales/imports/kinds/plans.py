"""Files of a year's plan: a version of the plan, a draft (kế hoạch năm)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec

from backend.accounts.models import User
from sales.engine.bodies import Fault
from sales.engine.import_kinds import YearLine
from sales.growth.planning import make_plan, move_plan, plan_faults
from sales.ledger.recording import LinesRefused
from sales.ledger.steps import Begins, Step
from sales.models import ImportFile, PlanState, SalesPlan


def faults(lines: Sequence[YearLine], _by: User, _at: datetime) -> list[Fault]:
    year = lines[0].year
    others = [
        Fault(row, "year", "import.other_year", {"year": str(line.year), "first": str(year)})
        for row, line in enumerate(lines, 1)
        if line.year != year
    ]
    found = plan_faults(year, _planned(lines))
    if others:  # then the same month of another year is no second line of it
        found = [fault for fault in found if fault.code != "plan.duplicate"]
    return others + found


def record(
    lines: Sequence[YearLine], by: User, at: datetime, _sent: datetime, note: str, begins: Begins
) -> SalesPlan:
    """A new version, a draft."""
    begins(Step.CHECKING)
    if found := faults(lines, by, at):
        raise LinesRefused(found)
    begins(Step.WRITING)
    return make_plan(lines[0].year, _planned(lines), note=note, by=by, at=at)


def undo(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, _begins: Begins
) -> None:
    """Withdrawn: nothing is taken from a plan, and what was decided is replaced by a new version.

    Raises WholeCompanyOnly, PlanDecided.
    """
    if file.plan_id is not None:
        move_plan(file.plan_id, PlanState.WITHDRAWN, by=by, at=at, reason=reason)


def _planned(lines: Sequence[YearLine]) -> list[dict[str, Any]]:
    return [msgspec.structs.asdict(line) for line in lines]
