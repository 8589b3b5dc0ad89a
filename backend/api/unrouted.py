"""What no view of the API answers: an address that is not there, a fault of ours."""

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views import defaults

from backend.api.errors import problem_response

PREFIX = "/api/"


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """A page for people, a problem document for programs."""
    if not request.path_info.startswith(PREFIX):
        return defaults.page_not_found(request, exception)
    told = _("Không có địa chỉ này; các địa chỉ có ở /api/v1/docs/.")
    return problem_response(404, "address.unknown", told)


def server_error(request: HttpRequest) -> HttpResponse:
    """Never tells what went wrong: that is in the log."""
    if not request.path_info.startswith(PREFIX):
        return defaults.server_error(request)
    told = _("Máy chủ gặp lỗi và đã ghi lại. Hãy gửi lại sau một phút, với cùng Idempotency-Key.")
    return problem_response(500, "server.fault", told)
