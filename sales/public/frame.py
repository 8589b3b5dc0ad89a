"""What every public page stands in: names, menu, the other language, style sheet, freshness."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, translate_url
from django.utils.cache import patch_cache_control
from django.utils.http import http_date
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from backend.org.models import Company

ASSETS: Final = Path(__file__).parent / "assets"
TYPES: Final = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8",
                ".svg": "image/svg+xml"}  # fmt: skip
MINUTE: Final = 60
HOUR: Final = 3_600
YEAR: Final = 31_536_000
MENU: Final = (
    ("results", _("Kết quả quay")),
    ("live", _("Trực tiếp")),
    ("tickets", _("Dò vé")),
    ("draw_calendar", _("Lịch quay")),
    ("prizes", _("Cơ cấu giải")),
    ("points", _("Điểm bán")),
    ("news", _("Tin tức")),
)


@dataclass(frozen=True)
class Asset:
    """A file of the pages; its name tells its content, so a browser keeps it for ever."""

    content: bytes
    content_type: str
    address: str


def _assets() -> dict[str, Asset]:
    found = {}
    for file in sorted(ASSETS.iterdir()):
        content = file.read_bytes()
        name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
        found[name] = Asset(content, TYPES[file.suffix], f"/tep/{name}")
    return found


#: By the name in the address.
KEPT: Final = _assets()
#: By the name in the folder, for templates: public_css.
ADDRESSES: Final = {
    f"{name.split('.')[0]}_{name.rsplit('.')[-1]}": asset.address for name, asset in KEPT.items()
}

View = Callable[..., HttpResponse]


@require_safe
def asset(request: HttpRequest, name: str) -> HttpResponse:
    """A style sheet, script or picture of the pages."""
    if name not in KEPT:
        raise Http404
    answer = HttpResponse(KEPT[name].content, content_type=KEPT[name].content_type)
    patch_cache_control(answer, public=True, max_age=YEAR, immutable=True)
    return answer


def page(*, seconds: int) -> Callable[[View], View]:
    """View decorator: read only, and kept by browsers and proxies for so many seconds.

    After that they ask again with the ETag, and get 304 while nothing has changed.
    """

    def decorate(view: View) -> View:
        @require_safe
        @wraps(view)
        def kept(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            answer = view(request, *args, **kwargs)
            patch_cache_control(answer, public=True, max_age=seconds)
            return answer

        return kept

    return decorate


def changed_at(answer: HttpResponse, moment: datetime | None) -> HttpResponse:
    """Say when the content last changed, where that is known."""
    if moment is not None:
        answer["Last-Modified"] = http_date(moment.timestamp())
    return answer


def absolute(path: str) -> str:
    return f"{settings.PUBLIC_SITE_URL}{path}"


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor of every public page."""
    here, query = request.path, request.META.get("QUERY_STRING", "")
    other = "vi" if get_language() == "en" else "en"
    return {
        "company": Company.objects.own(),
        "assets": ADDRESSES,
        "menu": [(reverse(name), label) for name, label in MENU],
        "canonical": absolute(here),
        "other_language": other,
        "other_address": translate_url(here, other) + (f"?{query}" if query else ""),
        "alternates": [(code, absolute(translate_url(here, code))) for code in ("vi", "en")],
    }
