"""When wrong passwords are guessing: django-axes asks what it shall count (settings.AXES_*)."""

from typing import Any

from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest

from backend.callers import caller


def counted_by(request: HttpRequest, _credentials: Any = None) -> list[str | list[str]]:
    """By whom and from where; of a caller who tries many names, whatever the name.

    Else one password on every name would never be wrong too often for one of them.
    """
    each_name: list[str | list[str]] = [["username", "ip_address"]]
    lately = AccessAttempt.objects.filter(
        ip_address=caller(request), attempt_time__gte=get_cool_off_threshold(request)
    )
    names = lately.order_by().values("username").distinct().count()
    return [*each_name, "ip_address"] if names >= settings.LOGIN_NAMES else each_name
