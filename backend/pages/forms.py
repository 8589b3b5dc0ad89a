"""What a form of a page says, or the sentence about its first fault."""

from typing import Any

from django import forms

from backend.problems import Problem


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
