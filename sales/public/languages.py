"""Vietnamese, and English below /en/: the address alone tells, so that every cache can keep a page."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin

ENGLISH = "en"


class LanguageOfAddress(MiddlewareMixin):
    """Activates the language of the path; asks neither cookies nor the browser."""

    def process_request(self, request: HttpRequest) -> None:
        is_english = request.path_info.startswith(f"/{ENGLISH}/")
        translation.activate(ENGLISH if is_english else settings.LANGUAGE_CODE)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        response.headers.setdefault("Content-Language", translation.get_language() or "vi")
        return response
