"""Many lines in one request: all of them or none, or with `?partial=1` those that can be recorded."""

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from backend import clock
from backend.api.auth import person
from backend.api.bodies import json_body, json_response
from backend.api.idempotency import answer_once, key_of
from backend.problems import Problem
from sales.engine.bodies import Fault, LineReader, NotLines
from sales.ledger.partial import record_what_fits
from sales.ledger.recording import LinesRefused
from sales.messages import message

L = TypeVar("L", bound=msgspec.Struct)
R = TypeVar("R")


class BodyUnusable(Problem):
    """The body cannot be read as lines at all."""

    code = "body.unusable"
    message = _("Không đọc được nội dung gửi lên.")


class PartialQuery(serializers.Serializer[Any]):
    partial = serializers.BooleanField(  # type: ignore[assignment]
        default=False, help_text="Record the lines that can be recorded, and tell of the others."
    )


class RowFault(serializers.Serializer[Any]):
    row = serializers.IntegerField()
    field = serializers.CharField()
    code = serializers.CharField()
    message = serializers.CharField()


class RowResult(serializers.Serializer[Any]):
    row = serializers.IntegerField(help_text="Line number, from 1.")
    status = serializers.CharField(help_text="recorded or refused")
    errors = RowFault(many=True)  # type: ignore[assignment]


def partly_shape(
    name: str, recorded: type[serializers.Serializer[Any]]
) -> type[serializers.Serializer[Any]]:
    """What `?partial=1` answers, for the documentation."""
    fields = {"recorded": recorded(allow_null=True), "results": RowResult(many=True)}
    return type(name, (serializers.Serializer,), fields)


def read_lines(read: Callable[[bytes], tuple[list[L], list[Fault]]], body: bytes) -> list[L]:
    """The lines of a body. Raises BodyUnusable, or LinesRefused with every fault of shape."""
    try:
        lines, faults = read(body)
    except NotLines as refused:
        raise _unusable(refused) from None
    if faults:
        raise LinesRefused(faults)
    return lines


def recorded(
    request: Request,
    reader: LineReader[L],
    record: Callable[..., R],
    told: Callable[[R], dict[str, Any]],
    *,
    is_partial: bool,
) -> HttpResponse:
    """Record the lines of the request once under its key, and answer what `told` says of them.

    `record(by=, at=, lines=, key=)` stores all lines it is given, or raises LinesRefused.
    """
    key, at, body = key_of(request, required=True), clock.now(), json_body(request)

    def store(lines: list[L]) -> R:
        return record(by=person(request), at=at, lines=lines, key=key)

    def work() -> HttpResponse:
        if is_partial:
            return _partly(reader, body, store, told)
        return json_response(told(store(read_lines(reader.bulk, body))), status=201)

    return answer_once(request, key=key, at=at, work=work)


def _partly(
    reader: LineReader[L],
    body: bytes,
    record: Callable[[list[L]], R],
    told: Callable[[R], dict[str, Any]],
) -> HttpResponse:
    try:
        lines, faults = reader.readable(body)
    except NotLines as refused:
        raise _unusable(refused) from None
    partly = record_what_fits(lines, record=record, faults=faults)
    rows: list[dict[str, Any]] = [
        *({"row": row, "status": "recorded", "errors": []} for row in partly.rows),
        *({"row": r, "status": "refused", "errors": e} for r, e in partly.refused.items()),
    ]
    done = None if partly.recorded is None else told(partly.recorded)
    return json_response({"recorded": done, "results": sorted(rows, key=lambda row: row["row"])})


def _unusable(refused: NotLines) -> BodyUnusable:
    return BodyUnusable(message(refused.code, refused.values), details={"reason": refused.code})
