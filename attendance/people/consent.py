"""Consent to the use of fingerprints, step by step, and what a withdrawal sets going.

Law 91/2025/QH15 on personal data: fingerprints are sensitive; the person is told before, consents
in a way that can be shown, and may withdraw at any time. Then card or PIN serve instead.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models import (
    BiometricConsent,
    ConsentStep,
    Enrolment,
    PeopleAction,
    TerminalPerson,
)
from attendance.people.tasks import ask, reachable
from backend.accounts.models import User
from backend.org.models import Employee
from backend.problems import Problem


class ConsentInFuture(Problem):
    code = "consent_in_future"
    message = _("Ngày của văn bản ở tương lai. Hãy ghi ngày người lao động đã ký.")


class DocumentMissing(Problem):
    code = "consent_document_missing"
    message = _("Hãy ghi số hoặc tên văn bản làm bằng chứng.")


def record_consent(
    *,
    employee: Employee,
    step: ConsentStep,
    date: date,
    document: str,
    note: str = "",
    by: User,
    at: datetime,
    today: date,
) -> BiometricConsent:
    """Record a step. A withdrawal has the person's fingers removed from every terminal.

    Raises ConsentInFuture, DocumentMissing.
    """
    if date > today:
        raise ConsentInFuture
    if not document.strip():
        raise DocumentMissing
    with transaction.atomic():
        row = BiometricConsent.objects.create(
            employee=employee, step=step, date=date, document=document.strip()[:100],
            note=note.strip()[:300], by=by, at=at,
        )  # fmt: skip
        if step == ConsentStep.WITHDRAWAL:
            _remove_fingers(employee, today=today, by=by, at=at)
    return row


def _remove_fingers(employee: Employee, *, today: date, by: User, at: datetime) -> None:
    """From every terminal: one not read since may hold fingers that nobody here knows of."""
    ids = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today), employee=employee
    ).values_list("device_user_id", flat=True)
    changes = [(PeopleAction.REMOVE_FINGERS, user_id, "") for user_id in sorted(set(ids))]
    for terminal in reachable().order_by("pk") if changes else ():
        ask(terminal, changes, by=by, at=at)


def newest_steps() -> dict[int, BiometricConsent]:
    """The step that counts, by employee."""
    rows = BiometricConsent.objects.order_by("employee", "-date", "-pk").distinct("employee")
    return {row.employee_id: row for row in rows}


def fingers_by_employee(*, on: date) -> dict[int, int]:
    """How many fingers the terminals hold of each employee (the most on any one)."""
    rows = TerminalPerson.objects.filter(finger_count__gt=0, gone_at=None)
    counts: dict[str, int] = {}
    for user_id, count in rows.values_list("device_user_id", "finger_count"):
        counts[user_id] = max(count, counts.get(user_id, 0))
    owners = Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        valid_from__lte=on,
        device_user_id__in=list(counts),
    )
    found: dict[int, int] = {}
    for employee_id, user_id in owners.values_list("employee_id", "device_user_id"):
        found[employee_id] = max(counts[user_id], found.get(employee_id, 0))
    return found
