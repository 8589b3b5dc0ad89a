"""What is typed about money of agents."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.engine.cell_values import whole
from sales.engine.money_lines import MoneyEvent, MoneyLine
from sales.money.movements import INTO


@dataclass(frozen=True)
class Deed:
    """Something an entry may do: `sign` makes the typed amount that of the journal."""

    label: str | Promise
    event: MoneyEvent
    sign: int = 1


#: What may be entered, by what it is listed under.
DEEDS: Final[dict[str, dict[str, Deed]]] = {
    "payment": {"payment": Deed(gettext_lazy("đại lý nộp tiền"), "payment")},
    "collateral": {
        "deposit": Deed(gettext_lazy("nhận ký quỹ"), "collateral"),
        "give_back": Deed(gettext_lazy("trả lại ký quỹ"), "collateral", -1),
    },
    "adjustment": {
        "less": Deed(gettext_lazy("giảm nợ"), "adjustment", -1),
        "more": Deed(gettext_lazy("tăng nợ"), "adjustment"),
    },
}


class MoneyForm(forms.Form):
    """One movement of an agent's money; its paper's number keeps it from being entered twice."""

    viec = forms.ChoiceField(label=gettext_lazy("Việc"))
    dai_ly = forms.CharField(label=gettext_lazy("Mã đại lý"), max_length=20)
    ngay = forms.DateField(label=gettext_lazy("Ngày"))
    so_tien = forms.CharField(label=gettext_lazy("Số tiền"), max_length=30)
    vao = forms.ChoiceField(
        label=gettext_lazy("Hình thức"), choices=list(INTO.items()), required=False
    )
    chung_tu = forms.CharField(label=gettext_lazy("Số chứng từ"), max_length=100)
    ly_do = forms.CharField(label=gettext_lazy("Lý do"), max_length=200, required=False)

    def __init__(self, data: Any, *, kind: str) -> None:
        super().__init__(data)
        deeds: Any = self.fields["viec"]
        deeds.choices = [(name, deed.label) for name, deed in DEEDS[kind].items()]

    def clean_so_tien(self) -> int:
        """Whole đồng, with or without dots of thousands."""
        amount = whole(self.cleaned_data["so_tien"])
        if amount is None or amount <= 0:
            raise forms.ValidationError(_("Ghi số đồng lớn hơn 0, ví dụ 1.500.000."))
        return amount


def line_of(sent: Mapping[str, Any], kind: str) -> MoneyLine:
    """The line of the journal that a checked form asks for."""
    deed = DEEDS[kind][sent["viec"]]
    return MoneyLine(
        event=deed.event,
        agent=sent["dai_ly"].upper(),
        date=sent["ngay"],
        amount=deed.sign * sent["so_tien"],
        into=sent["vao"] or "cash",
        reference=sent["chung_tu"],
        reason=sent["ly_do"],
    )
