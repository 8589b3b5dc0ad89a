"""The kinds of leave there are, by their symbols on the timesheet."""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

#: The symbol of a business trip; all others are leave.
TRIP: Final = "CT"
#: The symbol of annual leave.
ANNUAL: Final = "P"
#: The company's own symbol of paid private leave (việc riêng); the form has none.
PRIVATE: Final = "VR"
#: The symbols of form 01a-LĐTL, and our own, with what they stand for.
LEAVE_CODES: Final = {
    ANNUAL: _("nghỉ phép năm"),
    "Ô": _("nghỉ ốm, điều dưỡng"),
    "Cô": _("nghỉ con ốm"),
    "TS": _("nghỉ thai sản"),
    "T": _("nghỉ tai nạn lao động"),
    "H": _("hội nghị, học tập"),
    "NB": _("nghỉ bù"),
    "KL": _("nghỉ không hưởng lương"),
    "N": _("ngừng việc"),
    "LĐ": _("lao động nghĩa vụ"),
    PRIVATE: _("nghỉ việc riêng hưởng lương"),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Why somebody is paid on private leave, and the days that gives by law, None where none."""

    name: str | Promise
    days: int | None

    def __str__(self) -> str:
        if self.days is None:
            return str(self.name)
        return gettext("%(event)s (luật cho %(days)s ngày)") % {
            "event": self.name,
            "days": self.days,
        }


#: The events of Labour Code 45/2019 art. 115.1, and what the company pays beyond it.
EVENTS: Final = {
    "marriage": Event(_("kết hôn"), 3),
    "child_marriage": Event(_("con kết hôn"), 1),
    "death": Event(_("cha mẹ (cả bên vợ, chồng), vợ, chồng hoặc con mất"), 3),
    "other": Event(_("việc khác công ty cho hưởng lương"), None),
}
