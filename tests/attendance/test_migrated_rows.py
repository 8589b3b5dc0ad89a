"""What migrations do to rows that are there already; a fresh database has none."""

from datetime import UTC, date, datetime
from importlib import import_module

import pytest
from django.db import connection

from attendance.models import TimesheetRow
from tests import make

pytestmark = pytest.mark.django_db
DAYS = {
    date(2026, 11, 2): (["other_site"], ["in", "unassigned_punch", "unassigned_punch"]),
    date(2026, 11, 3): ([], ["outside_employment"]),
    date(2026, 11, 4): (["missing_out"], ["in", "missing_out"]),
    date(2026, 11, 5): (["late", "unassigned_punch"], ["unassigned_punch"]),
}


def asked():
    rows = TimesheetRow.objects.order_by("work_date").values_list("exceptions", flat=True)
    return list(rows)


def test_0036_lets_days_ask_of_punches_that_belong_to_nothing_and_forgets_it_again():
    an = make.employee("7")
    TimesheetRow.objects.bulk_create(
        TimesheetRow(
            employee=an,
            work_date=day,
            status="present",
            exceptions=codes,
            explanation=[{"rule": rule} for rule in rules],
            computed_at=datetime(2026, 11, 6, tzinfo=UTC),
        )
        for day, (codes, rules) in DAYS.items()
    )
    migration = import_module("attendance.migrations.0036_days_ask_of_punches").Migration
    [operation] = migration.operations
    told = [
        ["other_site", "unassigned_punch"], ["outside_employment"],
        ["missing_out"], ["late", "unassigned_punch"],
    ]  # fmt: skip
    with connection.cursor() as cursor:
        for _ in range(2):
            cursor.execute(operation.sql)
            assert asked() == told
        cursor.execute(operation.reverse_sql)
    assert asked() == [["other_site"], [], ["missing_out"], ["late"]]
