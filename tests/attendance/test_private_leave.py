"""Paid private leave (việc riêng): Labour Code 45/2019 art. 115, symbol VR, its event and its limit."""

from datetime import date

import pytest
from django.db import IntegrityError

from attendance.leave.leaves import EventMissing, grant_leave, revoke_leave
from attendance.models import Leave, LeaveRevocation, Request, TimesheetRow
from backend.clock import now
from tests import make
from tests.pages import text

NEW, LEAVE = "/cham-cong/cua-toi/don-moi/", "/cham-cong/nghi-phep/"


@pytest.fixture
def an(db):
    someone = make.employee("7", "Trần An")
    make.roster(someone, *(f"2025-11-{day:02}" for day in range(3, 8)))
    return someone


@pytest.fixture
def hr(page, person):
    return page(person("hr"))


def entry(last="2025-11-05", **values):
    form = {"nv": "7", "ma": "VR", "viec": "marriage", "ngay": "2025-11-03", "den": last}
    return form | {"ly_do": "Cưới vợ"} | values


def test_three_days_for_a_wedding_are_paid_and_shown(hr, an, person):
    shown = text(hr.post(LEAVE, entry(), follow=True))
    assert ("Đã ghi" in shown, "Luật cho nghỉ" in shown) == (True, False)
    make.timesheets()
    row = TimesheetRow.objects.get(work_date="2025-11-03")
    assert (row.symbol, row.leave, row.leave_code) == ("VR", 480, "VR")
    revoke_leave(Leave.objects.all()[0], reason="Hoãn cưới", by=person("administrator"), at=now())
    assert LeaveRevocation.objects.get().event == "marriage"


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({"last": "2025-11-06"}, "3 ngày (kết hôn); đây là 4 ngày."),
        ({"last": "2025-11-04", "viec": "child_marriage"}, "1 ngày (con kết hôn); đây là 2 ngày."),
        ({"last": "2025-11-07", "viec": "death"}, "hoặc con mất); đây là 5 ngày."),
        ({"last": "2025-11-07", "viec": "other"}, ""),
        ({"last": "2025-11-07", "phan": "am"}, ""),
    ],
)
def test_more_days_than_the_law_gives_are_told_and_granted(hr, an, values, told):
    shown = text(hr.post(LEAVE, entry(**values), follow=True))
    assert (told in shown, "Luật cho nghỉ" in shown) == (True, bool(told))
    assert Leave.objects.exists()


@pytest.mark.parametrize("event", ["", "birthday"])
def test_private_leave_without_its_event_is_refused(hr, an, event, page, person):
    assert "phải chọn việc" in text(hr.post(LEAVE, entry(viec=event)), 400)
    form = entry(viec=event) | {"loai": "leave"}
    client = page(person("employee", employee=an))
    assert "phải chọn việc" in text(client.post(NEW, form), 400)
    assert (Leave.objects.count(), Request.objects.count()) == (0, 0)


def test_an_employee_asks_and_the_event_comes_with_the_leave(hr, an, page, person):
    client = page(person("employee", employee=an))
    answer = client.post(NEW, entry(last="2025-11-06") | {"loai": "leave"})
    shown = text(client.get(answer["Location"]))
    assert "đây là 4 ngày" in shown
    assert "Việc riêng: kết hôn (luật cho 3 ngày)" in shown
    asked = Request.objects.get()
    hr.post(f"/cham-cong/don/{asked.pk}/quyet-dinh/", {"y": "duyet"})
    assert set(Leave.objects.values_list("code", "event")) == {("VR", "marriage")}


def test_other_leave_has_no_event(an, person):
    grant_leave(
        employee=an, first=date(2025, 11, 3), last=date(2025, 11, 3), code="P", event="marriage",
        reason="Việc gia đình", by=person("hr"), at=now(),
    )  # fmt: skip
    assert Leave.objects.get().event == ""
    with pytest.raises(EventMissing):
        grant_leave(
            employee=an, first=date(2025, 11, 4), last=date(2025, 11, 4), code="VR",
            reason="Việc gia đình", by=person("administrator"), at=now(),
        )  # fmt: skip
    with pytest.raises(IntegrityError):
        Leave.objects.update(code="VR")
