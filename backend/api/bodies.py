"""JSON in and out without DRF's serializers, where thousands of rows go by."""

import msgspec
from django.http import HttpResponse
from rest_framework.exceptions import UnsupportedMediaType
from rest_framework.request import Request


def json_body(request: Request) -> bytes:
    """The raw body of a request that says it is JSON. Raises UnsupportedMediaType."""
    content_type = request.content_type or ""
    if content_type.partition(";")[0].strip().lower() != "application/json":
        raise UnsupportedMediaType(content_type)
    return request._request.body


def json_response(data: object, *, status: int = 200) -> HttpResponse:
    """Dates as ISO 8601, money and counts as integers."""
    return HttpResponse(msgspec.json.encode(data), status=status, content_type="application/json")
