"""What a person sees of reports, and what not."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from docx import Document
from pypdf import PdfReader
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.jobs import queue, work
from backend.jobs.models import Run
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from backend.org.models import Company, Region
from reporting.asking import HANDLER
from reporting.definitions import reports_for
from reporting.models import Edition, EditionFile, ReportSchedule
from reporting.pages.card import card
from reporting.periods import week_before
from reporting.recipients import BadAddressList, add_list, add_recipient, recipients_of
from reporting.setup import ensure_weekly_briefing
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
Person = Callable[..., User]
Page = Callable[..., Client]
#: Where a new edition of the weekly briefing is asked for.
NEW = "/bao-cao/danh-muc/weekly-briefing/lap/"


@pytest.fixture
def boss(company: Company, person: Person) -> User:
    """An executive who got the first edition."""
    user = person("executive")
    now = queue.database_now()
    ensure_weekly_briefing([user], first_due_at=now, at=now)
    make()
    return user


def make() -> None:
    queue.materialise(at=queue.database_now())
    work.work_off(worker="test:1")


def test_list_shows_editions_deliveries_and_the_next_five_runs(
    boss: User, page: Page, mailbox: Mailbox
) -> None:
    outbox.send_due(worker="test:1")
    html = page(boss).get("/bao-cao/").content.decode()
    edition = Edition.objects.get()
    assert f"/bao-cao/{edition.code}/" in html
    assert "1/1" in html
    assert html.count("07:30") >= 5
    assert "Asia/Ho_Chi_Minh" in html


def test_edition_page_shows_the_frozen_report_and_its_readers(boss: User, page: Page) -> None:
    edition = Edition.objects.get()
    response = page(boss).get(f"/bao-cao/{edition.code}/")
    html = response.content.decode()
    assert 'class="edition"' in html
    assert edition.sha256 in html
    assert "executive@example.vn" in html
    assert "chờ gửi" in html
    assert "style=" not in html.replace('name="style', ""), "strict CSP: no inline styles"
    assert "<style" not in html


def test_who_reads_english_gets_the_frozen_edition_in_english(boss: User, page: Page) -> None:
    edition, client = Edition.objects.get(), page(boss)
    client.post("/ngon-ngu/", {"language": "en"})
    html = client.get(f"/bao-cao/{edition.code}/").content.decode()
    assert '<article class="edition" lang="en">' in html
    assert "Nothing to report" in html
    original = client.get(f"/bao-cao/{edition.code}/?ngon_ngu=vi").content.decode()
    assert '<article class="edition" lang="vi">' in original
    assert "tep.pdf?ngon_ngu=en" in html
    one, two = (client.get(f"/bao-cao/{edition.code}/tep.pdf?ngon_ngu=en") for _ in range(2))
    assert one.content == two.content
    assert one["Content-Disposition"] == f'attachment; filename="{edition.code}-en.pdf"'
    assert "Weekly briefing" in PdfReader(BytesIO(one.content)).pages[0].extract_text()
    word = client.get(f"/bao-cao/{edition.code}/tep.docx?ngon_ngu=en").content
    told = [each.text for each in Document(BytesIO(word)).paragraphs]
    assert any(each.startswith("WEEKLY BRIEFING") for each in told)
    assert any(each.startswith("Nothing to report (") for each in told)


def test_two_editions_are_compared_number_by_number(boss: User, page: Page) -> None:
    _first, last = week_before(queue.database_now())
    client = page(boss)
    code = Edition.objects.get().code
    assert client.get(f"/bao-cao/{code}/so-sanh/").status_code == 404, "there is only one"
    client.post(NEW, {"ngay": last.isoformat()})
    make()
    assert "So với bản khác" in client.get(f"/bao-cao/{code}/").content.decode()
    shown = client.get(f"/bao-cao/{code}/so-sanh/").content.decode()
    assert "Số liệu giống hệt bản số 1." in shown
    assert client.get(f"/bao-cao/{code}/so-sanh/?voi=khac").status_code == 404
    client.post("/ngon-ngu/", {"language": "en"})
    shown = client.get(f"/bao-cao/{code}/so-sanh/").content.decode()
    assert "The figures are those of edition 1." in shown


def test_edition_of_the_first_format_still_opens(boss: User, page: Page) -> None:
    """Its snapshot had a form of its own; its stored page, files and gaps are shown as they are."""
    new = Edition.objects.get()
    heading = {"report": "weekly-briefing", "code": "alt-1", "number": 1}
    failures = [{"section": "bán vé", "reason": "DataError."}]
    old = Edition.objects.create(
        code="giao-ban-tuan-2026-w01-1",
        report="weekly-briefing",
        period_first_date=date(2025, 12, 29),
        period_last_date=date(2026, 1, 4),
        number=1,
        cut_off_at=queue.database_now(),
        snapshot=json.dumps(
            {
                "heading": heading, "sales": None, "attendance": None,
                "completeness": {"expected": 0, "reported": 0, "missing_share_bps": 0,
                                 "agents": [], "terminals": [], "failures": failures},
            }
        ),
        sha256="0" * 64,
        is_complete=False,
        program_version="0.1.0",
        template_version="1",
    )  # fmt: skip
    stored = new.files.get(kind="html").stored
    EditionFile.objects.create(edition=old, kind="html", name="x.html", stored=stored)
    shown = page(boss).get(f"/bao-cao/{old.code}/")
    assert 'class="edition"' in shown.content.decode()
    card_ = card(boss, queue.database_now())
    assert card_ is not None
    assert "Bản mới nhất thiếu phần bán vé" in card_.missing
    assert dict(card_.lines)["Bản mới nhất"] == "Báo cáo giao ban tuần 1, bản số 1", (
        "of which report"
    )


@pytest.mark.parametrize(
    ("kind", "start"), [("pdf", b"%PDF-"), ("xlsx", b"PK\x03\x04"), ("docx", b"PK\x03\x04")]
)
def test_files_come_exactly_as_made(boss: User, page: Page, kind: str, start: bytes) -> None:
    edition = Edition.objects.get()
    response = page(boss).get(f"/bao-cao/{edition.code}/tep.{kind}")
    assert response.content.startswith(start)
    assert response.content == bytes(edition.files.get(kind=kind).stored.content)  # type: ignore[union-attr]
    assert f"{edition.code}.{kind}" in response["Content-Disposition"]


@pytest.mark.parametrize("kind", ["html", "exe", "PDF"])
def test_other_files_do_not_exist(boss: User, page: Page, kind: str) -> None:
    edition = Edition.objects.get()
    assert page(boss).get(f"/bao-cao/{edition.code}/tep.{kind}").status_code == 404


def test_new_edition_is_made_by_the_scheduler_not_the_request(boss: User, page: Page) -> None:
    _first, last = week_before(queue.database_now())
    client = page(boss)
    sent = {"ngay": last.isoformat()}
    response = client.post(NEW, sent, follow=True)
    assert "Đang lập bản mới" in response.content.decode()
    assert Edition.objects.count() == 1
    response = client.post(NEW, sent, follow=True)
    assert "Bản mới đang được lập" in response.content.decode()

    make()
    assert [e.number for e in Edition.objects.order_by("number")] == [1, 2]
    assert Edition.objects.get(number=2).made_by == boss


@pytest.mark.parametrize(
    "sent", [{}, {"ngay": "x"}, {"ngay": "2099-01-01"}, {"ngay": "31/11/2026"}]
)
def test_nonsense_period_is_refused(boss: User, page: Page, sent: dict[str, str]) -> None:
    before = Run.objects.count()
    html = page(boss).post(NEW, sent, follow=True).content.decode()
    assert "Hãy chọn" in html
    assert Run.objects.count() == before


@pytest.mark.parametrize(
    ("role", "sees", "makes"),
    [
        ("executive", 200, 302),
        ("auditor", 200, 403),
        ("hr", 200, 403),
        ("sales_manager", 200, 403),
        ("administrator", 403, 403),
    ],
)
def test_roles(company: Company, page: Page, role: str, sees: int, makes: int) -> None:
    client = page(role)
    assert client.get("/bao-cao/").status_code == sees
    sent = {"ngay": "2026-11-22"}
    assert client.post(NEW, sent).status_code == makes


def test_each_reads_the_reports_of_his_work_and_nobody_the_readers(
    boss: User, person: Person, page: Page
) -> None:
    now = queue.database_now()
    queue.enqueue(handler=HANDLER, payload={"report": "terminal-health"}, due_at=now)
    make()
    health = Edition.objects.get(report="terminal-health")
    weekly = Edition.objects.get(report="weekly-briefing")
    hr, sales = page(person("hr")), page(person("sales_manager"))
    listed = hr.get("/bao-cao/").content.decode()
    assert health.code in listed
    assert weekly.code not in listed
    assert "Lịch lập báo cáo</a>" not in listed
    read = hr.get(f"/bao-cao/{health.code}/").content.decode()
    assert health.title in read
    assert "Đã gửi cho ai" not in read
    assert health.code not in sales.get("/bao-cao/").content.decode()
    for client, edition in ((hr, weekly), (sales, weekly), (sales, health)):
        assert client.get(f"/bao-cao/{edition.code}/").status_code == 404
        assert client.get(f"/bao-cao/{edition.code}/tep.xlsx").status_code == 404
        assert client.get("/bao-cao/lich/").status_code == 403


def test_a_report_goes_to_none_who_may_not_read_it(company: Company, person: Person) -> None:
    executive, manager = person("executive"), person("sales_manager")
    ensure_weekly_briefing([executive], first_due_at=None, at=queue.database_now())
    schedule = ReportSchedule.objects.get()
    with pytest.raises(BadAddressList, match="không được xem báo cáo"):
        add_list(schedule, text=f"{executive.username}\n{manager.username}")
    add_recipient(schedule, to=manager)  # as if he had been allowed to when he was entered
    assert [each.user for each in recipients_of(schedule)] == [executive]


def test_region_sees_only_its_own_editions(boss: User, person: Person, page: Page) -> None:
    region = Region.objects.create(
        code="22001", name="Phường Thử", level="ward", valid_from=date(2025, 7, 1)
    )
    regional = page(person("executive", username="regional", region=region))
    edition = Edition.objects.get()
    assert edition.code not in regional.get("/bao-cao/").content.decode()
    for address in (f"/bao-cao/{edition.code}/", f"/bao-cao/{edition.code}/tep.pdf"):
        assert regional.get(address).status_code == 404


def test_failed_and_late_work_is_told(boss: User, page: Page, company: Company) -> None:
    now = queue.database_now()
    OutgoingMail.objects.update(due_at=now - timedelta(hours=1), last_error="server away")
    Run.objects.create(
        handler="report.weekly_briefing", due_at=now, runnable_at=now, state="failed", error="E1"
    )
    client = page(boss)
    listed = client.get("/bao-cao/").content.decode()
    assert "Không lập được Báo cáo giao ban tuần " in listed
    assert "E1" in listed
    assert "muộn" in client.get(f"/bao-cao/{Edition.objects.get().code}/").content.decode()
    shown = card(boss, queue.database_now())
    assert shown is not None
    assert "1 thư gửi muộn" in shown.waiting
    assert any("Không lập được" in text for text in shown.waiting)


def test_home_card(boss: User, person: Person) -> None:
    shown = card(boss, queue.database_now())
    assert shown is not None
    assert dict(shown.lines)["Thư đã gửi"] == "0/1"
    assert "07:30" in dict(shown.lines)["Lần lập tới"]
    assert shown.as_of == Edition.objects.get().cut_off_at
    hr = card(person("hr"), queue.database_now())
    assert hr is not None
    assert (dict(hr.lines), hr.missing + hr.waiting) == ({"Bản mới nhất": "chưa có"}, [])
    assert card(person("employee"), queue.database_now()) is None


def test_api_lists_editions_and_gives_the_frozen_figures(
    boss: User, api: Callable[..., APIClient], person: Person
) -> None:
    client = api(boss)
    listed: dict[str, Any] = client.get("/api/v1/editions/").json()
    edition = Edition.objects.get()
    (row,) = listed["results"]
    assert (row["code"], row["sha256"], row["region"]) == (edition.code, edition.sha256, None)
    assert listed["next"] is None
    detail = client.get(f"/api/v1/editions/{edition.code}/").json()
    assert detail["figures"] == edition.data
    assert api(person("hr")).get("/api/v1/editions/").json()["results"] == []
    assert api(person("employee")).get("/api/v1/editions/").status_code == 403


def test_catalogue_lists_reports_and_makes_one(boss: User, page: Page) -> None:
    client = page(boss)
    html = client.get("/bao-cao/danh-muc/").content.decode()
    assert html.count("/lap/") == len(reports_for(boss))
    assert Edition.objects.get().title in html
    asked = {"ngay": "2026-02-17"}
    client.post("/bao-cao/danh-muc/monthly-report/lap/", asked)
    made = Run.objects.latest("pk").payload
    assert (made["report"], made["first_date"], made["last_date"], made["send"]) == (
        "monthly-report", "2026-02-01", "2026-02-28", False,
    )  # fmt: skip
    runs = Run.objects.count()
    for day in ("", "2126-02-17"):
        response = client.post("/bao-cao/danh-muc/debts/lap/", {"ngay": day}, follow=True)
        assert "Hãy chọn" in response.content.decode()
    assert client.post("/bao-cao/danh-muc/nothing/lap/", asked).status_code == 404
    assert Run.objects.count() == runs
