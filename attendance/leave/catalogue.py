"""The kinds of leave there are, by their symbols on the timesheet."""

from typing import Final

from django.utils.translation import gettext_lazy as _

#: The symbol of a business trip; all others are leave.
TRIP: Final = "CT"
#: The symbol of annual leave.
ANNUAL: Final = "P"
#: The symbols of form 01a-LĐTL with what they stand for.
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
}
