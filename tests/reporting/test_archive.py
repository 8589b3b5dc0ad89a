"""The archive: found by words without accents, kept by terms, told to programs."""

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.jobs import queue, work
from backend.org.models import Company
from reporting.finding import Sought, find
from reporting.models import Edition, RetentionRun
from reporting.retention import keep_rule, outlived
from reporting.setup import ensure_weekly_briefing

pytestmark = pytest.mark.django_db


@pytest.fixture
def boss(company: Company, person: Callable[..., User]) -> User:
    boss = person("executive", username="boss")
    now = queue.database_now()
    ensure_weekly_briefing([boss], first_due_at=now, at=now)
    work.work_off(worker="test:1")
    return boss


def test_edition_is_found_by_its_content_without_accents(boss: User) -> None:
    found = [
        Sought(words="cong ty xo so THU nghiem"),
        Sought(words="Thử Nghiệm"),
        Sought(words="giao-ban-tuan"),
        Sought(words="nghiệm, xo-so: cong"),
        Sought(words="nghi so"),
        Sought(report="weekly-briefing"),
    ]
    other = [
        Sought(words="khong co dauu"),
        Sought(words="nghiem & !xoso | 'a"),
        Sought(report="other"),
        Sought(year=1999),
    ]
    assert [one for one in [*found, *other] if find(Edition.objects.all(), one).exists()] == found


def test_nothing_found_is_not_called_an_empty_archive(
    boss: User, page: Callable[..., Client]
) -> None:
    shown = page(boss).get("/bao-cao/?q=khongco").content.decode()
    assert "Không có bản nào khớp" in shown
    assert "Bản đầu tiên được lập" not in shown


def test_review_names_what_outlived_its_term_and_deletes_nothing(
    boss: User, page: Callable[..., Client]
) -> None:
    edition = Edition.objects.get()
    year = edition.period_last_date.year
    assert outlived(on=date(year + 50, 1, 1)) == [], "no term: for ever"
    client = page(boss)
    wrong = client.post("/bao-cao/luu-tru/", {"report": "weekly-briefing", "years": "0"})
    assert wrong.status_code == 400
    client.post(
        "/bao-cao/luu-tru/", {"report": "weekly-briefing", "years": "10", "basis": "Bảng thời hạn"}
    )
    assert outlived(on=date(year + 10, 12, 31)) == []
    assert outlived(on=date(year + 11, 1, 1)) == [edition.code]
    client.post("/bao-cao/luu-tru/ra-soat/")
    run = RetentionRun.objects.get()
    assert (run.by, run.editions, run.rules[0]["years"]) == (boss, [], 10)
    keep_rule(report="weekly-briefing", years=None, basis="vĩnh viễn")
    assert outlived(on=date(year + 50, 1, 1)) == []
    assert Edition.objects.count() == 1


def test_programs_read_schedules_and_the_proof_of_delivery(
    boss: User, api: Callable[..., APIClient]
) -> None:
    queue.materialise(at=datetime.now(UTC))
    client = api(boss)
    (kept,) = client.get("/api/v1/report-schedules/").json()
    assert kept["words"] == "Mỗi thứ Hai 07:30, lễ thì dời sang ngày làm việc kế tiếp"
    assert len(kept["next_runs"]) == 5
    (copy,) = client.get(f"/api/v1/editions/{Edition.objects.get().code}/deliveries/").json()
    assert (copy["recipient"], copy["state"], copy["attempts"]) == ("boss", "due", 0)
