"""Reading timesheets and punches by the API."""

from datetime import date, datetime

import pytest

from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)


@pytest.fixture
def two_people():
    for code in ("7", "8"):
        make.roster(make.employee(code), MONDAY, TUESDAY)
        make.punches(code, f"{MONDAY} 07:37", f"{MONDAY} 17:03", f"{TUESDAY} 07:30")
    make.timesheets(AT)


def test_a_month_of_one_person(api, two_people):
    answer = api("hr").get("/api/v1/timesheets/?month=2026-11&employee=7")
    assert answer.status_code == 200
    rows = {row["work_date"]: row for row in answer.json()["results"]}
    monday = rows[MONDAY]
    assert monday["employee"] == "7"
    assert (monday["symbol"], monday["worked"], monday["late"]) == ("+", 473, 7)
    assert monday["ot"]["weekday_day"] == 0
    assert monday["weighted"] == 473.0
    assert rows[TUESDAY]["exceptions"] == ["missing_out"]


def test_pages_follow_each_other_without_gap_or_repeat(api, two_people):
    client = api("hr")
    address, seen = "/api/v1/timesheets/?month=2026-11&limit=1", []
    while address:
        page = client.get(address).json()
        seen += [(row["work_date"], row["employee"]) for row in page["results"]]
        address = page["next"]
    assert seen == sorted(seen)
    assert {(MONDAY, "7"), (MONDAY, "8"), (TUESDAY, "7"), (TUESDAY, "8")} <= set(seen)
    assert len(seen) == len(set(seen))


@pytest.mark.parametrize("query", ["", "month=11/2026", "month=2026-11&mnth=1", "month=2026-13"])
def test_a_wrong_question_is_refused(api, query):
    assert api("hr").get(f"/api/v1/timesheets/?{query}").status_code == 400


def test_punches_show_their_owner_of_that_day(api, two_people):
    make.punches("99", f"{MONDAY} 07:31")
    client = api("auditor")
    everything = client.get("/api/v1/punches/").json()["results"]
    assert len(everything) == 7
    assert (everything[0]["device_user_id"], everything[0]["employee"]) == ("99", None)
    of_one = client.get(f"/api/v1/punches/?employee=7&date_to={MONDAY}").json()["results"]
    assert [(p["employee"], p["device_time"], p["terminal"]) for p in of_one] == [
        ("7", f"{MONDAY}T17:03:00", "M1"),
        ("7", f"{MONDAY}T07:37:00", "M1"),
    ]
    assert client.get("/api/v1/punches/?terminal=M9").json()["results"] == []


@pytest.mark.parametrize("role", ["sales_manager", "administrator"])
@pytest.mark.parametrize("address", ["timesheets/?month=2026-11", "punches/"])
def test_attendance_is_not_everybodys(api, two_people, role, address):
    assert api(role).get(f"/api/v1/{address}").json()["results"] == []


def test_a_reused_user_id_shows_each_owner(api, db):
    from attendance.models import Enrolment

    an = make.employee("7")
    make.punches("7", "2026-10-30 07:30", f"{MONDAY} 07:30")
    Enrolment.objects.filter(employee=an).update(valid_to=date(2026, 10, 31))
    other = make.employee("8")
    Enrolment.objects.create(device_user_id="7", employee=other, valid_from=date(2026, 11, 1))
    punches = api("hr").get("/api/v1/punches/").json()["results"]
    assert [p["employee"] for p in punches] == ["8", "7"]
