"""Care hours (giờ chế độ), beyond the specification: paid minutes of a day that need not be worked.

Nursing a child under 12 months gives 60 minutes, menstruation 30, heavy work while pregnant 60
(Labour Code 45/2019 art. 137, Decree 145/2020 art. 80). Why somebody has them the engine is not told.

They lie first or last in the work of the date, or anywhere in it ("spread": whatever is missed
first). Minutes of them that were missed are neither late nor early, and are credited once it is
known when the person was there: nothing for who did not come, or whose punch is lacking. Minutes of
them that were worked are work like any other; where that was agreed they are paid once more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from attendance.engine.facts import Care, Interval
from attendance.engine.intervals import common, first_minutes, merged, minutes, without
from attendance.engine.pairing import Attendance
from attendance.engine.schedule import ShiftDay


@dataclass(slots=True)
class Allowance:
    """What a person's work date has left of one care."""

    care: Care
    left: int


@dataclass(slots=True)
class CareDay:
    """One person's care hours on one work date, while its shifts are counted.

    `first` and `last` are the codes of the date's first and last shift to be worked. `worked` and
    `paid` are minutes worked through, and those of them paid once more.
    """

    first: str
    last: str
    allowances: list[Allowance]
    worked: int = 0
    paid: int = 0

    def excuse(self, shift: ShiftDay, attendance: Attendance, *, came: bool) -> list[Interval]:
        """The missed minutes of the shift that are care hours.

        `came`: it is known when the person was there, and that they worked; else nothing counts.
        """
        rest, excused = shift.effective, list[Interval]()
        missed = _missed(shift.effective, attendance)
        for allowance in self.allowances:
            own = self._reserved(allowance, shift, rest, missed)
            gone = common(missed, own)
            rest = without(rest, own)
            allowance.left -= minutes(own)
            excused += gone
            if came:
                self._work_through(allowance, minutes(own) - minutes(gone))
        return merged(excused)

    def ahead(self, shift: ShiftDay) -> int:
        """Minutes by which one may come to the shift later for care hours alone."""
        places = {"spread", "start"} if shift.shift.code == self.first else {"spread"}
        return sum(each.left for each in self.allowances if each.care.place in places)

    def close(self, worked: int) -> None:
        """What of the hours without a place was not missed was worked, if anything was."""
        for allowance in self.allowances:
            if allowance.care.place == "spread":
                self._work_through(allowance, min(allowance.left, worked))

    def _reserved(
        self,
        allowance: Allowance,
        shift: ShiftDay,
        rest: list[Interval],
        missed: list[Interval],
    ) -> list[Interval]:
        """The minutes of the shift that are this care's."""
        if allowance.care.place == "spread":
            return first_minutes(common(missed, rest), allowance.left)
        if allowance.care.place == "start":
            return first_minutes(rest, allowance.left) if shift.shift.code == self.first else []
        return _last_minutes(rest, allowance.left) if shift.shift.code == self.last else []

    def _work_through(self, allowance: Allowance, count: int) -> None:
        self.worked += count
        self.paid += count if allowance.care.paid_if_worked else 0


def care_day(cares: Sequence[Care], shifts: Sequence[ShiftDay]) -> CareDay | None:
    """The care hours of a work date; None without any, or with nothing left to work.

    Those with a place come before those without.
    """
    worked = [shift for shift in shifts if shift.effective]
    if not worked or not cares:
        return None
    order = sorted(cares, key=lambda care: (care.place == "spread", care.place, care.minutes))
    return CareDay(
        worked[0].shift.code,
        worked[-1].shift.code,
        [Allowance(care, care.minutes) for care in order],
    )


def _missed(effective: list[Interval], attendance: Attendance) -> list[Interval]:
    """Minutes to be worked that the person is known not to have been there."""
    if attendance.complete:
        return without(effective, attendance.presence) if attendance.presence else []
    if attendance.arrived is not None:
        return without(effective, [(attendance.arrived.minute, effective[-1][1])])
    if attendance.left is not None:
        return without(effective, [(effective[0][0], attendance.left.minute)])
    return []


def _last_minutes(intervals: list[Interval], count: int) -> list[Interval]:
    return without(intervals, first_minutes(intervals, minutes(intervals) - count))
