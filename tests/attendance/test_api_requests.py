"""Requests by the API: each account its own people's, with who decided what; decisions are told."""

import json
from datetime import date, datetime, time

import pytest

from attendance.models import RequestKind
from attendance.requests.handling import Asked, decide, submit, withdraw
from backend.clock import VN
from backend.webhooks.models import Event, EventKind, Subscription
from backend.webhooks.publishing import give_secret
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2025, 11, 10, 9, 0, tzinfo=VN)
MONDAY = date(2025, 11, 3)
PLACE = "/api/v1/requests/"


@pytest.fixture
def accounts(person):
    """An asks; Bình heads An's department; Dung is of another one; HR decides last."""
    department = make.department("KD")
    an, binh = (make.employee(code, department=department) for code in ("7", "8"))
    department.manager = binh
    department.save()
    dung = make.employee("9", department=make.department("HC"))
    make.roster(an, MONDAY.isoformat())
    return {
        "an": person("employee", username="an", employee=an),
        "binh": person("manager", username="binh", employee=binh),
        "dung": person("employee", username="dung", employee=dung),
        "hr": person("hr"),
    }


@pytest.fixture
def listening():
    subscription = Subscription(
        name="Lương", url="http://127.0.0.1/", kinds=[EventKind.REQUEST_DECIDED]
    )
    give_secret(subscription)
    subscription.save()


def forgotten_punch(by, clock=time(7, 28)):
    asked = Asked(RequestKind.PUNCH, MONDAY, start=clock)
    return submit(asked, reason="quên thẻ ở nhà", by=by, at=AT)


def told():
    return [json.loads(body)["data"] for body in Event.objects.values_list("body", flat=True)]


def test_each_account_reads_the_requests_of_its_people(api, accounts):
    mine, theirs = forgotten_punch(accounts["an"]), forgotten_punch(accounts["dung"])
    seen = {
        who: [row["id"] for row in api(accounts[who]).get(PLACE).json()["results"]]
        for who in accounts
    }
    assert seen == {
        "an": [mine.pk],
        "binh": [mine.pk],
        "dung": [theirs.pk],
        "hr": [theirs.pk, mine.pk],
    }
    assert api(accounts["dung"]).get(f"{PLACE}{mine.pk}/").status_code == 404
    assert api(accounts["binh"]).get(f"{PLACE}?employee=9").status_code == 404


def test_a_request_tells_who_decided_what(api, accounts):
    request = forgotten_punch(accounts["an"])
    decide(request.pk, approve=True, by=accounts["binh"], at=AT)
    decide(request.pk, approve=True, note="đúng", by=accounts["hr"], at=AT)
    shown = api(accounts["an"]).get(f"{PLACE}{request.pk}/").json()
    assert (shown["employee"], shown["kind"], shown["state"]) == ("7", "punch", "approved")
    assert (shown["first"], shown["start"], shown["partner"]) == ("2025-11-03", "07:28:00", None)
    assert [(step["kind"], step["by"], step["note"]) for step in shown["steps"]] == [
        ("submitted", "an", ""),
        ("manager_approved", "binh", ""),
        ("hr_approved", "hr", "đúng"),
    ]


def test_requests_are_found_by_state_kind_and_day(api, accounts):
    request = forgotten_punch(accounts["an"])
    client = api(accounts["hr"])

    def found(query):
        return [row["id"] for row in client.get(f"{PLACE}?{query}").json()["results"]]

    assert found("state=manager&kind=punch&department=KD") == [request.pk]
    assert found("state=hr") == found("kind=leave") == []
    assert found("date_from=2025-11-03&date_to=2025-11-03") == [request.pk]
    assert found("date_from=2025-11-04") == found("date_to=2025-11-02") == []
    assert client.get(f"{PLACE}?state=open").status_code == 400


def test_a_decision_is_told_once_it_is_final(accounts, listening):
    request = forgotten_punch(accounts["an"])
    decide(request.pk, approve=True, by=accounts["binh"], at=AT)
    assert told() == [], "HR has not decided yet"
    decide(request.pk, approve=True, by=accounts["hr"], at=AT)
    assert told() == [
        {
            "request": request.pk, "employee": "7", "kind": "punch", "first": "2025-11-03",
            "last": "2025-11-03", "state": "approved", "by": "hr", "note": "",
        }
    ]  # fmt: skip


def test_a_refusal_is_told_with_its_reason_and_a_withdrawal_is_not(accounts, listening):
    request = forgotten_punch(accounts["an"])
    decide(request.pk, approve=False, note="có camera, không đến", by=accounts["binh"], at=AT)
    withdraw(forgotten_punch(accounts["an"], time(7, 29)).pk, by=accounts["an"], at=AT)
    assert [(data["state"], data["note"]) for data in told()] == [
        ("rejected", "có camera, không đến")
    ]
