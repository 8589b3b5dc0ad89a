"""Leave beyond what there is: told; annual leave also refused where the company says so."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.template.defaultfilters import floatformat
from django.utils.translation import gettext as _

from attendance.leave.catalogue import EVENTS
from attendance.leave.leave_balances import leave_balances
from attendance.leave.working_days import working_days
from attendance.timesheet.rules import rules_of
from backend.org.models import Employee
from backend.problems import Problem


class BalanceTooLow(Problem):
    code = "leave_balance_too_low"
    status = 409


@dataclass(frozen=True, slots=True)
class Shortage:
    """A year in which leave goes beyond what there is: `granted` of it, `asked` with open requests."""

    year: int
    granted: Decimal
    asked: Decimal

    def __str__(self) -> str:
        """How much, in words; days as people write them."""
        told = {"year": self.year, "days": floatformat(self.asked, -1)}
        if self.asked > self.granted:
            return _("Phép năm %(year)s thiếu %(days)s ngày, kể cả đơn đang chờ duyệt.") % told
        return _("Phép năm %(year)s thiếu %(days)s ngày.") % told


def shortages(employee: Employee, *, first: date, last: date, on: date) -> list[Shortage]:
    """The years of [first, last] in which this person's leave goes beyond what there is.

    With the seniority reached by `last`. Days are taken up to `on`, today.
    """
    found = []
    for year in range(first.year, last.year + 1):
        end = date(year, 12, 31)
        balance = leave_balances(
            [employee],
            on=min(max(on, date(year, 1, 1)), end),
            entitled_on=min(max(on, last), end),
        )[employee.pk]
        if balance.short_if_granted:
            found.append(Shortage(year, balance.short, balance.short_if_granted))
    return found


def beyond_the_law(
    employee: Employee, *, event: str, first: date, last: date, is_whole: bool
) -> str:
    """What to say where private leave is longer than its event gives (art. 115); else nothing."""
    if not event or (limit := EVENTS[event].days) is None or not is_whole:
        return ""
    span = (employee.pk, first, last)
    days = len(working_days([span])[span])
    if days <= limit:
        return ""
    return _(
        "Luật cho nghỉ việc riêng hưởng lương %(limit)s ngày (%(event)s); đây là %(days)s ngày."
    ) % {"limit": limit, "event": EVENTS[event].name, "days": days}


def refuse_shortage(
    employee: Employee, *, first: date, last: date, on: date, with_requests: bool
) -> None:
    """Raise BalanceTooLow where leave granted (or asked for) goes beyond what there is, if it may not.

    Call it after the leave or the request is written, in the same transaction.
    """
    if rules_of(first).leave_may_overdraw:
        return
    for shortage in shortages(employee, first=first, last=last, on=on):
        if with_requests or shortage.granted:
            raise BalanceTooLow(
                _("%(shortage)s Hãy rút ngắn, chọn loại nghỉ khác hoặc hỏi nhân sự.")
                % {"shortage": shortage},
                details={"year": shortage.year, "days": str(shortage.asked)},
            )
