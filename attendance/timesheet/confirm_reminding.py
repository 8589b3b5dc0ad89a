"""HR asks heads of department by mail to confirm the month (nhắc xác nhận công)."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from attendance.models import ConfirmationReminder, PeriodLock
from attendance.timesheet.checklist import departments
from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.clock import VN
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from backend.org.models import Department
from backend.problems import Problem


class NothingToConfirm(Problem):
    code = "nothing_to_confirm"
    status = 409
    message = gettext_lazy("Kỳ công này đã khóa nên không cần xác nhận nữa.")


class RemindedMeanwhile(Problem):
    code = "reminded_meanwhile"
    status = 409
    message = gettext_lazy("Người khác vừa nhắc. Hãy tải lại trang.")


@dataclass(frozen=True, slots=True)
class Reminded:
    """Departments whose heads were mailed, those mailed earlier today, and those nobody can be."""

    sent: list[Department]
    already: list[Department]
    unreachable: list[Department]


def remind_heads(month: date, *, among: Collection[int], by: User, at: datetime) -> Reminded:
    """Mail the heads of the departments (keys `among`) that have not confirmed the month.

    One mail a head, a department once a day. Raises NothingToConfirm, RemindedMeanwhile; then
    nothing was sent.
    """
    month, on = month.replace(day=1), at.astimezone(VN).date()
    if PeriodLock.objects.holding(month).exists():
        raise NothingToConfirm
    left = [s.department for s in departments(month) if not s.is_done and s.department.pk in among]
    today = ConfirmationReminder.objects.filter(period=month, on=on)
    told = set(today.values_list("department_id", flat=True))
    heads = _heads([each.manager_id for each in left if each.manager_id])
    by_head: defaultdict[int, list[Department]] = defaultdict(list)
    for department in left:
        if department.pk not in told and department.manager_id in heads:
            by_head[department.manager_id].append(department)
    try:
        with transaction.atomic():
            for head, theirs in by_head.items():
                mail = _mail(heads[head], month, theirs, on=on, at=at)
                ConfirmationReminder.objects.bulk_create(
                    ConfirmationReminder(
                        period=month, department=each, on=on, mail=mail, by=by, at=at
                    )
                    for each in theirs
                )
    except IntegrityError:
        raise RemindedMeanwhile from None
    return Reminded(
        sent=[each for theirs in by_head.values() for each in theirs],
        already=[each for each in left if each.pk in told],
        unreachable=[e for e in left if e.pk not in told and e.manager_id not in heads],
    )


def last_reminded(month: date) -> dict[int, datetime]:
    """When each department's head was last reminded of the month, by department."""
    rows = ConfirmationReminder.objects.filter(period=month.replace(day=1))
    return dict(rows.values_list("department").annotate(Max("at")))


def _heads(people: Collection[int]) -> dict[int, User]:
    """By employee: the accounts with an address that may confirm."""
    accounts = User.objects.filter(employee__in=people, is_active=True).exclude(email="")
    return {
        user.employee_id: user
        for user in accounts
        if user.employee_id is not None and may(user, "attendance.team")
    }


@translation.override("vi")
def _mail(
    to: User, month: date, theirs: Collection[Department], *, on: date, at: datetime
) -> OutgoingMail:
    shown = {"month": f"{month:%m/%Y}", "name": to}
    place = f"{settings.PUBLIC_URL}{reverse('confirm_departments')}?thang={month:%Y-%m}"
    links = [f"- {each.name}\n  {place}&phong={quote(each.code)}" for each in theirs]
    number = min(each.pk for each in theirs)  # each is in one mail a day at most
    paragraphs = [
        _("Kính gửi %(name)s,") % shown,
        _("Phòng nhân sự đề nghị bạn xem và xác nhận bảng công tháng %(month)s của:") % shown,
        *links,
    ]
    return outbox.enqueue(
        message_id=outbox.own_message_id(f"nhac-xac-nhan.{month:%Y-%m}.{number}.{on}"),
        recipient=to,
        subject=_("Xác nhận bảng công tháng %(month)s") % shown,
        text="\n\n".join(paragraphs) + "\n",
        due_at=at,
    )
