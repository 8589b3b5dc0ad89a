"""What stands at the foot of a form that is a controlled document. Who keeps their register is named in
the settings, so that no other room has to be entered."""

from collections.abc import Callable
from datetime import date

from django.conf import settings
from django.utils.module_loading import import_string


def foot_of(form: str, *, on: date) -> str:
    """Code, issue and effective day of a form ("01a-LĐTL") as it holds on the day; "" when none does."""
    find: Callable[[str, date], str] = import_string(settings.CONTROLLED_FORM_FOOT)
    return find(form, on)
