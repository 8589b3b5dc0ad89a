"""Fingers from one terminal to another: off by default, with consent and reason, logged, proved."""

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, connection, transaction

from attendance.models import (
    BiometricConsent,
    ConsentStep,
    PeopleTask,
    TemplateCopy,
    TemplateCopyResult,
    TerminalPerson,
)
from attendance.people import copying
from attendance.people.consent import record_consent
from attendance.people.tasks import ask, work_off_one
from scripts.simulated_terminal.faults import Faults
from scripts.simulated_terminal.log import DeviceUser, template_of
from tests import make

from .terminals import device, registered

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 6, 1, 3, 0, tzinfo=UTC)
TODAY = date(2026, 6, 1)
WHY = "Chuyển sang làm ở kho từ tháng 6"


@pytest.fixture
def switched_on(settings):
    settings.TEMPLATE_COPY = True


@pytest.fixture
def machines():
    first, second = device(0, serial="A"), device(0, serial="B")
    first.log.users = {
        "NV1": DeviceUser(1, "NV1", "Hà", fingers=(0, 6)),
        "NV2": DeviceUser(2, "NV2", "Bình", fingers=(1,)),
    }
    second.log.users = {"NV1": DeviceUser(7, "NV1", "Hà", privilege=14, card=5, fingers=(3,))}
    return first, second


@pytest.fixture
def pair(machines):
    first, second = machines
    with (
        registered(first, code="A", serial_number="A", record_layout="40") as a,
        registered(second, code="B", serial_number="B", record_layout="40") as b,
    ):
        ask(a, [], by=None, at=NOW)
        while work_off_one(now=lambda: NOW):
            pass
        yield a, b


@pytest.fixture
def worker(person):
    employee = make.employee("NV1", "Trần Thị Hà")
    consent(employee, ConsentStep.CONSENT, person("hr"), day=1)
    return employee


def consent(employee, step, by, *, day):
    record_consent(
        employee=employee, step=step, date=date(2026, 5, day), document="07/ĐY", by=by, at=NOW,
        today=TODAY,
    )  # fmt: skip


def copy(pair, worker, by, **changes):
    values = {"source": pair[0], "destination": pair[1], "reason": WHY}
    return copying.copy_fingers(employee=worker, by=by, now=lambda: NOW, **(values | changes))


def test_fingers_go_over_whole_and_nobody_elses(switched_on, machines, pair, worker, person):
    first, second = machines
    result = copy(pair, worker, person("administrator"))
    assert (result.fingers, result.proved, result.code) == (2, 2, "")
    there = second.log.users["NV1"]
    assert (there.uid, there.name, there.privilege, there.card) == (7, "Hà", 14, 5)
    assert there.fingers == (0, 3, 6)
    assert set(second.log.users) == {"NV1"}
    for finger in (0, 6):
        original = template_of(first.log, first.log.users["NV1"], finger)
        assert second.log.templates["NV1", finger] == original
    logged = TemplateCopy.objects.get()
    assert (logged.reason, logged.by.role, logged.result) == (WHY, "administrator", result)
    while work_off_one(now=lambda: NOW):  # the destination is read again
        pass
    assert TerminalPerson.objects.get(terminal=pair[1]).finger_count == 3


def test_no_template_is_in_any_table(switched_on, machines, pair, worker, person):
    copy(pair, worker, person("administrator"))
    first = machines[0]
    template = template_of(first.log, first.log.users["NV1"], 0)
    needles = (template[:16].hex(), template[:16].hex().upper())
    with connection.cursor() as cursor:
        cursor.execute("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 2200")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            text = "".join(row[0] for row in cursor.fetchall())
            assert not any(needle in text for needle in needles), table


def test_it_is_off_by_default_even_for_administrators(machines, pair, worker, person):
    with pytest.raises(copying.CopyNotAllowed):
        copy(pair, worker, person("administrator"))
    assert machines[1].commands == {}
    assert not TemplateCopy.objects.exists()


@pytest.mark.parametrize("role", ["hr", "executive", "auditor", "sales_manager"])
def test_nobody_but_an_administrator_may(switched_on, pair, worker, person, role):
    with pytest.raises(copying.CopyNotAllowed):
        copy(pair, worker, person(role, username="other"))


def test_what_must_be_right_before_any_terminal_is_touched(
    switched_on, machines, pair, worker, person
):
    by, other = person("administrator"), make.employee("NV2", "Lê Bình")
    for problem, who, changes in (
        (copying.ReasonMissing, worker, {"reason": "  vì cần  "}),
        (copying.CannotCopyThere, worker, {"destination": pair[0]}),
        (copying.NoConsent, other, {}),
        (copying.NoFingers, worker, {"source": pair[1], "destination": pair[0]}),
    ):
        with pytest.raises(problem):
            copy(pair, who, by, **changes)
    consent(worker, ConsentStep.WITHDRAWAL, by, day=2)
    with pytest.raises(copying.NoConsent):
        copy(pair, worker, by)
    assert machines[1].commands == {}
    assert not TemplateCopy.objects.exists()


def test_a_terminal_that_lies_and_others_that_cannot_are_logged(
    switched_on, machines, pair, worker, person
):
    second, by = machines[1], person("administrator")
    second.faults = Faults(keeps_users=True)
    with pytest.raises(copying.NotProved):
        copy(pair, worker, by)
    second.faults, second.finger_version = Faults(), "9"
    with pytest.raises(copying.OtherAlgorithm):
        copy(pair, worker, by)
    second.log.users.clear()
    second.log.users["1"] = DeviceUser(1, "1", "Ai đó")
    with pytest.raises(copying.NotThere):
        copy(pair, worker, by)
    told = TemplateCopyResult.objects.order_by("pk").values_list("code", "fingers", "proved")
    assert list(told) == [
        ("template_copy_not_proved", 2, 0), ("other_algorithm", 0, 0), ("not_there", 0, 0),
    ]  # fmt: skip
    for terminal in pair:
        terminal.refresh_from_db()
        assert (terminal.claimed_by, terminal.lease_until) == ("", None)


def test_the_log_of_copies_cannot_be_changed(switched_on, pair, worker, person):
    copy(pair, worker, person("administrator"))
    for rows in (TemplateCopyResult.objects, TemplateCopy.objects, BiometricConsent.objects):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.all().delete()


def test_the_page_copies_and_shows_what_was_done(switched_on, pair, worker, page):
    client, address = page("administrator"), "/cham-cong/may/A/chep-van-tay/"
    assert address in client.get("/cham-cong/may/A/nguoi-dung/").content.decode()
    form = {"nv": "NV1", "toi": "B", "ly_do": WHY}
    assert client.post(address, form | {"ly_do": "x"}).status_code == 400
    assert client.post(address, form | {"toi": "?"}).status_code == 400
    shown = client.post(address, form, follow=True).content.decode()
    assert "2 vân tay, đã đọc lại" in shown
    assert WHY in shown
    assert PeopleTask.objects.filter(terminal=pair[1]).exists()


def test_the_page_is_closed_while_it_is_off(pair, page):
    client = page("administrator")
    assert client.get("/cham-cong/may/A/chep-van-tay/").status_code == 403
    assert "chep-van-tay" not in client.get("/cham-cong/may/A/nguoi-dung/").content.decode()
