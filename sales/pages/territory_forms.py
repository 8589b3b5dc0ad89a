"""What is typed about sales territories."""

from django import forms
from django.utils.translation import gettext_lazy as _

from backend.org.territories import CODE
from backend.pages.forms import DayField


class TerritoryForm(forms.Form):
    """A territory and who looks after it."""

    ten = forms.CharField(label=_("Tên vùng"), max_length=100)
    phu_trach = forms.CharField(label=_("Mã nhân viên phụ trách"), max_length=20, required=False)


class NewTerritoryForm(TerritoryForm):
    ma = forms.CharField(label=_("Mã vùng"), max_length=20, validators=[CODE])


class UnitForm(forms.Form):
    """A unit comes or goes, from a day on."""

    viec = forms.ChoiceField(label=_("Việc"), choices=[("them", _("thêm")), ("bo", _("bỏ"))])
    dia_ban = forms.CharField(label=_("Địa bàn"), max_length=10)
    tu = DayField(label=_("Từ ngày"))
