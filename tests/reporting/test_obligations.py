"""Reports owed to authorities: their due dates, what is recorded of them, who is reminded."""

from collections.abc import Callable
from datetime import date, datetime
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from attendance.models import CalendarDay, DayKind
from backend.accounts.models import User
from backend.clock import VN
from backend.mail.models import OutgoingMail
from backend.org.models import Company
from reporting.definitions import definition
from reporting.making import draft
from reporting.models import Obligation, ObligationReminder, ObligationStep
from reporting.obligations import due
from reporting.obligations.due import DueRule, Standing, Step
from reporting.obligations.known import KNOWN, load_known
from reporting.obligations.reminding import remind
from reporting.pages.obligation_card import card
from reporting.periods import PeriodKind, period_of
from tests import make

Person = Callable[..., User]
Page = Callable[..., Client]
PDF = b"%PDF-1.7 to khai"


@pytest.mark.parametrize(
    ("frequency", "ends", "rule", "wanted"),
    [
        ("month", date(2026, 10, 31), DueRule(days=20), date(2026, 11, 20)),
        ("month", date(2027, 1, 31), DueRule(days=20), date(2027, 2, 22)),  # a Saturday moves
        ("quarter", date(2026, 9, 30), DueRule(month_end=1), date(2026, 11, 2)),  # 31/10: Saturday
        ("quarter", date(2026, 12, 31), DueRule(month_end=1), date(2027, 2, 1)),  # 31/01: Sunday
        ("year", date(2026, 12, 31), DueRule(month_end=3), date(2027, 3, 31)),
        ("half_year", date(2026, 6, 30), DueRule(days=30), date(2026, 7, 30)),
    ],
)
def test_a_day_off_moves_the_due_date_to_the_next_working_day(
    frequency: str, ends: date, rule: DueRule, wanted: date
) -> None:
    (period,) = due.periods(frequency, first=ends, last=ends)
    assert period.last == ends
    assert due.due_date(period, rule, is_worked=lambda day: day.weekday() < 5) == wanted


def test_late_is_counted_to_the_first_submission_or_to_today() -> None:
    on = date(2026, 11, 25)
    sent = [Step(Standing.SUBMITTED, date(2026, 11, 23)), Step(Standing.PREPARED)]
    assert due.days_late([], due=date(2026, 11, 20), on=on) == 5
    assert due.days_late(sent, due=date(2026, 11, 20), on=on) == 3
    assert due.days_late([], due=date(2026, 11, 25), on=on) == 0
    assert due.standing(sent) is Standing.PREPARED, "what is prepared again is open again"


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> datetime:
    """Wednesday 2026-11-18; the return of October is due on the 20th."""
    at = datetime(2026, 11, 18, 9, tzinfo=VN)
    monkeypatch.setattr("backend.clock.now", lambda: at)
    return at


@pytest.fixture
def monthly(company: Company, person: Person) -> Obligation:
    """Owed for the accounts department, whose head reads mails."""
    unit = make.department("KTTC", name="Phòng Kế toán")
    head = make.employee("NV7", "Vũ Kế Toán", department=unit)
    unit.manager = head
    unit.save()
    person("manager", username="ketoan", employee=head)
    return Obligation.objects.create(
        unit=unit, starts_on=date(2026, 10, 1), **next(e for e in KNOWN if e["due_days"] == 20)
    )


@pytest.mark.django_db
def test_a_period_is_prepared_approved_by_another_and_submitted_with_its_receipt(
    monthly: Obligation, now: datetime, person: Person, page: Page
) -> None:
    clerk, boss = page(person("sales_manager")), page(person("executive"))
    path = "/bao-cao/nghia-vu/thue-gtgt-ttdb/?ky=2026-10-31"

    def post(client: Client, **fields: Any) -> int:
        return client.post(path, fields).status_code

    assert post(clerk, kind="prepared") == 400, "with nothing"
    assert post(boss, kind="approved") == 409, "before anything is prepared"
    file = SimpleUploadedFile("to-khai.pdf", PDF, "application/pdf")
    assert post(clerk, kind="prepared", file=file) == 302
    assert post(clerk, kind="approved") == 404, "he may not"
    assert post(clerk, kind="submitted", submitted_on="2026-11-18", receipt_number="1") == 409
    assert post(boss, kind="approved") == 302
    for wrong in ({}, {"submitted_on": "2026-11-19", "receipt_number": "1"}):
        assert post(clerk, kind="submitted", **wrong) == 400
    assert ObligationStep.objects.count() == 2
    sent = {"kind": "submitted", "submitted_on": "2026-11-17", "receipt_number": "GDT-77"}
    assert post(clerk, **sent) == 302
    assert post(clerk, **sent) == 400, "a correction has a reason"
    assert post(clerk, **sent, note="Sai số tiếp nhận") == 302
    assert [step.kind for step in ObligationStep.objects.order_by("pk")] == [
        "prepared", "approved", "submitted", "submitted",
    ]  # fmt: skip

    html = clerk.get(path).content.decode()
    assert "GDT-77" in html
    first = ObligationStep.objects.earliest("pk")
    assert clerk.get(f"/bao-cao/nghia-vu/tep/{first.pk}/").content == PDF
    with pytest.raises(InternalError), transaction.atomic():
        ObligationStep.objects.update(note="x")
    assert clerk.get("/bao-cao/nghia-vu/thue-gtgt-ttdb/?ky=2026-10-30").status_code == 404
    book = clerk.get("/bao-cao/nghia-vu/?nam=2026&dang=xlsx").content
    sheet = openpyxl.load_workbook(BytesIO(book)).active
    assert sheet is not None
    told = [row for row in sheet.iter_rows(values_only=True) if row[0] == "thue-gtgt-ttdb"]
    assert [(row[2], f"{row[7]:%d/%m}", row[8], row[10]) for row in told] == [
        ("tháng 10/2026", "20/11", "đã nộp", "GDT-77"),
        ("tháng 11/2026", "21/12", "chưa lập", None),
    ]


@pytest.mark.django_db
def test_figures_of_the_period_are_made_and_attached(
    monthly: Obligation, now: datetime, person: Person, page: Page
) -> None:
    from backend.jobs import work

    manager = person("sales_manager")
    clerk, path = page(manager), "/bao-cao/nghia-vu/thue-gtgt-ttdb/"
    assert clerk.post(path + "so-lieu/?ky=2026-10-31").status_code == 302
    work.work_off(worker="test:1")
    html = clerk.get(path + "?ky=2026-10-31").content.decode()
    code = "co-quan-thang-2026-10-1"
    assert f'value="{code}"' in html
    assert clerk.post(path + "?ky=2026-10-31", {"kind": "prepared", "edition": code}).status_code
    assert ObligationStep.objects.get().edition is not None
    other = clerk.post(path + "?ky=2026-11-30", {"kind": "prepared", "edition": code})
    assert other.status_code == 400, "of another period"


@pytest.mark.django_db
def test_who_speaks_for_the_unit_is_reminded_once_before_and_once_when_it_is_late(
    monthly: Obligation, person: Person
) -> None:
    CalendarDay.objects.create(date=date(2026, 11, 20), kind=DayKind.HOLIDAY, name="Nghỉ")
    found = []
    for day in (14, 18, 19, 23, 24, 25):
        remind(at=datetime(2026, 11, day, 7, 15, tzinfo=VN))
        found.append((day, OutgoingMail.objects.count()))
    # Friday the 20th is a holiday and then comes the weekend: due on Monday the 23rd.
    assert found == [(14, 0), (18, 1), (19, 1), (23, 1), (24, 2), (25, 2)]
    assert set(OutgoingMail.objects.values_list("recipient", flat=True)) == {"ketoan@example.vn"}
    assert [each.kind for each in ObligationReminder.objects.order_by("pk")] == [
        "before",
        "overdue",
    ]
    late = OutgoingMail.objects.latest("pk")
    assert late.subject == "Quá hạn: Tờ khai thuế GTGT và thuế TTĐB tháng 10/2026"
    assert "hạn nộp 23/11/2026, quá hạn 1 ngày" in late.text


@pytest.mark.django_db
def test_overdue_reports_stand_on_the_start_page_and_in_the_briefing(
    monthly: Obligation, person: Person
) -> None:
    at = datetime(2026, 11, 24, 9, tzinfo=VN)
    shown = card(person("executive"), at)
    assert shown is not None
    assert shown.waiting == ["Tờ khai thuế GTGT và thuế TTĐB tháng 10/2026 quá hạn 4 ngày"]
    assert card(person("employee"), at) is None
    week = period_of(PeriodKind.WEEK, date(2026, 11, 18))
    report = draft(definition("weekly-briefing"), period=week, cut_off_at=at).report
    section = next(each for each in report.sections if each.code == "obligations")
    table = section.blocks[1]
    assert [row.cells[:2] + row.cells[3:4] for row in table.rows] == [  # type: ignore[union-attr]
        ("Tờ khai thuế GTGT và thuế TTĐB", "tháng 10/2026", "2026-11-20")
    ]


@pytest.mark.django_db
def test_the_register_is_kept_read_by_programs_and_asks_few_questions(
    company: Company, now: datetime, person: Person, page: Page, api: Callable[..., APIClient]
) -> None:
    make.department("KTTC")
    manager = person("sales_manager")
    client = page(manager)
    client.post("/bao-cao/nghia-vu/goi-y/", {"unit": "KTTC"})
    assert Obligation.objects.filter(is_confirmed=False).count() == len(KNOWN)
    assert load_known(unit=make.department("KD"), starts_on=date(2026, 1, 1)) == 0
    form = {
        "code": "bao-cao-rieng", "name": "Báo cáo riêng", "authority": "UBND", "legal_basis": "QĐ 1",
        "frequency": "month", "due_days": "5", "due_month_end": "2", "remind_days": "3",
        "unit": Obligation.objects.earliest("pk").unit_id, "starts_on": "2026-01-01",
    }  # fmt: skip
    assert client.post("/bao-cao/nghia-vu/moi/", form).status_code == 400, "one rule of two"
    assert client.post("/bao-cao/nghia-vu/moi/", form | {"due_month_end": ""}).status_code == 302
    Obligation.objects.update(starts_on=date(2026, 1, 1))
    with CaptureQueriesContext(connection) as asked:
        answer = api(manager).get("/api/v1/obligations/?year=2026").json()
    assert len(asked) <= 8
    mine = [each for each in answer if each["obligation"] == "thue-gtgt-ttdb"]
    assert [each["due_date"] for each in mine][-2:] == ["2026-11-20", "2026-12-21"]
    assert {each["state"] for each in answer} == {"due"}
