"""The readable documentation of the API: Swagger UI from our own files, no inline script."""

from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.request import Request


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Tells the schema how tokens are sent."""

    target_class = "backend.api.tokens.ApiTokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "Token <token>, as given by POST /api/v1/auth/login/",
        }


PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; decide on this."},
        "detail": {"type": "string", "description": "For people, in the language they accept."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "message"],
                "properties": {
                    "row": {"type": "integer", "description": "Line number, from 1."},
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "message": {"type": "string"},
                },
            },
        },
    },
}


def describe_problems(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Every operation may answer with a problem document (RFC 9457)."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    answer = {
        "description": "A problem",
        "content": {
            "application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}
        },
    }
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"].setdefault("default", answer)
    return result


class Schema(SpectacularAPIView):
    """The description of the API: the same for everybody, so made once in a process and language."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        kind = request.accepted_renderer.media_type
        return HttpResponse(_described(kind, get_language()), content_type=kind)


@cache
def _described(kind: str, _language: str) -> str | bytes:
    """What takes seconds, and anybody may ask for."""
    (renderer,) = (each() for each in Schema.renderer_classes if each.media_type == kind)
    told = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return renderer.render(told, renderer_context={})


def docs(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
