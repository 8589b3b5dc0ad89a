"""What the engine makes of each punch of some people, told by person, minute and terminal."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.engine.compute import compute
from attendance.timesheet.sentences import question
from attendance.timesheet.timesheets import load_facts, month_of

#: A punch may be used for a work date so many days away (night shifts, chains).
_REACH: Final = timedelta(days=2)
_USED: Final = {"in": gettext_lazy("vào"), "out": gettext_lazy("ra")}
_ASKED: Final = frozenset({"unapproved_work", "no_shift", "punch_on_leave"})
_ASIDE: Final = {
    "bad_clock": gettext_lazy("giờ trên máy không thể có: trước năm 2020, hoặc sau lúc nhận"),
    "outside_employment": gettext_lazy("ngoài thời gian làm việc tại công ty"),
    "unassigned_punch": gettext_lazy("ngày có ca nhưng cách ca quá xa"),
}

#: Person's id, minute as text, terminal's code.
Key = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Uses:
    """`used` by minute: (use, remark); `aside` by the moment given, which may lie in any year."""

    used: dict[Key, tuple[str, str]] = field(default_factory=dict)
    aside: dict[Key, str] = field(default_factory=dict)
    seen: set[Key] = field(default_factory=set)

    def of(
        self, person: str, *, given: datetime, counted: datetime, terminal: str
    ) -> tuple[str, str]:
        """How a punch was used, and why not. Ask in the order of time: a repeat is told as one."""
        key = (person, counted.isoformat(timespec="minutes"), terminal)
        if key in self.seen:
            return _("trùng"), _("cùng máy, cùng phút với lượt trước")
        self.seen.add(key)
        if key in self.used:
            return self.used[key]
        code = self.aside.get((person, given.isoformat(), terminal))
        if code is not None:
            return _("để riêng"), str(_ASIDE.get(code, code))
        return _("ở giữa"), ""


def uses_of(people: Collection[int], *, first: date, last: date) -> Uses:
    """The uses of these people's punches on the days [first, last], as known now."""
    found = Uses()
    for start, end in _months(first - _REACH, last + _REACH):
        result = compute(load_facts(employees=people, first=start, last=end))
        for row in result.rows:
            for step in row.steps:
                rule = step["rule"]
                if rule in _USED:
                    use = str(_USED[rule]), _("ngày công %(day)s") % {"day": f"{row.date:%d/%m}"}
                elif rule in _ASKED:
                    use = _("hỏi lại"), question(rule)
                else:
                    continue
                found.used[row.employee, step["at"], step["terminal"]] = use
        for aside in result.punch_exceptions:
            # Of a day outside the calendar that was asked about, the next month's answer counts.
            if aside.code != "unassigned_punch" or start <= aside.at.date() <= end:
                found.aside[aside.who, aside.at.isoformat(), aside.terminal] = aside.code
    return found


def _months(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The span, month by month: rules and calendar are a month's."""
    while first <= last:
        end = min(month_of(first)[1], last)
        yield first, end
        first = end + timedelta(days=1)
