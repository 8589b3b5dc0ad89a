"""The start page of somebody who punches: their own month at a glance."""

from datetime import UTC, date, datetime

import pytest
import time_machine

from attendance.models import TimesheetRow
from tests import make

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _clock():
    with time_machine.travel(AT, tick=False):
        yield


def figures(client):
    return client.get("/").context["cards"]


def test_an_employee_sees_the_month_so_far(page, person):
    an = make.employee("7", "Nguyễn Văn An")
    TimesheetRow.objects.create(
        employee=an, work_date=date(2026, 11, 2), status="present", worked=473, regular=473,
        late=7, weighted=0, exceptions=["missing_out"], computed_at=AT,
    )  # fmt: skip
    [card] = figures(page(person("employee", employee=an)))
    assert card.title == "Công của tôi tháng 11/2026"
    assert card.url == "/cham-cong/cua-toi/"
    assert dict(card.lines) == {
        "Giờ công": "7:53",
        "Muộn (phút)": "7",
        "Ngày có câu hỏi": "1",
        "Phép năm còn (ngày)": "13",
    }


def test_an_account_of_nobody_has_no_month(page):
    assert figures(page("employee")) == []
