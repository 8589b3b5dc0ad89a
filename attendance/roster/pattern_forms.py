"""Forms for rotating patterns, whose they are, and rolling them out."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from attendance.models import PatternAssignment, Shift, ShiftPattern
from attendance.roster.patterns import CycleMisread, parse_cycle
from backend.accounts.models import User
from backend.accounts.scope import departments_for, employees_for
from backend.org.models import Department, Employee

_DATE = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})


class ShiftPatternForm(forms.ModelForm):  # type: ignore[type-arg]
    """A pattern; its cycle names shifts that exist."""

    class Meta:
        model = ShiftPattern
        fields = ("code", "name", "cycle", "anchor", "days")
        widgets: ClassVar = {"anchor": _DATE}

    def clean_cycle(self) -> str:
        """One blank between the days; every code is a shift's."""
        try:
            cycle = parse_cycle(self.cleaned_data["cycle"])
        except CycleMisread as error:
            raise forms.ValidationError(str(error)) from None
        codes = {code for day in cycle for code in day}
        unknown = codes - set(Shift.objects.values_list("code", flat=True))
        if unknown:
            raise forms.ValidationError(
                _("Mã ca chưa có: %(codes)s.") % {"codes": ", ".join(sorted(unknown))}
            )
        return " ".join(self.cleaned_data["cycle"].split())


class AssignmentForm(forms.ModelForm):  # type: ignore[type-arg]
    """Who works by a pattern: a person by code, or a department, in the account's charge."""

    employee = forms.ModelChoiceField(
        Employee.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Mã nhân viên"),
        widget=forms.TextInput,
        error_messages={
            "invalid_choice": _("Không có nhân viên nào mang mã này. Hãy chọn lại."),
        },
    )
    department = forms.ModelChoiceField(
        Department.objects.none(), to_field_name="code", required=False, label=_("Phòng ban")
    )

    class Meta:
        model = PatternAssignment
        fields = ("pattern", "employee", "department", "first", "last", "offset")
        widgets: ClassVar = {"first": _DATE, "last": _DATE}

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, known in (("employee", employees_for(by)), ("department", departments_for(by))):
            field = self.fields[name]
            assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
            field.queryset = known.order_by("code")


class RollOutForm(forms.Form):
    """A span, and whether what is there already gives way."""

    first = forms.DateField(label=_("Từ ngày"), widget=_DATE)
    last = forms.DateField(label=_("Đến hết ngày"), widget=_DATE)
    department = forms.ModelChoiceField(
        Department.objects.none(),
        to_field_name="code",
        required=False,
        label=_("Phòng ban"),
        empty_label=_("Tất cả"),
    )
    replace = forms.BooleanField(label=_("Thay cả những ngày đã phân ca"), required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["department"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 - declared so above
        field.queryset = departments_for(by).order_by("code")
