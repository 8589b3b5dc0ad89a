"""What is left of a year goes over into the next (chuyển phép năm cũ), as the company's rule says.

One row a person and year. Carrying over again adds nothing; what the year's timesheet came to say
later is shown as a difference and corrected by a row that replaces the one before.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from attendance.leave.leave_balances import leave_balances
from attendance.models import LeaveGrant, LeaveGrantKind, LeaveGrantWithdrawal
from attendance.models.rules import day_of_year
from attendance.timesheet.rules import rules_of
from backend.accounts.models import User
from backend.org.models import Employee
from backend.problems import Problem


class YearNotOver(Problem):
    code = "leave_year_not_over"
    message = _("Năm này chưa kết thúc nên chưa chuyển phép được. Hãy chờ sang năm mới.")


class CarriedMeanwhile(Problem):
    code = "leave_carried_meanwhile"
    status = 409
    message = _("Người khác vừa chuyển hoặc sửa phép của những người này. Hãy tải lại trang.")


class State(StrEnum):
    """`new` is to be carried over, `done` as it should be, `differs` from what it would be now."""

    NEW = "new"
    DONE = "done"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True)
class Carrying:
    """One person's year: what is left of it, what of that goes over and until when.

    `last` is the newest row of the person and year; `carried` what stands of it now, None where
    nothing does.
    """

    employee: Employee
    left: Decimal
    to_carry: Decimal
    until: date
    last: LeaveGrant | None
    carried: Decimal | None
    stands_until: date | None

    @property
    def lapses(self) -> Decimal:
        return max(Decimal("0.0"), self.left - self.to_carry)

    @property
    def state(self) -> State:
        if self.last is None:
            return State.NEW if self.to_carry else State.DONE
        wanted = (self.to_carry, self.until) if self.to_carry else (None, None)
        return State.DONE if wanted == (self.carried, self.stands_until) else State.DIFFERS


def carrying(year: int, people: Iterable[Employee], *, on: date) -> list[Carrying]:
    """Each person's carrying over of the year, as far as its leave is known `on` that day.

    People who are not employed on the first day of the next year carry nothing.
    """
    end, begin = date(year, 12, 31), date(year + 1, 1, 1)
    rules = rules_of(begin)
    until = day_of_year(rules.leave_carry_until, year + 1)
    staying = [
        person for person in people if person.leave_date is None or person.leave_date >= begin
    ]
    balances = leave_balances(staying, on=min(on, end))
    rows = _last_rows(year, [person.pk for person in staying])
    found = []
    for person in staying:
        last = rows.get(person.pk)
        stands = last if last is not None and not hasattr(last, "withdrawal") else None
        left = balances[person.pk].to_carry
        found.append(
            Carrying(
                employee=person,
                left=left,
                to_carry=min(left, Decimal(rules.leave_carry_days)),
                until=until,
                last=last,
                carried=stands.days if stands else None,
                stands_until=stands.valid_to if stands else None,
            )
        )
    return found


def _last_rows(year: int, people: Collection[int]) -> dict[int, LeaveGrant]:
    rows = LeaveGrant.objects.filter(
        employee__in=people,
        kind=LeaveGrantKind.CARRIED_OVER,
        from_year=year,
        replaced_by__isnull=True,
    )
    return {row.employee_id: row for row in rows.select_related("withdrawal")}


def carry_over(year: int, people: Iterable[Employee], *, by: User, at: datetime, on: date) -> int:
    """Carry the year over for those of these people for whom it was not done; returns for how many.

    Twice, or two at once, add nothing more. Raises YearNotOver.
    """
    if on.year <= year:
        raise YearNotOver
    new = [each for each in carrying(year, people, on=on) if each.state == State.NEW]
    LeaveGrant.objects.bulk_create(
        [_row(each, year, by, at) for each in new], ignore_conflicts=True
    )
    ours = LeaveGrant.objects.filter(from_year=year, replaces=None, by=by, at=at)
    return ours.filter(employee__in=[each.employee for each in new]).count()


def correct_carried(
    year: int, people: Iterable[Employee], *, by: User, at: datetime, on: date
) -> int:
    """Make what was carried over what it would be now; returns for how many people.

    Raises YearNotOver, CarriedMeanwhile; then nothing has changed.
    """
    if on.year <= year:
        raise YearNotOver
    differing = [c for c in carrying(year, people, on=on) if c.state == State.DIFFERS]
    reason = f"Số phép còn lại của năm {year} đã đổi"
    try:
        with transaction.atomic():
            LeaveGrantWithdrawal.objects.bulk_create(
                LeaveGrantWithdrawal(grant=each.last, reason=reason, by=by, at=at)
                for each in differing
                if each.carried is not None
            )
            LeaveGrant.objects.bulk_create(
                _row(each, year, by, at) for each in differing if each.to_carry
            )
    except IntegrityError:
        raise CarriedMeanwhile from None
    return len(differing)


def _row(each: Carrying, year: int, by: User, at: datetime) -> LeaveGrant:
    """The reason leads back to the year: data, not a text of the page."""
    return LeaveGrant(
        employee=each.employee,
        kind=LeaveGrantKind.CARRIED_OVER,
        days=each.to_carry,
        valid_from=date(year + 1, 1, 1),
        valid_to=each.until,
        from_year=year,
        replaces=each.last,
        reason=f"Chuyển phép năm {year}",
        by=by,
        at=at,
    )
