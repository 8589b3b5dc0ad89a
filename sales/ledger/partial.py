"""Recording what can be recorded of many lines, and saying of each of the others why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from backend.accounts.models import User
from sales.engine.bodies import Fault
from sales.engine.lines import Line
from sales.ledger.recording import LinesRefused, Recorded, record_sales
from sales.messages import described
from sales.models import Source

#: What is right of the rest may depend on what is left out; so often we look again.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class PartlyRecorded:
    """`recorded` is None where no line could be; `refused` are the faults by row."""

    recorded: Recorded | None
    rows: Sequence[int]
    refused: Mapping[int, list[dict[str, Any]]]


def record_what_fits(
    *,
    by: User,
    at: datetime,
    lines: Mapping[int, Line],
    faults: Sequence[Fault] = (),
    key: str = "",
    source: Source = Source.API,
) -> PartlyRecorded:
    """Record the lines that can be, as one batch. `faults` are those found before, of other rows.

    After `ROUNDS` looks what still does not fit together is refused as a whole.
    """
    refused: dict[int, list[dict[str, Any]]] = {}
    for fault in faults:
        refused.setdefault(fault.row, []).append(described(fault))
    left = dict(lines)
    for _round in range(ROUNDS):
        if not left:
            return PartlyRecorded(None, (), refused)
        rows = list(left)
        try:
            with transaction.atomic():
                recorded = record_sales(
                    by=by, at=at, lines=list(left.values()), key=key, source=source
                )
        except LinesRefused as problem:
            for told in problem.details["errors"]:
                row = rows[told["row"] - 1]
                refused.setdefault(row, []).append({**told, "row": row})
                left.pop(row, None)
        else:
            return PartlyRecorded(recorded, rows, refused)
    raise LinesRefused([Fault(row, "", "line.refused_with_others") for row in left])
