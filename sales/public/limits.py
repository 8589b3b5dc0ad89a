"""How often one caller may ask: counted by the minute in this process, refused in readable words."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from backend import clock
from backend.api.errors import problem_response
from backend.callers import caller
from sales.public.frame import View

SECONDS: Final = 60
#: Many telephones share one address of their network, so people are not counted narrowly.
CHECKS_A_MINUTE: Final = 60
DATA_A_MINUTE: Final = 120


def limited(what: str, *, per_minute: int, for_programs: bool = False) -> Callable[[View], View]:
    """View decorator: beyond so many requests a minute the answer is 429 and when to come back."""

    def decorate(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            now = int(clock.now().timestamp())
            if _count(what, caller(request), now // SECONDS) <= per_minute:
                return view(request, *args, **kwargs)
            return _refused(request, SECONDS - now % SECONDS, for_programs=for_programs)

        return counted

    return decorate


def _count(what: str, who: str | None, minute: int) -> int:
    """How many times this caller has asked for it in this minute, this time included."""
    key = f"asked:{what}:{who}:{minute}"
    cache.add(key, 0, timeout=2 * SECONDS)
    return int(cache.incr(key))


def _refused(request: HttpRequest, wait: int, *, for_programs: bool) -> HttpResponse:
    if for_programs:
        detail = _("Quá nhiều yêu cầu. Hãy thử lại sau {seconds} giây.").format(seconds=wait)
        answer = problem_response(429, "too_many_requests", detail)
    else:
        answer = render(request, "public/too_many.html", {"seconds": wait}, status=429)
    answer["Retry-After"] = str(wait)
    answer["Cache-Control"] = "no-store"
    return answer
