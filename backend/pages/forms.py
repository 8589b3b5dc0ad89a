"""What a form of a page says, or the sentence about its first fault."""

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

from backend.pages.months import LAST_YEAR
from backend.problems import Problem

_OLDEST_YEAR: Final = 1900  # before whoever works here was born


class DayField(forms.DateField):
    """A day that people plan for or remember: sums of days around it can always be told."""

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day is not None and not _OLDEST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return day


class Refusal:
    """Holds what a form was refused with, for the page that shows the form again; "" if it was not.

    `with refusal:` around doing what the form says ends the block at a Problem and keeps it.
    """

    text = ""
    status = 200

    def __enter__(self) -> None:
        pass

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: object
    ) -> bool:
        if not isinstance(error, Problem):
            return False
        self.text, self.status = str(error), error.status
        return True


def checked(form: forms.BaseForm) -> dict[str, Any]:
    """The cleaned fields. Raises Problem naming the first wrong one and why."""
    if not form.is_valid():
        raise Problem(first_fault(form))
    sent: dict[str, Any] = form.cleaned_data
    return sent


def first_fault(form: forms.BaseForm) -> str:
    """ "Từ ngày: Nhập một ngày hợp lệ." of a form that is not valid."""
    name, errors = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {errors[0]}"
