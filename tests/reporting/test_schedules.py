"""A person sets a schedule up on the page, and it makes and sends its report."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from attendance.models import CalendarDay
from backend import clock
from backend.accounts.models import User
from backend.jobs import queue, work
from backend.jobs.models import Run, Schedule
from backend.mail import outbox
from backend.org.models import Company, Region
from reporting.asking import HANDLER
from reporting.models import Edition, Recipient, ReportSchedule
from reporting.setup import ensure_weekly_briefing
from tests import make
from tests.mailbox import Mailbox

pytestmark = pytest.mark.django_db
Person = Callable[..., User]


@pytest.fixture
def boss(company: Company, person: Person) -> User:
    return person("executive", username="boss")


def asked(boss: User, **fields: Any) -> dict[str, Any]:
    """The form as a person fills it in."""
    return {
        "name": "Doanh thu sáng thứ Hai",
        "report": "weekly-briefing",
        "every": "week",
        "weekdays": ["0"],
        "at": "07:30",
        "on_holiday": "next",
        "catch_up": "latest",
        "owner": boss.pk,
    } | fields


def process() -> None:
    queue.materialise(at=queue.database_now())
    work.work_off(worker="test:1")
    outbox.send_due(worker="test:1")


class TestForm:
    def test_schedule_is_previewed_then_kept_and_says_itself(
        self, boss: User, page: Callable[..., Client]
    ) -> None:
        client = page(boss)
        words = "Mỗi thứ Hai 07:30, lễ thì dời sang ngày làm việc kế tiếp"
        seen = client.post("/bao-cao/lich/moi/", asked(boss, xem="1")).content.decode()
        assert words in seen
        assert seen.count("07:30 ") >= 5
        assert "Asia/Ho_Chi_Minh" in seen
        assert Schedule.objects.count() == 0

        answer = client.post("/bao-cao/lich/moi/", asked(boss))
        assert answer["Location"] == "/bao-cao/lich/doanh-thu-sang-thu-hai/"
        kept = ReportSchedule.objects.get()
        assert (kept.owner, kept.report) == (boss, "weekly-briefing")
        assert Run.objects.filter(schedule=kept.schedule).count() == 5
        assert words in client.get(answer["Location"]).content.decode()

        changed = asked(boss, every="last_working_day", at="16:00")
        client.post(answer["Location"] + "sua/", changed)
        html = client.get("/bao-cao/lich/").content.decode()
        assert "Ngày làm việc cuối cùng của tháng, 16:00" in html
        assert Schedule.objects.get().rule["every"] == "last_working_day"

    def test_year_whose_holidays_are_not_known_yet_is_named_beside_its_runs(
        self, boss: User, page: Callable[..., Client]
    ) -> None:
        """Else 01/01 would look like a day that is worked."""
        client, path = page(boss), "/bao-cao/lich/moi/"
        yearly = asked(boss, every="month", number="1", xem="1")
        year = clock.today().year + 1
        for known in (clock.today(), date(year, 1, 1)):
            warned = f"Lịch nghỉ lễ năm {year} chưa có ngày nào"
            assert warned in client.post(path, yearly | {"every": "year"}).content.decode()
            assert warned not in client.post(path, yearly | {"on_holiday": "run"}).content.decode()
            CalendarDay.objects.create(date=known, kind="holiday", name="Lễ")
        assert warned not in client.post(path, yearly).content.decode()

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"weekdays": []}, "Chọn ít nhất một thứ trong tuần."),
            ({"at": "25:99"}, "giờ"),
            ({"every": "hour"}, "hour"),
            ({"report": "no-such"}, "no-such"),
            ({"every": "draw", "minutes": "500"}, "300"),
        ],
    )
    def test_wrong_part_is_said_and_nothing_is_kept(
        self, boss: User, page: Callable[..., Client], fields: dict[str, Any], said: str
    ) -> None:
        answer = page(boss).post("/bao-cao/lich/moi/", asked(boss, **fields))
        assert answer.status_code == 400
        assert said in answer.content.decode()
        assert Schedule.objects.count() == 0

    def test_pause_makes_nothing_and_resuming_makes_up_for_nothing(
        self, boss: User, page: Callable[..., Client]
    ) -> None:
        client = page(boss)
        client.post("/bao-cao/lich/moi/", asked(boss, every="day", catch_up="all"))
        schedule = Schedule.objects.get()
        queue.materialise(at=queue.database_now())
        client.post(f"/bao-cao/lich/{schedule.code}/bat-tat/")
        assert Run.objects.count() == 0
        assert queue.materialise(at=queue.database_now() + timedelta(days=9)) == 0
        client.post(f"/bao-cao/lich/{schedule.code}/bat-tat/")
        assert list(Run.objects.values_list("state", flat=True)) == ["due"] * 5

    def test_people_of_one_region_and_without_the_right_find_no_schedules(
        self, boss: User, person: Person, page: Callable[..., Client]
    ) -> None:
        client = page(boss)
        client.post("/bao-cao/lich/moi/", asked(boss))
        planned = Run.objects.count()
        reader = page(person("auditor"))
        assert reader.get("/bao-cao/lich/doanh-thu-sang-thu-hai/").status_code == 200
        assert reader.post("/bao-cao/lich/doanh-thu-sang-thu-hai/gui-thu/").status_code == 403
        region = Region.objects.create(
            code="22001", name="Phường Thử", level="ward", valid_from=date(2025, 7, 1)
        )
        local = page(person("executive", username="local", region=region))
        for path in ("", "moi/", "doanh-thu-sang-thu-hai/", "doanh-thu-sang-thu-hai/sua/"):
            assert local.get(f"/bao-cao/lich/{path}").status_code == 404
        assert Run.objects.count() == planned

    def test_list_asks_the_same_few_questions_however_many_schedules(
        self, boss: User, page: Callable[..., Client]
    ) -> None:
        client = page(boss)

        def questions() -> int:
            with CaptureQueriesContext(
                connection,
            ) as seen:
                client.get("/bao-cao/lich/")
            return len(seen)

        client.post("/bao-cao/lich/moi/", asked(boss))
        queue.materialise(at=queue.database_now())
        one = questions()
        for number in range(4):
            client.post("/bao-cao/lich/moi/", asked(boss, name=f"Lịch {number}"))
        queue.materialise(at=queue.database_now())
        assert questions() == one


class TestAsking:
    def test_trial_goes_the_usual_way_to_the_person_who_asks_alone(
        self, boss: User, person: Person, page: Callable[..., Client], mailbox: Mailbox
    ) -> None:
        ensure_weekly_briefing([person("auditor")], first_due_at=None, at=queue.database_now())
        client = page(boss)
        for _ in range(2):
            client.post("/bao-cao/lich/weekly-briefing/gui-thu/")
        process()
        assert mailbox.recipients == ["boss@example.vn"]
        trial = Edition.objects.get()
        assert (trial.made_by, trial.number) == (boss, 0)
        assert not Recipient.objects.get(user=boss).enabled, "no reader by this"

        assert mailbox.of("boss@example.vn")[0]["Subject"].strip().startswith("[XSKT TN] Thử: ")
        other = page(person("executive", username="other"))
        assert client.get(f"/bao-cao/{trial.code}/").status_code == 200
        assert other.get(f"/bao-cao/{trial.code}/").status_code == 404
        assert trial.code not in client.get("/bao-cao/").content.decode()
        queue.enqueue(
            handler="report.weekly_briefing",
            payload={"send": False},
            due_at=queue.database_now(),
        )
        process()
        issued = Edition.objects.exclude(pk=trial.pk).get()
        assert issued.number == 1, "a trial takes no number"
        assert issued.period_first_date == trial.period_first_date

    def test_trial_of_who_has_some_departments_is_in_his_scope_or_told_why_not(
        self, boss: User, person: Person, page: Callable[..., Client], mailbox: Mailbox
    ) -> None:
        part, nobody = person("executive", username="part"), person("executive", username="none")
        part.departments.set([make.department("KD"), make.department("TCHC")])
        User.objects.filter(pk=nobody.pk).update(email="")
        ensure_weekly_briefing([], first_due_at=None, at=queue.database_now())
        path = "/bao-cao/lich/weekly-briefing/"
        said = page(part).post(path + "gui-thu/", follow=True).content.decode()
        assert "Không gửi thử được cho bạn." in said
        assert "Chấm công" in said, "what there is for him"
        said = page(nobody).post(path + "gui-thu/", follow=True).content.decode()
        assert "chưa có địa chỉ thư" in said
        assert Run.objects.filter(schedule=None).count() == 0

        page(boss).post(path + "sua/", asked(boss, report="attendance-month"))
        page(part).post(path + "gui-thu/")
        process()
        assert mailbox.recipients == ["part@example.vn"] * 2
        made = Edition.objects.filter(number=0, department__isnull=False)
        assert set(made.values_list("department__code", flat=True)) == {"KD", "TCHC"}

    def test_outside_address_is_added_only_by_who_sees_all_that_it_gets(
        self, boss: User, person: Person, page: Callable[..., Client], settings: Any
    ) -> None:
        settings.MAIL_ALLOWED_DOMAINS = ["ubnd.example.vn"]
        part = person("executive", username="part")
        part.departments.set([make.department("KD")])
        ensure_weekly_briefing([], first_due_at=None, at=queue.database_now())
        path = "/bao-cao/lich/weekly-briefing/"
        page(boss).post(path + "sua/", asked(boss, report="attendance-month"))
        own = {"list": "part\ntoi@ubnd.example.vn"}
        answer = page(part).post(path + "nguoi-nhan/", own)
        assert "cả công ty" in answer.content.decode()
        assert not Recipient.objects.filter(address="toi@ubnd.example.vn").exists()
        page(boss).post(path + "nguoi-nhan/", own)
        assert Recipient.objects.filter(address="toi@ubnd.example.vn").exists()

    def test_past_period_is_made_and_sent_to_the_schedule_s_readers(
        self, boss: User, person: Person, page: Callable[..., Client], mailbox: Mailbox
    ) -> None:
        ensure_weekly_briefing([person("auditor")], first_due_at=None, at=queue.database_now())
        client, path = page(boss), "/bao-cao/lich/weekly-briefing/chay-ky/"
        this_week = clock.today().isoformat()
        for day, reason in (("x", "Ngày không đúng"), (this_week, "chưa qua"), ("2999-01-01", "")):
            answer = client.post(path, {"ngay": day})
            assert answer.status_code == 400
            assert reason in answer.content.decode()
        assert Run.objects.filter(due_at__lte=queue.database_now()).count() == 0

        told = client.post(path, {"ngay": "2026-10-08", "send": "on"}, follow=True)
        assert "Đang lập báo cáo tuần 41 (05/10/2026–11/10/2026)" in told.content.decode()
        process()
        edition = Edition.objects.get()
        assert f"{edition.period_first_date}/{edition.period_last_date}" == "2026-10-05/2026-10-11"
        assert mailbox.recipients == ["auditor@example.vn"]

    def test_a_part_of_a_past_period_makes_no_edition_that_bears_the_name_of_the_whole(
        self, boss: User, page: Callable[..., Client]
    ) -> None:
        ensure_weekly_briefing([], first_due_at=None, at=queue.database_now())
        client, path = page(boss), "/bao-cao/lich/weekly-briefing/chay-ky/"
        client.post(path, {"first": "2026-10-05", "last": "2026-10-08"})
        for day in ("2026-10-08", "2026-10-11"):
            client.post(path, {"ngay": day})
            process()
        edition = Edition.objects.get()
        assert f"{edition.period_first_date}/{edition.period_last_date}" == "2026-10-05/2026-10-11"
        assert set(Run.objects.exclude(error="")) == set()

    def test_an_edition_of_a_part_made_before_leaves_its_period_the_next_number(
        self, boss: User, page: Callable[..., Client], mailbox: Mailbox
    ) -> None:
        """Once a part of a period could be made; it took the period's code, and stays as it is."""
        ensure_weekly_briefing([boss], first_due_at=None, at=queue.database_now())
        part = {"first_date": "2026-10-05", "last_date": "2026-10-08", "send": False}
        queue.enqueue(handler=HANDLER, payload=part, due_at=queue.database_now())
        process()
        frozen = Edition.objects.get()
        for asking in ("lich/weekly-briefing/chay-ky/", "danh-muc/weekly-briefing/lap/"):
            page(boss).post(f"/bao-cao/{asking}", {"ngay": "2026-10-08"})
            process()
        assert set(Run.objects.exclude(error="")) == set()
        first, *whole = Edition.objects.order_by("number")
        assert first == frozen
        assert [each.code for each in whole] == [f"giao-ban-tuan-2026-w41-{n}" for n in (2, 3)]
        assert {str(each.period_last_date) for each in whole} == {"2026-10-11"}

    def test_pasted_readers_are_shown_with_their_scope_and_can_be_dropped(
        self, boss: User, page: Callable[..., Client], settings: Any
    ) -> None:
        settings.MAIL_ALLOWED_DOMAINS = ["ubnd.example.vn"]
        ensure_weekly_briefing([], first_due_at=None, at=queue.database_now())
        client, path = page(boss), "/bao-cao/lich/weekly-briefing/"
        wrong = client.post(path + "nguoi-nhan/", {"list": "boss\nnobody@x\nboss\nai-do"})
        assert wrong.status_code == 400
        for line in ("dòng 2 «nobody@x»", "dòng 4 «ai-do»"):
            assert line in wrong.content.decode()
        assert "boss\nnobody@x\nboss\nai-do</textarea>" in wrong.content.decode(), "to be mended"

        client.post(path + "nguoi-nhan/", {"list": "boss\nvp@ubnd.example.vn"})
        html = client.get(path).content.decode()
        assert "Toàn công ty" in html
        assert "vp@ubnd.example.vn" in html
        outside = Recipient.objects.get(address="vp@ubnd.example.vn")
        client.post(f"{path}nguoi-nhan/{outside.pk}/bo/")
        client.get(path)
        assert "vp@ubnd.example.vn" not in client.get(path).content.decode()
