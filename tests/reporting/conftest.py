"""A small company with a mail server."""

from datetime import UTC, datetime, time

import pytest

from attendance.roster.holidays import load_calendar
from backend.clock import VN
from backend.org.models import Company
from reporting.briefings.planning import Guests, keep_series
from reporting.models import BriefingSeries
from tests import make

#: Monday 2026-11-23, 07:30 in Vietnam.
MONDAY = datetime(2026, 11, 23, 0, 30, tzinfo=UTC)


@pytest.fixture
def company(db: None) -> Company:
    return Company.objects.create(
        name="Công ty Xổ số Thử Nghiệm", short_name="XSKT TN", owner_name="UBND tỉnh Thử Nghiệm"
    )


#: Thursday; the next Monday is the 30th.
NOW = datetime(2026, 11, 26, 9, tzinfo=VN)


@pytest.fixture
def people(person, company):
    """Chair, secretary, the head of KD, a stranger of TCHC, all with addresses."""
    load_calendar()
    kd, tchc = make.department("KD", name="Phòng Kinh doanh"), make.department("TCHC")
    head = make.employee("NV4", "Trần Thị Bình", department=kd)
    other = make.employee("NV5", "Lê Văn Cường", department=tchc)
    kd.manager = head
    kd.save()
    return {
        "chair": person("executive", username="chair", full_name="Phạm Giám Đốc"),
        "secretary": person("hr", username="secretary", full_name="Ngô Thư Ký"),
        "kd": person("manager", username="kd", full_name="Trần Thị Bình", employee=head),
        "tchc": person("employee", username="tchc", full_name="Lê Văn Cường", employee=other),
    }


@pytest.fixture
def series(people):
    values = {
        "name": "Giao ban tuần", "starts": time(8), "chair": people["chair"],
        "secretary": people["secretary"], "place": "Phòng họp tầng 2",
        "join_url": "https://meet.example.vn/giao-ban",
    }  # fmt: skip
    guests = Guests(units=[make.department("KD")])
    return keep_series(BriefingSeries(), values, guests, by=people["chair"], at=NOW)


@pytest.fixture
def briefing(series, time_machine_at):
    time_machine_at(NOW)
    return series.briefings.order_by("starts_at").first()


@pytest.fixture
def time_machine_at(monkeypatch):
    def move(moment):
        monkeypatch.setattr("backend.clock.now", lambda: moment)

    return move
