"""A day beyond the calendar's end is a bad request, wherever it was asked for."""

import re
from typing import Final

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import gettext as _

from backend.api.errors import problem_response

#: What Python says of a day after 31/12/9999 or before 01/01/0001.
_BEYOND: Final = re.compile(r"date value out of range|year -?\d+ is out of range")


class FarDays(MiddlewareMixin):
    """The day after the last one, or the month after the last, does not exist: 400 instead of a
    failure of the server. Forms that know better limits say so themselves (`DayField`).
    """

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, OverflowError | ValueError) or not _BEYOND.search(str(error)):
            return None
        if request.path_info.startswith("/api/"):
            told = _("Ngày nằm ngoài lịch. Hãy kiểm tra năm rồi gửi lại.")
            return problem_response(400, "request.day_out_of_range", told)
        raise BadRequest from error
