"""The company's own rules of working time: laid down by HR, from a month on."""

from datetime import date, datetime

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from attendance.models import InOutMode, TimesheetRow, WorkingRules
from attendance.reasons import ReasonMissing
from attendance.roster.overtime import approve_overtime
from attendance.timesheet.rules import NotAMonth, lay_down, rules_of, saturdays_worked
from backend.clock import VN
from tests import make

pytestmark = pytest.mark.django_db
MONDAY = "2026-11-02"
AT = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
PAGE = "/cham-cong/quy-tac/"


@pytest.fixture
def hr(person):
    return person("hr")


@pytest.fixture
def an():
    employee = make.employee("7")
    make.roster(employee, MONDAY)
    return employee


def recomputed():
    make.timesheets(AT)
    return TimesheetRow.objects.get(work_date=MONDAY)


def rules(month="2026-11-01", **values):
    return WorkingRules(from_month=date.fromisoformat(month), **values)


def test_grace_changes_the_days_of_its_months_only(an, hr):
    make.roster(an, "2026-10-30")
    make.punches("7", "2026-10-30 07:35", "2026-10-30 17:00", f"{MONDAY} 07:35", f"{MONDAY} 17:00")
    assert recomputed().late == 5
    lay_down(rules(late_grace=5), reason="Nội quy 12/2026", by=hr, at=AT)
    assert recomputed().late == 0
    assert TimesheetRow.objects.get(work_date="2026-10-30").late == 5


def test_the_newest_rules_of_the_latest_month_count(hr):
    for month, grace in (("2026-11-01", 5), ("2026-09-01", 3), ("2026-11-01", 10)):
        lay_down(rules(month, late_grace=grace), reason="Thay đổi nội quy", by=hr, at=AT)
    assert [
        rules_of(date.fromisoformat(day)).late_grace
        for day in ("2026-08-31", "2026-09-01", "2026-10-31", "2026-11-15")
    ] == [0, 3, 3, 10]


@pytest.mark.parametrize(
    ("mode", "worked"),
    [
        (InOutMode.AUTOMATIC, 480),
        (InOutMode.ALTERNATING, 480),
        (InOutMode.DEVICE_CODE, 0),  # both pressed "in"
        (InOutMode.TERMINAL_DIRECTION, 480),
    ],
)
def test_how_punches_are_read_is_chosen_by_name(an, hr, mode, worked):
    make.terminal("VAO", direction="in")
    make.terminal("RA", direction="out")
    make.punches("7", f"{MONDAY} 07:30", terminal_code="VAO")
    make.punches("7", f"{MONDAY} 17:00", terminal_code="RA")
    lay_down(rules(in_out_mode=mode), reason="Theo phần mềm cũ", by=hr, at=AT)
    assert recomputed().worked == worked


def test_the_keys_of_a_terminal(an, hr):
    make.punches("7", f"{MONDAY} 07:30", state=0)
    make.punches("7", f"{MONDAY} 17:00", state=1)
    lay_down(rules(in_out_mode="device_code"), reason="Theo phím trên máy", by=hr, at=AT)
    assert recomputed().worked == 480


def test_rules_need_a_month_a_reason_and_sane_values(hr):
    with pytest.raises(NotAMonth):
        lay_down(rules("2026-11-02"), reason="Thay đổi nội quy", by=hr, at=AT)
    with pytest.raises(ReasonMissing):
        lay_down(rules(), reason=" ", by=hr, at=AT)
    with pytest.raises(ValidationError, match="240"):
        lay_down(rules(late_grace=241), reason="Thay đổi nội quy", by=hr, at=AT)
    assert not WorkingRules.objects.exists()


def test_rules_are_never_changed(hr):
    laid = lay_down(rules(), reason="Thay đổi nội quy", by=hr, at=AT)
    with pytest.raises(DatabaseError), transaction.atomic():
        WorkingRules.objects.filter(pk=laid.pk).update(late_grace=9)


def form(**values):
    blank = rules()
    fields = [f.name for f in WorkingRules._meta.fields if f.name not in ("id", "by", "at")]
    sent = {name: getattr(blank, name) for name in fields}
    sent = {name: value for name, value in sent.items() if value is not False}
    return sent | {"thang": "2026-12", "ly_do": "Nội quy mới"} | values


def test_hr_lays_rules_down_on_the_page(page):
    hr = page("hr")
    assert hr.post(PAGE, form(late_grace=7), follow=True).status_code == 200
    assert rules_of(date(2026, 12, 1)).late_grace == 7
    body = hr.get(PAGE).content.decode()
    assert "12/2026" in body
    assert "Nội quy mới" in body
    assert "0 → 7" in body


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"late_grace": "abc"}, "Cho phép đi muộn"),
        ({"ot_block": "0"}, "Làm thêm tròn xuống"),
        ({"thang": "thang 12"}, "Áp dụng từ tháng"),
        ({"ly_do": ""}, "lý do"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_saved(page, values, said):
    answer = page("hr").post(PAGE, form(**values))
    assert answer.status_code == 400
    assert said.lower() in answer.content.decode().lower()
    assert not WorkingRules.objects.exists()


def test_who_only_looks_may_not_lay_down(page):
    auditor = page("auditor")
    assert auditor.get(PAGE).status_code == 200
    assert auditor.post(PAGE, form()).status_code == 403


def test_where_saturdays_are_worked_they_are_days_like_friday(an, hr, page):
    """The roster decides what is worked; the rule what a Saturday is: late work, absence, colour."""
    saturday, off = "2026-11-07", "2026-11-14"
    make.roster(an, saturday)
    start, end = (
        datetime.fromisoformat(f"{saturday}T{time}:00+07:00") for time in ("17:00", "19:00")
    )
    approve_overtime(employee=an, start=start, end=end, reason="Quyết toán", by=hr, at=AT)
    make.punches("7", f"{saturday} 07:30", f"{saturday} 19:00", f"{off} 08:00", f"{off} 11:00")

    def told():
        recomputed()
        on, rest = (TimesheetRow.objects.get(work_date=day) for day in (saturday, off))
        classes = on.regular, on.ot_weekday_day, on.ot_restday_day
        return classes, rest.status, rest.exceptions

    assert told() == ((480, 0, 120), "rest", ["unapproved_work"])
    lay_down(rules(works_saturdays=True), reason="Nội quy 12/2026", by=hr, at=AT)
    assert told() == ((480, 120, 0), "no_shift", ["no_shift"])
    assert saturdays_worked(date(2026, 10, 28), date(2026, 12, 2)) == {
        date(2026, 11, 1), date(2026, 12, 1),
    }  # fmt: skip
    shown = page(hr).get("/cham-cong/lich/nhap/?nam=2027").content.decode()
    assert '<option value="lam" selected>' in shown
