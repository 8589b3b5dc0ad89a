"""Whose a punch is: the owner of its user id on the local day of its moment.

The moment is `punched_at`, not what the terminal's clock showed: a clock that fell back to 2000
still has its punches on the days they were corrected to.
"""

from django.db.models import DateField, Exists, Func, OuterRef, Q, QuerySet

from attendance.models import Enrolment, Punch
from backend.org.models import Employee


class LocalDay(Func):
    """The Vietnamese date of a moment; TruncDate cannot take an outer reference."""

    template = "(%(expressions)s AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
    output_field = DateField()


def owners() -> QuerySet[Enrolment]:
    """For a subquery of punches: the enrolment that holds for each."""
    day = LocalDay(OuterRef("punched_at"))
    return Enrolment.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=day),
        device_user_id=OuterRef("device_user_id"),
        valid_from__lte=day,
    )


def punches_of(employee: Employee) -> QuerySet[Punch]:
    """The terminals' punches that are this person's."""
    ids = Enrolment.objects.filter(employee=employee).values_list("device_user_id", flat=True)
    return Punch.objects.filter(
        Exists(owners().filter(employee=employee)), device_user_id__in=list(ids)
    )
