"""What requests send and are answered: by a shape, or without DRF's serializers where thousands of rows go by."""

from collections.abc import Mapping
from typing import Any

import msgspec
from django.http import HttpResponse
from rest_framework import serializers
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import JSONParser
from rest_framework.request import Request


def json_body(request: Request) -> bytes:
    """The raw body of a request that says it is JSON. Raises UnsupportedMediaType."""
    content_type = request.content_type or ""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(content_type)
    return request._request.body


def sent_of(
    request: Request,
    shape: type[serializers.Serializer[Any]],
    *,
    context: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """What the request sends, checked. Raises ValidationError."""
    sent = shape(data=request.data, context=context or {})
    sent.is_valid(raise_exception=True)
    return dict(sent.validated_data)


class TextParser(JSONParser):
    """JSON whose texts can be written down: half a letter (a lone surrogate) is none, nor are lists
    in lists without end.
    """

    def parse(
        self,
        stream: Any,
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        try:
            told = super().parse(stream, media_type, parser_context)
            msgspec.json.encode(told)
        except (UnicodeEncodeError, RecursionError) as error:
            raise ParseError from error
        return told


def json_response(data: object, *, status: int = 200) -> HttpResponse:
    """Dates as ISO 8601, money and counts as integers."""
    return HttpResponse(msgspec.json.encode(data), status=status, content_type="application/json")
