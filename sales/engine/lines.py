"""The shape of one line people send: a movement of tickets. Pure."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import msgspec
from msgspec import Meta

#: A line cannot move more tickets than are printed for one draw (20 series of 100,000).
MOST_TICKETS = 2_000_000
MOST_LINES = 10_000

Code = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f]+$")]
Count = Annotated[int, Meta(ge=-MOST_TICKETS, le=MOST_TICKETS)]
Reason = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
EntryId = Annotated[int, Meta(ge=1, le=2**63 - 1)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Tickets issued to, or taken back from, an agent for a draw (giao vé, trả vé ế).

    `sold` may be sent as a check and must then equal issued − returned; it is never stored as
    sent. A correction names the entry it corrects, and why, and may be negative.
    """

    draw_date: date
    agent: Code
    product: Code
    issued: Count = 0
    returned: Count = 0
    sold: Count | None = None
    corrects: EntryId | None = None
    reason: Reason = ""


class Lines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A bulk request."""

    lines: Annotated[list[Line], Meta(min_length=1, max_length=MOST_LINES)]


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with one field of one line; `row` counts from 1."""

    row: int
    field: str
    code: str
    values: Mapping[str, Any] = dataclasses.field(default_factory=dict)


class NotLines(Exception):
    """The body is not a request of this kind at all; `code` and `values` say why."""

    def __init__(self, code: str, **values: Any) -> None:
        super().__init__(code)
        self.code = code
        self.values = values


_bulk = msgspec.json.Decoder(Lines)
_single = msgspec.json.Decoder(Line)
_NEEDED = ("draw_date", "agent", "product")
_TYPES: dict[str, Any] = {info.name: info.type for info in msgspec.structs.fields(Line)}
_SHAPES = {
    "draw_date": "line.not_a_date",
    "agent": "line.not_a_code",
    "product": "line.not_a_code",
    "reason": "line.not_a_text",
    "corrects": "line.not_an_entry",
}


def read_bulk(body: bytes) -> tuple[list[Line], list[Fault]]:
    """The lines of a bulk request, or all faults of shape in it. Raises NotLines."""
    try:
        return _bulk.decode(body).lines, []
    except msgspec.ValidationError:
        raw = _parsed(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotLines("body.not_json") from None
    if not isinstance(raw, dict) or not isinstance(raw.get("lines"), list) or len(raw) != 1:
        raise NotLines("body.not_lines")
    if not raw["lines"]:
        raise NotLines("body.no_lines")
    if len(raw["lines"]) > MOST_LINES:
        raise NotLines("body.too_many_lines", most=MOST_LINES, sent=len(raw["lines"]))
    return [], shape_faults(raw["lines"])


def read_single(body: bytes) -> tuple[list[Line], list[Fault]]:
    """The one line of a single request, or its faults of shape. Raises NotLines."""
    try:
        return [_single.decode(body)], []
    except msgspec.ValidationError:
        return [], shape_faults([_parsed(body)])
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise NotLines("body.not_json") from None


def shape_faults(rows: Sequence[Any]) -> list[Fault]:
    """Every fault of shape in rows that the fast decoder has refused."""
    return [fault for number, row in enumerate(rows, 1) for fault in _row_faults(number, row)]


def _row_faults(number: int, row: Any) -> list[Fault]:
    if not isinstance(row, dict):
        return [Fault(number, "", "line.not_an_object")]
    return [
        *(Fault(number, name, "line.required") for name in _NEEDED if name not in row),
        *(
            Fault(number, str(name)[:50], "line.unknown_field")
            for name in row
            if name not in _TYPES
        ),
        *(
            Fault(number, name, _shape_code(name, row[name]), {"most": MOST_TICKETS})
            for name, kind in _TYPES.items()
            if name in row and not _fits(row[name], kind)
        ),
    ]


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _shape_code(name: str, value: Any) -> str:
    if name in _SHAPES:
        return _SHAPES[name]
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    return "line.too_many" if is_whole else "line.not_a_whole_number"


def _parsed(body: bytes) -> Any:
    """JSON that is well formed but of the wrong shape. Numbers beyond 64 bits stay integers."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotLines("body.not_json") from None
