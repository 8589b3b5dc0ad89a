"""Balances of annual leave by the API."""

from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.leave.grants import grant_days, set_terms
from attendance.leave.leaves import grant_leave
from attendance.models import LeaveGrantKind
from backend.clock import VN
from tests import make

AT = datetime(2026, 11, 10, 20, 0, tzinfo=VN)
PLACE = "/api/v1/leave-balances/"


@pytest.fixture
def an(person):
    """Leave on Monday 2 November, on the next afternoon, an hour on Wednesday, and in December."""
    someone = make.employee("7", department=make.department("KD"), join_date=date(2016, 6, 1))
    for day in ("2026-11-02", "2026-11-03", "2026-11-04", "2026-12-01", "2026-12-02"):
        make.roster(someone, day)
    hr = person("hr")
    asked: dict[str, Any] = {
        "employee": someone,
        "code": "P",
        "reason": "việc gia đình",
        "by": hr,
        "at": AT,
    }
    grant_leave(first=date(2026, 11, 2), last=date(2026, 11, 2), **asked)
    grant_leave(first=date(2026, 11, 3), last=date(2026, 11, 3), part="pm", **asked)
    hour: dict[str, Any] = {"start": time(7, 30), "end": time(8, 30)}
    grant_leave(first=date(2026, 11, 4), last=date(2026, 11, 4), **hour, **asked)
    grant_leave(first=date(2026, 12, 1), last=date(2026, 12, 1), **asked)
    grant_leave(first=date(2026, 12, 2), last=date(2026, 12, 2), **asked | {"code": "Ô"})
    make.timesheets(AT)
    return someone


@pytest.mark.django_db
def test_what_was_taken_and_what_is_to_come(an, api):
    [told] = api("auditor").get(f"{PLACE}?on=2026-11-10").json()["results"]
    assert told == {
        "employee": "7", "year": 2026, "entitled": 14.0, "base": 12, "seniority": 2, "months": 12,
        "carried": 0.0, "granted": 0.0, "lapsed": 0.0, "lapsing": [],
        "taken": 1.6, "planned": 1.0, "waiting": 0.0, "left": 11.4,
    }  # fmt: skip


@pytest.mark.django_db
def test_some_fields_of_it(an, api):
    client = api("auditor")
    [told] = client.get(f"{PLACE}?on=2026-11-10&fields=employee,left").json()["results"]
    assert told == {"employee": "7", "left": 11.4}
    assert client.get(f"{PLACE}?fields=x").json()["code"] == "fields.unknown"


@pytest.mark.django_db
def test_terms_and_grants_are_in_it(an, api, person):
    hr = person("administrator")
    told: dict[str, Any] = {"by": hr, "at": AT}
    set_terms(an, from_date=date(2026, 7, 1), base_days=14, document="QĐ 5/2026", **told)
    extra: dict[str, Any] = {"kind": LeaveGrantKind.EXTRA, "reason": "Thưởng phép", **told}
    grant_days(
        an, days=Decimal("1.5"), valid_from=date(2026, 11, 2), valid_to=date(2026, 11, 9), **extra
    )
    grant_days(
        an, days=Decimal(2), valid_from=date(2026, 12, 1), valid_to=date(2026, 12, 30), **extra
    )
    [found] = api("auditor").get(f"{PLACE}?on=2026-11-10").json()["results"]
    assert {name: found[name] for name in ("entitled", "base", "granted", "lapsed", "left")} == {
        "entitled": 15.0, "base": 14, "granted": 3.5, "lapsed": 0.0, "left": 15.9,
    }  # fmt: skip
    assert found["lapsing"] == [{"days": 1.0, "last": "2026-12-30"}], "one is used on 1 December"


@pytest.mark.django_db
def test_many_people_cost_the_queries_of_one(an, api, person, django_assert_num_queries):
    client = api(person("auditor"))
    with CaptureQueriesContext(connection) as of_one:
        client.get(PLACE)
    for number in range(5):
        make.employee(f"x{number}")
    with django_assert_num_queries(len(of_one)):
        assert len(client.get(PLACE).json()["results"]) == 6


@pytest.mark.django_db
def test_each_account_is_told_of_its_own_people(an, api, person):
    make.employee("8", department=make.department("HC"))
    make.employee("9", department=make.department("HC"), leave_date=date(2025, 12, 31))
    own = api(person("employee", employee=an))
    assert [row["employee"] for row in own.get(PLACE).json()["results"]] == ["7"]
    assert own.get(f"{PLACE}?employee=8").status_code == 404
    everybody = api("executive").get(f"{PLACE}?on=2026-11-10&limit=1").json()
    assert [row["employee"] for row in everybody["results"]] == ["7"]
    rest = api("auditor").get(everybody["next"]).json()
    assert [row["employee"] for row in rest["results"]] == ["8"], "9 has left before"
