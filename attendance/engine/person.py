"""The rows of one person: shifts and punches become minutes, exceptions and the steps that explain them. Pure."""

from collections import defaultdict

from attendance.engine.blocks import Block, Chain, assign, chains_of
from attendance.engine.care import CareDay, care_day
from attendance.engine.counting import (
    Tally,
    beyond,
    count_shift,
    counted_overtime,
    late_and_early,
    requests_of,
    scheduled_minutes,
)
from attendance.engine.explain import (
    Step,
    absence_step,
    absent_step,
    aside_steps,
    care_step,
    care_worked_steps,
    dropped,
    event_step,
    extra_step,
    flex_step,
    lacking_step,
    late_step,
    overtime_step,
    own_day_step,
    pair_steps,
    regular_step,
    shift_step,
    window_step,
)
from attendance.engine.facts import (
    DAY,
    Care,
    DayType,
    Employee,
    Facts,
    Interval,
    Overtime,
    OvertimeBefore,
    OwnDay,
)
from attendance.engine.flexible import moved
from attendance.engine.intervals import common, minutes, without
from attendance.engine.pairing import Attendance, pair
from attendance.engine.prepare import PreparedPunch, PunchException
from attendance.engine.row_exceptions import (
    day_caps,
    extra_presence,
    month_and_year_caps,
    place_and_clock,
)
from attendance.engine.rows import Row
from attendance.engine.schedule import DaySchedule, ShiftDay, date_of


class DayTypes(dict[int, DayType]):
    """The kind of each calendar date by ordinal; a date not told is a work day."""

    def __missing__(self, day: int) -> DayType:
        self[day] = "work"
        return "work"


class PersonRows:
    """The rows of one employee, while they are being made."""

    def __init__(
        self,
        facts: Facts,
        employee: Employee,
        types: DayTypes,
        care: list[Care],
        own: dict[int, OwnDay],
    ) -> None:
        self.facts = facts
        self.settings = facts.settings
        self.employee = employee
        #: The person's days that are not the company's; holidays are everybody's (§2).
        self.own = {
            day: told for day, told in own.items() if types[day] not in ("holiday", told.kind)
        }
        self.types = (
            DayTypes(types | {day: told.kind for day, told in self.own.items()})
            if self.own
            else types
        )
        self.tallies: dict[int, Tally] = {}
        self.incomplete: set[int] = set()
        self.shifts: list[ShiftDay] = []
        self.care = care
        self.care_days: dict[int, CareDay] = {}

    def tally(self, day: int) -> Tally:
        tally = self.tallies.get(day)
        if tally is None:
            tally = self.tallies[day] = Tally(Row(self.employee.id, date_of(day)))
        return tally

    def rows(
        self,
        schedule: dict[int, DaySchedule],
        overtime: list[Overtime],
        punches: list[PreparedPunch],
    ) -> tuple[list[Row], set[PunchException]]:
        self._note_schedule(schedule)
        self.shifts = [shift for planned in schedule.values() for shift in planned.shifts]
        blocks = [Block(shift.start, shift.end, shift=shift) for shift in self.shifts]
        blocks += [
            Block(request.start, request.end, overtime=request)
            for request in overtime
            if self.employee.is_employed_on(date_of(request.start // DAY))
        ]
        chains = chains_of(blocks, self.settings)
        aside = {
            exception
            for punch in assign(punches, chains)
            if (exception := self._outside(punch, schedule)) is not None
        }
        for chain in chains:
            self._count(chain)
        self._absent_parts(chains)
        return self._finished(schedule), aside

    def _note_schedule(self, schedule: dict[int, DaySchedule]) -> None:
        for day, planned in schedule.items():
            row = self.tally(day).row
            row.scheduled = sum(minutes(shift.scheduled) for shift in planned.shifts)
            for shift in planned.shifts:
                row.leave += shift.leave
                row.credited += shift.credited
                row.leave_code = row.leave_code or shift.leave_code
                row.steps.append(shift_step(shift))
                row.steps += absence_step(shift)
            if self.care:
                self._note_care(day, planned)

    def _note_care(self, day: int, planned: DaySchedule) -> None:
        date = date_of(day)
        held = [care for care in self.care if care.first <= date <= care.last]
        if (care_hours := care_day(held, planned.shifts)) is not None:
            self.care_days[day] = care_hours

    def _outside(
        self, punch: PreparedPunch, schedule: dict[int, DaySchedule]
    ) -> PunchException | None:
        """A punch in no window (§5): an exception of the punch, or of the row of its date."""
        day = punch.minute // DAY
        if not self.employee.is_employed_on(date_of(day)):
            return self._set_aside(punch, "outside_employment")
        if date_of(day) not in self.facts.calendar:  # no row to show it on
            return self._set_aside(punch, "unassigned_punch")
        kind = self.types[day]
        if kind in ("rest", "holiday"):
            code = "unapproved_work"
        elif day not in schedule:
            code = "no_shift"
        else:
            return self._set_aside(punch, "unassigned_punch")
        row = self.tally(day).row
        row.exceptions.add(code)
        row.steps.append(event_step(code, punch))
        return None

    def _set_aside(self, punch: PreparedPunch, code: str) -> PunchException:
        """An exception of the punch; the row of its date tells of it too."""
        row = self.tally(punch.minute // DAY).row
        row.aside.add(code)
        row.steps.append(event_step(code, punch))
        return PunchException(punch.given, code, self.employee.id, punch.terminal, punch.text)

    def _count(self, chain: Chain) -> None:
        span = _work_span(chain)
        if span is None:
            self._nothing_left(chain)
            return
        attendance = pair(chain.punches, span, self.settings)
        first, last = chain.blocks[0].work_day, chain.blocks[-1].work_day
        self._note_punches(chain, attendance, span)
        if attendance.arrived is not None and self._move(chain, attendance.arrived.minute):
            span = _work_span(chain) or span
        if not attendance.complete:
            self.incomplete.update(chain.work_days)
        for block in chain.blocks:
            if block.shift is not None:
                self._count_shift(block.shift, attendance, self._expected(block.shift, attendance))
        self._count_overtime(chain, attendance, span)
        if attendance.complete and attendance.seen:
            stays = extra_presence(attendance, span, self.settings)
            for stay, day in zip(stays, (first, last), strict=True):
                if stay is not None:
                    self._ask(day, extra_step(stay, self.settings))

    def _move(self, chain: Chain, arrived: int) -> bool:
        """Move the chain's flexible shifts to the arrival; whether any moved."""
        any_moved = False
        for block in chain.blocks:
            if block.shift is None or not block.shift.shift.flex:
                continue
            own = block.shift
            others = [
                piece for other in self.shifts if other is not own for piece in other.scheduled
            ]
            care = self.care_days.get(own.day)
            came = arrived - (care.ahead(own) if care else 0)  # care hours are used first
            block.shift, count = moved(own, came, others)
            if count:
                any_moved = True
                self.tally(own.day).row.steps.append(flex_step(block.shift, count))
        return any_moved

    def _ask(self, day: int, step: Step) -> None:
        """Tell a row's exception: the step's rule is its name."""
        row = self.tally(day).row
        row.exceptions.add(step["rule"])
        row.steps.append(step)

    def _nothing_left(self, chain: Chain) -> None:
        """Punches though leave or a trip left nothing to work (§6)."""
        on_leave = [block.shift for block in chain.blocks if block.shift and block.shift.full_leave]
        for punch in chain.punches:
            if on_leave:
                self._ask(on_leave[0].day, event_step("punch_on_leave", punch))
            else:
                row = self.tally(chain.blocks[0].work_day).row
                row.steps.append(event_step("punch_on_trip", punch))

    def _note_punches(self, chain: Chain, attendance: Attendance, span: Interval) -> None:
        """What the chain's punches were taken for: of the arrival on the first block's row."""
        if not chain.punches:
            return
        first, last = chain.blocks[0].work_day, chain.blocks[-1].work_day
        steps = self.tally(first).row.steps
        if chain.is_cut:
            steps.append(window_step(chain))
        for rule, punch, day in (("in", attendance.arrived, first), ("out", attendance.left, last)):
            if punch is None:
                continue
            self.tally(day).row.steps.append(event_step(rule, punch))
            for step in place_and_clock(punch, self.employee, date_of(day), self.facts):
                self._ask(day, step)
        if self.settings.pairing != "first_last":
            steps += pair_steps(attendance)
        steps += aside_steps(attendance, self.settings)
        for code, punch in attendance.exceptions:
            day = first if code == "missing_in" else last
            self._ask(day, lacking_step(code, punch, span, self.settings))

    def _expected(self, shift: ShiftDay, attendance: Attendance) -> list[Interval]:
        """When the person was to be there: what of the shift care hours did not excuse."""
        care = self.care_days.get(shift.day)
        if care is None or not shift.effective:
            return shift.effective
        came = attendance.complete and bool(common(shift.effective, attendance.presence))
        excused = care.excuse(shift, attendance, came=came)
        if not excused:
            return shift.effective
        row = self.tally(shift.day).row
        row.care += minutes(excused) if came else 0
        row.steps.append(care_step(shift, excused, came=came))
        return without(shift.effective, excused)

    def _count_shift(
        self, shift: ShiftDay, attendance: Attendance, expected: list[Interval]
    ) -> None:
        tally = self.tally(shift.day)
        row, settings = tally.row, self.settings
        regular, pieces = row.regular, len(tally.overtime)
        night = count_shift(shift, attendance, tally, self.types)
        late, early = late_and_early(shift, expected, attendance)
        row.late += beyond(late, settings.late_grace)
        row.early += beyond(early, settings.early_grace)
        row.steps += regular_step(shift, row.regular - regular, night, tally.overtime[pieces:])
        row.steps += late_step(shift, expected, late, early, attendance, settings)

    def _count_overtime(self, chain: Chain, attendance: Attendance, span: Interval) -> None:
        taken = scheduled_minutes(chain)
        for block, request, approved in requests_of(chain, attendance, span, self.settings):
            counted, present = counted_overtime(
                request, attendance, taken=taken, settings=self.settings
            )
            tally = self.tally(block.work_day)
            before = len(tally.overtime)
            tally.add_overtime(counted, self.types)
            taken = [*taken, *counted]
            step = overtime_step(request, tally.overtime[before:], approved=approved)
            tally.row.steps.append(step)
            if approved and not counted and attendance.complete:
                self._ask(block.work_day, dropped("ot_not_worked", step, present, self.settings))
            elif step["minutes"] < present:
                tally.row.steps.append(dropped("ot_rounded", step, present, self.settings))

    def _absent_parts(self, chains: list[Chain]) -> None:
        """A shift nobody came to, beside another of the same work date that somebody came to."""
        came: dict[int, set[int]] = defaultdict(set)
        for index, chain in enumerate(chains):
            if chain.punches:
                for day in chain.work_days:
                    came[day].add(index)
        for chain in chains:
            if chain.punches:
                continue
            for block in chain.blocks:
                if block.shift and block.shift.effective and came[block.work_day]:
                    self._ask(block.work_day, absent_step(block.shift))

    def _finished(self, schedule: dict[int, DaySchedule]) -> list[Row]:
        rows = []
        for day in sorted(self.facts.calendar):
            tally = self.tally(day.toordinal())
            tally.weigh_night_overtime()
            row = tally.row
            if self.own:
                row.steps[:0] = self._own_day_steps(day.toordinal(), tally)
            if (care := self.care_days.get(day.toordinal())) is not None:
                self._close_care(care, row)
            row.status = self._status(row, schedule.get(day.toordinal()))
            for step in day_caps(row, self.settings):
                self._ask(day.toordinal(), step)
            rows.append(row)
        before = self.facts.overtime_before.get(self.employee.id, OvertimeBefore())
        month_and_year_caps(rows, before, self.settings, running=self.facts.running_caps)
        return rows

    def _own_day_steps(self, day: int, tally: Tally) -> list[Step]:
        """Those of the row's date and of the dates its overtime reaches into."""
        if not self.employee.is_employed_on(date_of(day)):
            return []
        reached = {day, *(start // DAY for start, _end, _name in tally.overtime)}
        return [own_day_step(self.own[each]) for each in sorted(reached & self.own.keys())]

    def _close_care(self, care: CareDay, row: Row) -> None:
        if row.date.toordinal() not in self.incomplete:
            care.close(row.regular)
        row.care_worked = care.paid
        row.steps += care_worked_steps(care.worked, care.paid)

    def _status(self, row: Row, planned: DaySchedule | None) -> str:
        """The first that applies (§9)."""
        day = row.date.toordinal()
        if not self.employee.is_employed_on(row.date):
            return "not_employed"
        shifts = [shift for shift in planned.shifts if shift.scheduled] if planned else []
        if shifts and all(shift.full_leave for shift in shifts):
            return "leave"
        if shifts and all(shift.full_trip for shift in shifts):
            return "trip"
        if day in self.incomplete:
            return "incomplete"
        if row.worked > 0:
            return "present"
        if any(shift.effective for shift in shifts):
            return "absent"
        kind = self.types[day]
        if kind != "work":
            return kind
        if row.leave or row.credited:  # together they left nothing to work
            return "leave" if row.leave >= row.credited else "trip"
        return "no_shift"


def _work_span(chain: Chain) -> Interval | None:
    """From the first to the last minute still to be worked; None when nothing is left."""
    edges: list[Interval] = []
    for block in chain.blocks:
        if block.shift is not None and block.shift.effective:
            edges.append((block.shift.effective[0][0], block.shift.effective[-1][1]))
        elif block.overtime is not None:
            edges.append((block.overtime.start, block.overtime.end))
    if not edges:
        return None
    return min(start for start, _ in edges), max(end for _, end in edges)
