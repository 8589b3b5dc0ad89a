"""The form of an obligation."""

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.org.models import Department
from reporting.models import Obligation


class ObligationForm(forms.ModelForm):  # type: ignore[type-arg]
    """Every field of the register; the model's constraints say what does not go together."""

    class Meta:
        model = Obligation
        fields = (
            "code", "name", "authority", "legal_basis", "is_confirmed", "frequency", "due_days",
            "due_month_end", "unit", "remind_days", "starts_on", "ends_on",
        )  # fmt: skip
        widgets: ClassVar = {
            "starts_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            "ends_on": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        }
        help_texts: ClassVar = {
            "code": _("chữ thường, số, gạch nối; không đổi được sau này"),
            "due_days": _("số ngày sau ngày cuối kỳ; hoặc để trống và ghi ô dưới"),
            "due_month_end": _("1: ngày cuối của tháng đầu tiên sau kỳ"),
        }

    def __init__(self, *args: Any, **fields: Any) -> None:
        super().__init__(*args, **fields)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)  # noqa: S101 -- narrows the type
        unit.queryset = Department.objects.order_by("name", "pk")
        if self.instance.pk:
            self.fields["code"].disabled = True

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if (cleaned.get("due_days") is None) == (cleaned.get("due_month_end") is None):
            self.add_error(
                "due_days",
                _("Ghi hạn nộp bằng đúng một trong hai cách: số ngày sau kỳ, hoặc cuối tháng."),
            )
        return cleaned
