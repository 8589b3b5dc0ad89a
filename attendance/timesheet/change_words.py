"""How a day changed, in Vietnamese: for the day's page and for the list of adjustments. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.models import TimesheetChange
from attendance.timesheet.sentences import STATUS, question, sentences

#: What is told, in this order; minutes, by the row's columns.
LABELS: Final = {
    "worked": gettext_lazy("giờ công"),
    "regular": gettext_lazy("trong ca"),
    "late": gettext_lazy("đi muộn"),
    "early": gettext_lazy("về sớm"),
    "leave": gettext_lazy("nghỉ phép"),
    "credited": gettext_lazy("công tác"),
    "care": gettext_lazy("giờ chế độ"),
    "care_worked": gettext_lazy("làm trong giờ chế độ, trả thêm"),
    "night": gettext_lazy("giờ đêm"),
    "ot_weekday_day": gettext_lazy("làm thêm ngày thường"),
    "ot_weekday_night": gettext_lazy("làm thêm đêm ngày thường"),
    "ot_restday_day": gettext_lazy("làm thêm ngày nghỉ"),
    "ot_restday_night": gettext_lazy("làm thêm đêm ngày nghỉ"),
    "ot_holiday_day": gettext_lazy("làm thêm ngày lễ"),
    "ot_holiday_night": gettext_lazy("làm thêm đêm ngày lễ"),
}


@dataclass(frozen=True)
class Told:
    """A change as shown: what differs, and what the explanation gained and lost."""

    change: TimesheetChange
    differences: list[str]
    gained: list[str]
    lost: list[str]


def told(change: TimesheetChange) -> Told:
    """The change in words; of a first row everything is new, so nothing differs."""
    return Told(
        change,
        differences(change.before, change.after) if change.before else [],
        sentences(change.why["gained"]),
        sentences(change.why["lost"]),
    )


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """ "đi muộn: 7 → 0 phút", one for each thing that differs."""
    found = []
    if before["symbol"] != after["symbol"]:
        found.append(
            _("ký hiệu: %(old)s → %(new)s")
            % {"old": before["symbol"] or "–", "new": after["symbol"] or "–"}
        )
    if before["status"] != after["status"]:
        found.append(f"{_status(before)} → {_status(after)}")
    for name, label in LABELS.items():
        old, new = before.get(name, 0), after.get(name, 0)  # care hours were told later
        if old != new:
            found.append(
                _("%(what)s: %(old)s → %(new)s phút") % {"what": label, "old": old, "new": new}
            )
    asked, now = set(before["exceptions"]), set(after["exceptions"])
    found += [_("hỏi thêm: %(text)s") % {"text": question(code)} for code in sorted(now - asked)]
    found += [_("hết hỏi: %(text)s") % {"text": question(code)} for code in sorted(asked - now)]
    return found


def _status(shown: Mapping[str, Any]) -> str:
    return str(STATUS.get(shown["status"], shown["status"]))


def delta_words(delta: Mapping[str, int]) -> list[str]:
    """§11's fields in words: {"late": -7} → ["đi muộn −7 phút"]."""
    return [
        _("%(what)s %(minutes)s phút")
        % {
            "what": LABELS[name.replace("ot.", "ot_")],
            "minutes": f"+{minutes}" if minutes > 0 else f"−{-minutes}",
        }
        for name, minutes in delta.items()
    ]
