"""No text of ours holds the character NUL: whoever sends one in an address or a form is told 400."""

from collections.abc import Callable
from typing import Any, Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, QueryDict
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from backend.api.errors import problem_response

NUL: Final = "\0"


class NoNullCharacters(MiddlewareMixin):
    """PostgreSQL stores none and no keyboard types one; a query would fail on it.

    Bodies of views that ask for no CSRF token (the API, terminals) are judged by their readers.
    """

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], *_parts: Any
    ) -> HttpResponse | None:
        forms = (
            [request.GET] if getattr(view, "csrf_exempt", False) else [request.GET, request.POST]
        )
        if NUL not in request.path_info and not any(_has_nul(form) for form in forms):
            return None
        if request.path_info.startswith("/api/"):
            told = _("Máy chủ không hiểu yêu cầu này. Hãy quay lại và thử lần nữa.")
            return problem_response(400, "request.null_character", told)
        raise BadRequest


def _has_nul(form: QueryDict) -> bool:
    return any(NUL in text for name, values in form.lists() for text in (name, *values))
