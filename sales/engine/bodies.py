"""Reading lines that people send as JSON: all faults of shape at once, told by row and field. Pure."""

import dataclasses
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, TypeVar

import msgspec
from msgspec import Meta

MOST_LINES = 10_000

Code = Annotated[str, Meta(min_length=1, max_length=20, pattern=r"^[^\x00-\x1f]+$")]
Text = Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f]*$")]
EntryId = Annotated[int, Meta(ge=1, le=2**63 - 1)]

L = TypeVar("L", bound=msgspec.Struct)


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


class LineReader(Generic[L]):
    """Reads bodies of one kind of line.

    `shapes` tells the fault's code of a field that has another shape; a count or an amount is
    "line.not_a_whole_number", or "line.too_many" beyond `most`.
    """

    def __init__(self, kind: type[L], *, shapes: Mapping[str, str], most: int) -> None:
        self.kind = kind
        self._types = {info.name: info.type for info in msgspec.structs.fields(kind)}
        self._needed = [info.name for info in msgspec.structs.fields(kind) if info.required]
        self._shapes, self._most, self._kind = shapes, most, kind
        self._single = msgspec.json.Decoder(kind)
        bulk = msgspec.defstruct(
            f"{kind.__name__}s",
            [("lines", Annotated[list[kind], Meta(min_length=1, max_length=MOST_LINES)])],  # type: ignore[valid-type]
            forbid_unknown_fields=True,
        )
        self._bulk = msgspec.json.Decoder(bulk)

    def bulk(self, body: bytes) -> tuple[list[L], list[Fault]]:
        """The lines of a bulk request, or all faults of shape in it. Raises NotLines."""
        try:
            decoded: Any = self._bulk.decode(body)
            return decoded.lines, []
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
        return [], self.faults(raw["lines"])

    def readable(self, body: bytes) -> tuple[dict[int, L], list[Fault]]:
        """The lines of a bulk request that have the right shape, by row, and the others' faults.

        Raises NotLines.
        """
        lines, faults = self.bulk(body)
        if not faults:
            return dict(enumerate(lines, 1)), []
        wrong = {fault.row for fault in faults}
        rows = enumerate(_parsed(body)["lines"], 1)
        return {n: msgspec.convert(row, self._kind) for n, row in rows if n not in wrong}, faults

    def single(self, body: bytes) -> tuple[list[L], list[Fault]]:
        """The one line of a single request, or its faults of shape. Raises NotLines."""
        try:
            return [self._single.decode(body)], []
        except msgspec.ValidationError:
            return [], self.faults([_parsed(body)])
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise NotLines("body.not_json") from None

    def faults(self, rows: Sequence[Any]) -> list[Fault]:
        """Every fault of shape in rows that the fast decoder has refused."""
        return [fault for number, row in enumerate(rows, 1) for fault in self._faults(number, row)]

    def _faults(self, number: int, row: Any) -> list[Fault]:
        if not isinstance(row, dict):
            return [Fault(number, "", "line.not_an_object")]
        return [
            *(Fault(number, name, "line.required") for name in self._needed if name not in row),
            *(
                Fault(number, str(name)[:50], "line.unknown_field")
                for name in row
                if name not in self._types
            ),
            *(
                Fault(number, name, self._code(name, row[name]), {"most": self._most})
                for name, kind in self._types.items()
                if name in row and not _fits(row[name], kind)
            ),
        ]

    def _code(self, name: str, value: Any) -> str:
        if name in self._shapes:
            return self._shapes[name]
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        return "line.too_many" if is_whole else "line.not_a_whole_number"


def _fits(value: Any, kind: Any) -> bool:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError:
        return False
    return True


def _parsed(body: bytes) -> Any:
    """JSON that is well formed but of the wrong shape. Numbers beyond 64 bits stay integers."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise NotLines("body.not_json") from None
