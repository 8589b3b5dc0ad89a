"""Whose attendance the API tells to whom: HR by department, heads their own, employees themselves."""

from datetime import date, datetime, timedelta

import pytest

from attendance.review.deciding import let_stand
from attendance.review.open_exceptions import open_issues
from attendance.timesheet.closing import lock
from backend.clock import VN
from backend.org.models import Placement
from tests import make

pytestmark = pytest.mark.django_db
MONDAY, TUESDAY = "2026-11-02", "2026-11-03"
AT = datetime(2026, 11, 3, 20, 0, tzinfo=VN)
LISTS = ["employees/?", "timesheets/?month=2026-11&", "exceptions/?", "punches/?"]


@pytest.fixture
def company():
    """KD: 11 (its head) and 12; HC: 21. Everybody forgot to punch out on Tuesday."""
    people = {}
    for code, department in (("11", "KD"), ("12", "KD"), ("21", "HC")):
        people[code] = make.employee(code, department=make.department(department))
        make.roster(people[code], MONDAY, TUESDAY)
        make.punches(code, f"{MONDAY} 07:30", f"{MONDAY} 17:00", f"{TUESDAY} 07:30")
    sales = make.department("KD")
    sales.manager = people["11"]
    sales.save()
    make.timesheets(AT)
    return people


@pytest.fixture
def accounts(company, person):
    limited = person("hr", username="hr-kd")
    limited.departments.set([make.department("KD")])
    return {
        "hr": person("hr"),
        "limited hr": limited,
        "head": person("manager", employee=company["11"]),
        "employee": person("employee", employee=company["12"]),
        "nobody": person("administrator"),
    }


def told(client, address):
    answer = client.get(f"/api/v1/{address}")
    assert answer.status_code == 200, answer.json()
    return {row.get("code") or row["employee"] for row in answer.json()["results"]}


@pytest.mark.parametrize("address", LISTS)
@pytest.mark.parametrize(
    ("who", "codes"),
    [
        ("hr", {"11", "12", "21"}),
        ("limited hr", {"11", "12"}),
        ("head", {"11", "12"}),
        ("employee", {"12"}),
        ("nobody", set()),
    ],
)
def test_each_account_is_told_of_its_own_people(api, accounts, address, who, codes):
    assert told(api(accounts[who]), address) == codes


@pytest.mark.parametrize("address", LISTS[1:])
def test_who_is_outside_the_scope_does_not_exist(api, accounts, address):
    client = api(accounts["limited hr"])
    assert told(client, f"{address}employee=12") == {"12"}
    for code in ("21", "khong-co"):
        answer = client.get(f"/api/v1/{address}employee={code}")
        assert (answer.status_code, answer.json()["code"]) == (404, "employee.unknown")


@pytest.mark.parametrize("address", LISTS)
def test_a_department_outside_the_scope_does_not_exist(api, accounts, address):
    client = api(accounts["head"])
    assert told(client, f"{address}department=KD") == {"11", "12"}
    for code in ("HC", "khong-co"):
        answer = client.get(f"/api/v1/{address}department={code}")
        assert (answer.status_code, answer.json()["code"]) == (404, "department.unknown")


def test_one_person_with_the_facts_of_work(api, accounts):
    client = api(accounts["head"])
    assert client.get("/api/v1/employees/12/").json() == {
        "code": "12", "full_name": "Nguyễn Văn An", "department": "KD",
        "department_name": "Phòng KD", "site": "HL", "position": "", "join_date": "2020-01-01",
        "leave_date": None,
    }  # fmt: skip
    assert client.get("/api/v1/employees/21/").status_code == 404


def test_people_by_the_day_they_are_employed(api, company, accounts):
    company["12"].leave_date = date(2026, 11, 15)
    company["12"].save()
    client = api(accounts["hr"])
    assert told(client, "employees/?on=2026-11-15") == {"11", "12", "21"}
    assert told(client, "employees/?on=2026-11-16") == {"11", "21"}
    assert told(client, "employees/?site=HL&department=HC") == {"21"}


def test_exceptions_say_what_is_asked(api, accounts):
    client = api(accounts["employee"])
    [row] = client.get("/api/v1/exceptions/?code=missing_out").json()["results"]
    assert (row["work_date"], row["employee"], row["department"]) == (TUESDAY, "12", "KD")
    assert [each["code"] for each in row["exceptions"]] == ["missing_out"]
    assert row["exceptions"][0]["question"].startswith("Thiếu lượt ra")
    assert told(client, f"exceptions/?date_to={MONDAY}") == set()
    assert told(client, f"exceptions/?date_from={TUESDAY}") == {"12"}
    assert client.get("/api/v1/exceptions/?code=mising_out").status_code == 400


def test_who_never_came_is_an_exception_too(api, company, accounts):
    make.roster(make.employee("13", department=make.department("KD")), TUESDAY)
    make.timesheets(AT)
    [row] = api(accounts["head"]).get("/api/v1/exceptions/?code=absent").json()["results"]
    assert (row["employee"], row["status"]) == ("13", "absent")
    assert row["exceptions"][0]["question"].startswith("Vắng")


def test_an_exception_is_open_until_it_is_decided_or_its_month_is_closed(api, company, accounts):
    client = api(accounts["hr"])

    def waiting():
        rows = client.get("/api/v1/exceptions/?code=missing_out").json()["results"]
        return {row["employee"] for row in rows for each in row["exceptions"] if each["open"]}

    assert waiting() == {"11", "12", "21"}
    later = datetime(2026, 12, 1, 9, 0, tzinfo=VN)
    [issue] = open_issues(
        Placement.objects.filter(employee__code="12"),
        first=date(2026, 11, 3), last=date(2026, 11, 3), at=AT + timedelta(days=1),
    )  # fmt: skip
    let_stand(
        issue, excused=True, reason="được phép về", by=accounts["hr"], at=AT + timedelta(days=1)
    )
    assert waiting() == {"11", "21"}
    make.timesheets(later)
    lock(date(2026, 11, 1), note="khóa để thử", by=accounts["hr"], at=later)
    assert waiting() == set()


def test_punches_of_nobody_are_for_who_sees_the_company(api, accounts):
    make.punches("99", f"{MONDAY} 07:31")
    assert None in told(api(accounts["hr"]), "punches/?")
    assert None not in told(api(accounts["limited hr"]), "punches/?")
