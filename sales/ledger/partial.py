"""Recording what can be recorded of many lines, and saying of each of the others why not."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import transaction

from sales.engine.bodies import Fault
from sales.ledger.recording import LinesRefused
from sales.messages import described

L = TypeVar("L")
R = TypeVar("R")

#: What is right of the rest may depend on what is left out; so often we look again.
ROUNDS = 20


@dataclass(frozen=True, slots=True)
class PartlyRecorded(Generic[R]):
    """`recorded` is None where no line could be; `refused` are the faults by row."""

    recorded: R | None
    rows: Sequence[int]
    refused: Mapping[int, list[dict[str, Any]]]


def record_what_fits(
    lines: Mapping[int, L], *, record: Callable[[list[L]], R], faults: Sequence[Fault] = ()
) -> PartlyRecorded[R]:
    """Record the lines that can be, as one batch. `faults` are those found before, of other rows.

    `record` stores its lines or raises LinesRefused. After `ROUNDS` looks what still does not fit
    together is refused as a whole.
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
                recorded = record(list(left.values()))
        except LinesRefused as problem:
            for told in problem.details["errors"]:
                row = rows[told["row"] - 1]
                refused.setdefault(row, []).append({**told, "row": row})
                left.pop(row, None)
        else:
            return PartlyRecorded(recorded, rows, refused)
    raise LinesRefused([Fault(row, "", "line.refused_with_others") for row in left])
