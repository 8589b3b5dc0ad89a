"""The life of a briefing through its pages: planned, invited, held, decided, followed up."""

from datetime import date, datetime, time, timedelta
from email import message_from_bytes
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import InternalError, connection, transaction
from django.test.utils import CaptureQueriesContext

from backend import clock
from backend.clock import VN
from backend.jobs import queue, work
from backend.mail import outbox
from backend.mail.models import OutgoingMail
from backend.org.models import Department
from reporting import making
from reporting.briefings.agenda import add_edition, add_newest_edition, agenda_of
from reporting.briefings.approving import draft
from reporting.briefings.deck import deck_of
from reporting.briefings.planning import Guests, keep_briefings, keep_series, make_ahead
from reporting.briefings.votes import remind_silent, result_of
from reporting.builders.writing import words
from reporting.definitions import definition, reports_for
from reporting.in_english import english_report
from reporting.models import (
    AgendaFile,
    AgendaItem,
    BriefingSeries,
    Conclusion,
    Edition,
    MinutesVersion,
    PaperKind,
    PollOption,
    PollVoter,
    RollCall,
    Task,
    TaskOwner,
    TaskProgress,
)
from reporting.periods import period_of
from reporting.setup import ensure_weekly_briefing
from reporting.tasks.reminding import remind
from tests import make
from tests.reporting.conftest import NOW
from tests.reporting.reading import leading_nowhere, left_in_vietnamese, links_of

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.4 thu"


def sent_message(mail):
    """The mail as it goes over the wire."""
    wire = outbox._message(mail).message().as_bytes().replace(b"\n", b"\r\n")
    return message_from_bytes(wire)


def calendar_of(message):
    (calendar,) = [part for part in message.walk() if part.get_content_type() == "text/calendar"]
    return calendar


def calendar_text(message):
    return calendar_of(message).get_payload(decode=True).decode()


def act(client, briefing, act, **sent):
    return client.post(f"/giao-ban/{briefing.pk}/buoc/", {"act": act, **sent})


def conclude(client, briefing, line):
    return client.post(f"/giao-ban/{briefing.pk}/ket-luan/", {"line": line})


def test_a_series_makes_and_announces_its_briefings_once(series, people):
    days = [b.starts_at.astimezone(VN).date() for b in series.briefings.order_by("starts_at")]
    assert days == [date(2026, 11, 30) + timedelta(days=7 * n) for n in range(5)]
    assert OutgoingMail.objects.count() == 3  # to the near one
    assert make_ahead(series, at=NOW) == []
    keep_briefings(at=NOW)
    assert OutgoingMail.objects.count() == 3
    first = series.briefings.order_by("starts_at").first()
    mail = first.mails.get(user=people["kd"]).mail
    assert mail.subject == "Mời họp: Giao ban tuần ngày 30/11/2026, 08:00 30/11/2026"
    message = sent_message(mail)
    assert calendar_of(message).get_param("method") == "REQUEST"
    ics = calendar_text(message)
    assert f"UID:{first.uid}@giao-ban\r\n" in ics
    assert "DTSTART:20261130T010000Z\r\n" in ics
    assert "mailto:kd@example.vn" in ics.replace("\r\n ", "")
    # A day before, everybody is reminded once.
    keep_briefings(at=NOW + timedelta(days=3, hours=2))
    keep_briefings(at=NOW + timedelta(days=3, hours=3))
    assert first.mails.filter(kind="reminder").count() == 3
    # and now the second one is near too.
    assert OutgoingMail.objects.count() == 3 + 3 + 3


def changed(series, people, *, guests=Guests(), **values):  # noqa: B008 - frozen
    keep_series(series, values, guests, by=people["chair"], at=NOW)
    return list(series.briefings.exclude(state="cancelled").order_by("starts_at"))


def starts_of(briefings):
    return [f"{each.starts_at.astimezone(VN):%d/%m %H:%M}" for each in briefings]


def test_briefings_follow_their_series_but_for_what_was_set_by_hand(series, people, page):
    """Who changes the hour, the place or the guests of a series means the coming briefings too."""
    by_hand = series.briefings.order_by("starts_at")[1]
    act(page(people["secretary"]), by_hand, "move", starts="2026-12-08T10:00", duration="60",
        place="Tầng 3", join_url="")  # fmt: skip
    tchc = Guests(units=[Department.objects.get(code="TCHC")], people=[people["tchc"]])
    found = changed(series, people, guests=tchc, starts=time(9), place="Tầng 5", items_hours=24)
    days = ["30/11 09:00", "08/12 10:00", "14/12 09:00", "21/12 09:00", "28/12 09:00"]
    assert starts_of(found) == days
    assert [each.place for each in found] == ["Tầng 5", "Tầng 3", *["Tầng 5"] * 3]
    first, _moved, later = found[:3]
    assert first.items_due_at == first.starts_at - timedelta(hours=24)
    # Announced: told by a higher sequence; who left keeps what he has, who is new is invited.
    assert first.sequence == 1
    mail = first.mails.get(user=people["kd"], sequence=1).mail
    assert mail.subject == "Thay đổi lịch họp: Giao ban tuần ngày 30/11/2026, 09:00 30/11/2026"
    assert first.mails.filter(user=people["tchc"]).count() == 1
    assert (later.sequence, later.mails.count()) == (0, 0)
    names = set(later.participants.values_list("user__username", flat=True))
    assert names == {"chair", "secretary", "tchc"}
    # Saved again without a change, nobody is told anything.
    before = OutgoingMail.objects.count()
    changed(series, people, guests=tchc)
    assert OutgoingMail.objects.count() == before


def test_another_weekday_moves_the_briefings_and_a_rarer_one_calls_some_off(series, people):
    tuesdays = changed(series, people, weekday=1)
    assert starts_of(tuesdays) == [
        f"{day} 08:00" for day in ("01/12", "08/12", "15/12", "22/12", "29/12")
    ]
    assert tuesdays[0].title == "Giao ban tuần ngày 01/12/2026"
    assert tuesdays[0].mails.filter(user=people["chair"], kind="invitation", sequence=1).exists()
    monthly = changed(series, people, rhythm="monthly_day", month_day=1)
    assert starts_of(monthly) == ["01/12 08:00"]
    assert {each.cancel_reason for each in series.briefings.filter(state="cancelled")} == {
        "Loạt họp đổi nhịp, không còn ngày này."
    }
    assert not OutgoingMail.objects.filter(subject__contains="22/12").exists()  # nobody knew of it


def test_units_whom_nobody_speaks_for_are_named(series, people, page):
    empty = make.department("KHO", name="Phòng Kho vé")
    changed(series, people, guests=Guests(units=[empty, Department.objects.get(code="KD")]))
    shown = page(people["chair"]).get(f"/giao-ban/loat-hop/{series.pk}/").content.decode()
    assert "Chưa có ai để mời: Phòng Kho vé." in shown


@pytest.mark.parametrize(
    ("link", "kept"),
    [
        ("https://meet.jit.si/GiaoBan", True),
        ("http://meet.jit.si/GiaoBan", False),
        ("javascript:alert(1)", False),
        ("https://", False),
        ("https://user:pw@evil.vn/", False),
        ("https://a.vn/\r\nX: 1", False),
        ("", True),
    ],
)
def test_a_join_link_is_whole_and_https(series, people, page, link, kept):
    form = {
        "name": "Giao ban tuần", "rhythm": "weekly", "weekday": "0", "month_day": "1", "nth": "1",
        "day_off": "after", "starts": "08:00", "duration_minutes": "60", "join_url": link,
        "chair": people["chair"].pk, "secretary": people["secretary"].pk, "items_hours": "16",
        "remind_hours": "24", "enabled": "on", "symbol": "XSKT", "issuing_place": "Quảng Ninh", "place": "Nơi khác",
    }  # fmt: skip
    answer = page(people["secretary"]).post(f"/giao-ban/loat-hop/{series.pk}/", form)
    series.refresh_from_db()
    assert (answer.status_code, series.place) == (
        (302, "Nơi khác") if kept else (400, "Phòng họp tầng 2")
    )
    if not kept:
        assert "https://" in answer.content.decode()


def test_moving_and_cancelling_tell_calendars_with_a_higher_sequence(briefing, people, page):
    secretary = page(people["secretary"])
    sent = {"starts": "2026-11-30T14:00", "duration": "45", "place": "Tầng 3", "join_url": ""}
    assert act(page(people["kd"]), briefing, "move", **sent).status_code == 403
    assert act(secretary, briefing, "move", **sent).status_code == 302
    briefing.refresh_from_db()
    assert (briefing.sequence, briefing.duration_minutes) == (1, 45)
    mail = briefing.mails.get(user=people["kd"], sequence=1).mail
    assert mail.subject == "Thay đổi lịch họp: Giao ban tuần ngày 30/11/2026, 14:00 30/11/2026"
    assert act(secretary, briefing, "cancel", reason=" ").status_code == 400
    assert act(secretary, briefing, "cancel", reason="Đi\r\nBcc: evil@x.vn").status_code == 302
    briefing.refresh_from_db()
    assert (briefing.state, briefing.sequence) == ("cancelled", 2)
    mail = briefing.mails.get(user=people["kd"], sequence=2).mail
    message = sent_message(mail)
    assert message["Bcc"] is None
    ics = calendar_text(message)
    assert "METHOD:CANCEL\r\n" in ics
    assert "SEQUENCE:2\r\n" in ics
    assert "\r\nBcc" not in ics


def test_items_come_with_papers_before_the_deadline(briefing, people, page, time_machine_at):
    kd = page(people["kd"])
    paper = SimpleUploadedFile("Báo cáo tuần.pdf", PDF)
    note = "Ghi chú dài. " * 3_077  # 40,000 letters
    sent = {
        "title": "Kế hoạch Tết",
        "text": note,
        "notes": "nói chậm",
        "files": [paper],
        "unit": "x",
    }
    assert act(kd, briefing, "item", **sent).status_code == 302
    item = AgendaItem.objects.get(title="Kế hoạch Tết")
    assert (item.unit, len(item.text)) == ("Phòng Kinh doanh", len(note))
    file = AgendaFile.objects.get()
    sent_back = kd.get(f"/giao-ban/tep/{file.pk}/")
    assert sent_back.content == PDF
    assert "B%C3%A1o%20c%C3%A1o%20tu%E1%BA%A7n.pdf" in sent_back["Content-Disposition"]
    assert page(people["tchc"]).get(f"/giao-ban/tep/{file.pk}/").status_code == 404
    html = page(people["chair"]).get(f"/giao-ban/{briefing.pk}/").content.decode()
    assert "Báo cáo tuần.pdf" in html
    # Refused: not a paper, too large a text, after the deadline; nothing is kept.
    bad = SimpleUploadedFile("x.pdf", b"MZ...")
    refused = act(kd, briefing, "item", title="Xấu", files=[bad])
    assert refused.status_code == 400
    assert 'value="Xấu"' in refused.content.decode()
    assert act(kd, briefing, "item", title="Dài", text="x" * 100_001).status_code == 400
    time_machine_at(NOW + timedelta(days=3, hours=20))
    late = act(kd, briefing, "item", title="Muộn", text="gõ cả tiếng đồng hồ", notes="nói chậm")
    assert late.status_code == 409
    for typed in ("Muộn", "gõ cả tiếng đồng hồ", "nói chậm"):
        assert typed in late.content.decode(), "what was typed is not lost"
    secretary = page(people["secretary"])
    for_another = {"title": "Thư ký", "unit": "Phòng Kế toán"}
    assert act(secretary, briefing, "item", **for_another).status_code == 302
    assert briefing.items.get(title="Thư ký").unit == "Phòng Kế toán"
    assert list(AgendaItem.objects.values_list("title", flat=True).order_by("pk")) == [
        "Kế hoạch Tết", "Thư ký",
    ]  # fmt: skip
    assert act(kd, briefing, "withdraw", item=item.pk).status_code == 302
    page_after = kd.get(f"/giao-ban/{briefing.pk}/").content.decode()
    assert "Kế hoạch Tết</h3>" not in page_after
    assert "Thư ký</h3>" in page_after
    assert page(people["chair"]).get(f"/giao-ban/tep/{file.pk}/").status_code == 404


def test_who_is_not_invited_finds_nothing(briefing, people, page, person):
    stranger = page(people["tchc"])
    for address in ("", "hop/"):
        assert stranger.get(f"/giao-ban/{briefing.pk}/{address}").status_code == 404
    assert briefing.title not in stranger.get("/giao-ban/").content.decode()
    invited = page(people["kd"])
    assert invited.get(f"/giao-ban/{briefing.pk}/").status_code == 200
    assert invited.get(f"/giao-ban/{briefing.pk}/hop/").status_code == 404
    assert conclude(invited, briefing, "Việc @KD #30/11").status_code == 404
    assert (
        act(page(people["secretary"]), briefing, "invite", user=people["tchc"].pk).status_code
        == 302
    )
    assert stranger.get(f"/giao-ban/{briefing.pk}/").status_code == 200


def test_an_edition_on_the_agenda_is_a_link_for_who_may_open_it(briefing, people, page):
    now = queue.database_now()
    ensure_weekly_briefing([people["chair"]], first_due_at=now, at=now)
    queue.materialise(at=now)
    work.work_off(worker="test:1")
    edition = Edition.objects.get()
    add_edition(briefing, edition, by=people["chair"], at=NOW)
    title = briefing.items.get().title
    for name, opens in (("chair", True), ("kd", False)):
        html = page(people[name]).get(f"/giao-ban/{briefing.pk}/").content.decode()
        assert title in html
        assert (f'href="/bao-cao/{edition.code}/"' in html) is opens
        answer = page(people[name]).get(f"/bao-cao/{edition.code}/")
        assert (answer.status_code == 200) is opens


def test_a_later_edition_stands_where_the_one_before_it_stood(briefing, people):
    """The report that opens the agenda opens it still, whatever was put in meanwhile."""
    BriefingSeries.objects.update(report="weekly-briefing")
    briefing.refresh_from_db()
    made = [an_edition("weekly-briefing", 1), an_edition("prizes", 1)]
    add_newest_edition(briefing, at=NOW)
    add_edition(briefing, made[1], by=people["secretary"], at=NOW)
    later = an_edition("weekly-briefing", 2)
    add_newest_edition(briefing, at=NOW)
    assert [item.edition for item in agenda_of(briefing)] == [later, made[1]]


def an_edition(report, number):
    return Edition.objects.create(
        code=f"{report}-{number}", report=report, number=number, cut_off_at=NOW, is_complete=True,
        period_first_date=NOW.date() - timedelta(days=8), period_last_date=NOW.date(),
        snapshot="{}", sha256="0" * 64, program_version="1", template_version="1",
    )  # fmt: skip


def test_the_meeting_itself(briefing, people, page, time_machine_at):
    secretary = page(people["secretary"])
    assert conclude(secretary, briefing, "Việc @KD #30/11").status_code == 409
    assert act(secretary, briefing, "open").status_code == 302
    # Roll call: an absence needs its reason; what did not change makes no row.
    kd, chair = (briefing.participants.get(user=people[name]) for name in ("kd", "chair"))
    roll = f"/giao-ban/{briefing.pk}/diem-danh/"
    calls = {f"presence_{kd.pk}": "absent", f"presence_{chair.pk}": "online"}
    refused = secretary.post(roll, calls)
    assert refused.status_code == 400
    assert "Trần Thị Bình vắng" in refused.content.decode()
    assert RollCall.objects.count() == 0
    calls[f"reason_{kd.pk}"] = "đi công tác"
    assert secretary.post(roll, calls).status_code == 302
    assert secretary.post(roll, calls | {f"presence_{chair.pk}": "present"}).status_code == 302
    assert list(RollCall.objects.order_by("pk").values_list("participant", "presence")) == [
        (kd.pk, "absent"), (chair.pk, "online"), (chair.pk, "present"),
    ]  # fmt: skip
    # Minutes keep every version; who typed over an older one is told and loses nothing.
    minutes = f"/giao-ban/{briefing.pk}/bien-ban/"
    json = {"HTTP_ACCEPT": "application/json"}
    long = "Giám đốc: " + "ý kiến… " * 5_000
    assert secretary.post(minutes, {"base": 0, "text": "Mở đầu"}, **json).json()["number"] == 1
    assert secretary.post(minutes, {"base": 1, "text": long}, **json).json()["number"] == 2
    assert secretary.post(minutes, {"base": 2, "text": long}, **json).json()["number"] == 2
    late = page(people["chair"]).post(minutes, {"base": 1, "text": "Khác"}, **json)
    assert (late.status_code, late.json()["number"]) == (409, 2)
    assert list(MinutesVersion.objects.values_list("text", flat=True).order_by("number")) == [
        "Mở đầu", long,
    ]  # fmt: skip
    assert secretary.get(f"{minutes}1/").status_code == 200
    # A conclusion is a task at once; a wrong line keeps nothing.
    refused = conclude(secretary, briefing, "Bán thêm @KX #31/02")
    assert refused.status_code == 400
    assert "Không có đơn vị «KX»" in refused.content.decode()
    assert "Hạn «31/02» không phải một ngày" in refused.content.decode()
    assert (Conclusion.objects.count(), Task.objects.count()) == (0, 0)
    assert (
        conclude(secretary, briefing, "Bán thêm vé @KD @TCHC #30/11 !kpi:doanh-thu").status_code
        == 302
    )
    task = Task.objects.get()
    assert (str(task), task.due_date, task.kpi, task.state) == (
        "Bán thêm vé", date(2026, 11, 30), "revenue", "new",
    )  # fmt: skip
    assert [(str(o), o.is_lead) for o in task.owners.order_by("pk")] == [
        ("Phòng Kinh doanh", True), ("Phòng TCHC", False),
    ]  # fmt: skip
    assert act(secretary, briefing, "close").status_code == 302
    assert conclude(secretary, briefing, "Nữa @KD #30/11").status_code == 409


def test_units_that_would_not_hear_of_their_task_are_named(briefing, people, page):
    secretary = page(people["secretary"])
    act(secretary, briefing, "open")
    conclude(secretary, briefing, "Bán vé @KD #30/11")
    desk = secretary.get(f"/giao-ban/{briefing.pk}/hop/").content.decode()
    assert "Chưa có tài khoản nào nhận việc" not in desk
    conclude(secretary, briefing, "Tuyển người @TCHC @KD #30/11")
    desk = secretary.get(f"/giao-ban/{briefing.pk}/hop/").content.decode()
    assert "Chưa có tài khoản nào nhận việc và lời nhắc của: Phòng TCHC." in " ".join(desk.split())


def test_conclusion_and_task_are_kept_together_or_not_at_all(briefing, people, page, monkeypatch):
    secretary = page(people["secretary"])
    act(secretary, briefing, "open")

    def dies(*_args, **_kwargs):
        raise SystemExit(137)

    for step in (
        "reporting.models.TaskOwner.objects.bulk_create",
        "reporting.models.TaskProgress.objects.create",
    ):
        with monkeypatch.context() as patch:
            patch.setattr(step, dies)
            with pytest.raises(SystemExit):
                conclude(secretary, briefing, "Việc @KD #30/11")
    assert Conclusion.objects.count() == Task.objects.count() == TaskOwner.objects.count() == 0
    assert conclude(secretary, briefing, "Việc @KD #30/11").status_code == 302
    assert Conclusion.objects.get().number == 1


def decided(briefing, people, page, line="Bán thêm vé @KD #30/11"):
    secretary = page(people["secretary"])
    act(secretary, briefing, "open")
    conclude(secretary, briefing, line)
    act(secretary, briefing, "close")
    return Task.objects.latest("pk")


def test_a_task_from_new_to_confirmed(briefing, people, page, time_machine_at):
    task = decided(briefing, people, page)
    address = f"/nhiem-vu/{task.pk}/"
    kd, secretary = page(people["kd"]), page(people["secretary"])
    assert page(people["tchc"]).get(address).status_code == 404
    assert (
        kd.post(address, {"state": "doing", "percent": "40", "note": "đang làm"}).status_code == 302
    )
    assert kd.post(address, {"state": "confirmed", "note": "xong"}).status_code == 409
    assert kd.post(address, {"state": "doing", "due": "2026-12-30"}).status_code == 400
    assert kd.post(address, {"state": "reported"}).status_code == 400  # neither words nor evidence
    proof = SimpleUploadedFile("anh.png", b"\x89PNG\r\n\x1a\n...")
    assert kd.post(address, {"state": "reported", "files": [proof]}).status_code == 302
    assert secretary.post(address, {"state": "doing"}).status_code == 400  # giving back says why
    moved = {"state": "doing", "percent": "60", "note": "thiếu số", "due": "2026-12-10"}
    assert secretary.post(address, moved).status_code == 302
    assert kd.post(address, {"state": "reported", "note": "đã bổ sung"}).status_code == 302
    assert secretary.post(address, {"state": "confirmed"}).status_code == 302
    assert kd.post(address, {"state": "doing", "note": "nữa"}).status_code == 409
    told = list(TaskProgress.objects.order_by("number").values_list("state", "percent", "due_date"))
    first, later = date(2026, 11, 30), date(2026, 12, 10)
    assert told == [
        ("new", 0, first), ("doing", 40, first), ("reported", 100, first), ("doing", 60, later),
        ("reported", 100, later), ("confirmed", 100, later),
    ]  # fmt: skip
    task.refresh_from_db()
    assert (task.state, task.percent, task.due_date) == ("confirmed", 100, later)
    html = kd.get("/nhiem-vu/don-vi/d-KD/").content.decode()
    assert "Bán thêm vé" in html
    assert "đã xác nhận xong" in html


def test_the_next_briefing_opens_with_what_is_open_and_units_are_reminded(
    briefing, people, page, time_machine_at, series
):
    decided(briefing, people, page)
    later = datetime(2026, 12, 4, 8, tzinfo=VN)
    time_machine_at(later)
    following = series.briefings.order_by("starts_at")[1]
    html = page(people["chair"]).get(f"/giao-ban/{following.pk}/").content.decode()
    assert "1 việc còn mở, 1 việc quá hạn." in html
    assert "quá hạn 4 ngày" in html
    assert "Bán thêm vé" in page(people["kd"]).get("/nhiem-vu/?loc=qua-han").content.decode()
    before = OutgoingMail.objects.count()
    assert remind(at=later) == 1
    assert remind(at=later + timedelta(hours=3)) == 0
    mail = OutgoingMail.objects.latest("pk")
    assert (mail.recipient, mail.subject) == ("kd@example.vn", "1 nhiệm vụ quá hạn")
    assert OutgoingMail.objects.count() == before + 1


def test_the_follow_up_of_conclusions_is_a_report(briefing, people, page, time_machine_at):
    secretary, kd = page(people["secretary"]), page(people["kd"])
    act(secretary, briefing, "open")
    for line in ("=Bán thêm vé @KD @TCHC #30/11", "Sửa máy @KD #30/12", "Bỏ việc @TCHC #30/12"):
        conclude(secretary, briefing, line)
    late, done, dropped = Task.objects.order_by("pk")
    kd.post(f"/nhiem-vu/{late.pk}/", {"state": "doing", "percent": "40", "note": "đang làm"})
    time_machine_at(datetime(2026, 11, 30, 0, 30, tzinfo=VN))  # the week after
    kd.post(f"/nhiem-vu/{done.pk}/", {"state": "reported", "note": "xong"})
    secretary.post(f"/nhiem-vu/{done.pk}/", {"state": "confirmed"})
    secretary.post(f"/nhiem-vu/{dropped.pk}/", {"state": "cancelled", "note": "thôi"})

    wanted, cut_off_at = definition("conclusions"), datetime(2026, 12, 4, 8, tzinfo=VN)
    told: dict[int, Any] = {}
    for day in (date(2026, 11, 23), date(2026, 11, 30)):
        period = period_of(wanted.period, day)
        with CaptureQueriesContext(connection) as seen:
            made = making.draft(wanted, period=period, cut_off_at=cut_off_at)
        assert len(seen) < 40
        assert left_in_vietnamese(made.report) == []
        assert leading_nowhere(made.report) == []
        told[day.day] = made.report
    summaries = {
        day: [words(each.vi) for each in report.sections[0].blocks[0].items]
        for day, report in told.items()
    }
    assert summaries == {
        23: [
            "3 kết luận trong kỳ, 0 việc kết thúc; còn 1 việc mở, 1 quá hạn.",
            "Quá hạn lâu nhất, 4 ngày, là việc của Phòng Kinh doanh (chủ trì), Phòng TCHC: “=Bán thêm vé”.",
        ],
        30: [
            "0 kết luận trong kỳ, 2 việc kết thúc; còn 1 việc mở, 1 quá hạn.",
            "Quá hạn lâu nhất, 4 ngày, là việc của Phòng Kinh doanh (chủ trì), Phòng TCHC: “=Bán thêm vé”.",
        ],
    }
    for monday, place, shown in (
        (23, 0, {late, done, dropped}),
        (30, 0, set()),
        (30, 1, {done, dropped}),
    ):
        html = page(people["chair"]).get(links_of(told[monday])[place]).content.decode()
        assert {
            each for each in (late, done, dropped) if f'"/nhiem-vu/{each.pk}/"' in html
        } == shown
    _summary, still, units, ended = (each.blocks[0] for each in told[30].sections)
    assert [each.cells[:6] for each in still.rows] == [
        (
            "=Bán thêm vé",
            "Phòng Kinh doanh (chủ trì), Phòng TCHC",
            "2026-11-30",
            4,
            "đang làm",
            4_000,
        )
    ]
    in_english: Any = english_report(told[30]).sections
    assert words(in_english[0].blocks[0].items[1].vi, "en") == (
        "Overdue longest, by 4 days: Phòng Kinh doanh (lead), Phòng TCHC: “=Bán thêm vé”."
    )
    assert in_english[1].blocks[0].rows[0].cells[1] == "Phòng Kinh doanh (lead), Phòng TCHC"
    assert [each.cells for each in units.rows] == [
        ("Phòng Kinh doanh", 1, 1, 1),
        ("Phòng TCHC", 0, 0, 1),
    ]
    assert units.total.cells == ("Cộng", 1, 1, 2)
    assert [(each.cells[0], each.cells[3], each.cells[4]) for each in ended.rows] == [
        ("Sửa máy", "2026-11-30", "đã xong"), ("Bỏ việc", "2026-11-30", "đã hủy"),
    ]  # fmt: skip
    assert "conclusions" in reports_for(people["chair"])
    assert "conclusions" not in reports_for(people["secretary"])


def test_the_list_of_tasks_asks_the_same_number_of_questions_for_many(briefing, people, page):
    secretary = page(people["secretary"])
    act(secretary, briefing, "open")
    conclude(secretary, briefing, "Một @KD @TCHC #30/11 !kpi:doanh-thu")
    client = page(people["chair"])

    def questions():
        with CaptureQueriesContext(connection) as seen:
            assert client.get("/nhiem-vu/").status_code == 200
        return len(seen)

    questions()
    one = questions()
    for number in range(5):
        conclude(secretary, briefing, f"Việc {number} @KD @TCHC #30/11 !kpi:doanh-thu")
    assert questions() == one


@pytest.mark.parametrize("secret", [False, True])
def test_a_question_before_the_meeting(briefing, people, page, time_machine_at, secret):
    secretary, kd = page(people["secretary"]), page(people["kd"])
    sent = {"question": "Mở thêm điểm bán?", "options": "Có\nKhông", "due": "2026-11-30T07:00"}
    assert act(secretary, briefing, "ask", **(sent | {"options": "Có"})).status_code == 400
    assert act(kd, briefing, "ask", **sent).status_code == 403
    assert (
        act(secretary, briefing, "ask", **sent, **({"secret": "on"} if secret else {})).status_code
        == 302
    )
    poll = briefing.polls.get()
    asked = OutgoingMail.objects.filter(message_id__startswith="<y-kien.")
    assert sorted(asked.values_list("recipient", "subject")) == [
        (f"{name}@example.vn", "Lấy ý kiến: Mở thêm điểm bán?")
        for name in ("chair", "kd", "secretary")
    ]
    assert f"/giao-ban/{briefing.pk}/" in asked[0].text
    start = kd.get("/").content.decode().split(briefing.title, 1)[1].split("</section>")[0]
    assert "1 câu hỏi chờ bạn trả lời" in start
    assert "1 việc chờ" in start
    assert "Thiếu" not in start, "a question to answer is no figure that is missing"
    yes = PollOption.objects.get(text="Có")
    vote = {"poll": poll.pk, "option": yes.pk, "opinion": "" if secret else "nên làm"}
    told_before = "Dưới 3 người trả lời thì kết quả không công bố"
    assert (told_before in kd.get(f"/giao-ban/{briefing.pk}/").content.decode()) is secret
    assert act(kd, briefing, "answer", **vote).status_code == 302
    assert act(kd, briefing, "answer", **vote).status_code == 409
    voter = PollVoter.objects.get()
    assert (voter.option_id, voter.opinion) == ((None, "") if secret else (yes.pk, "nên làm"))
    html = kd.get(f"/giao-ban/{briefing.pk}/").content.decode()
    assert "Kết quả hiện sau hạn trả lời" in html
    assert "<strong>1</strong>" not in html
    slides, before = f"/giao-ban/{briefing.pk}/trinh-chieu/", len(deck_of(briefing, at=clock.now()))
    told = kd.get(slides).content.decode()
    assert "Mở thêm điểm bán?" in told
    assert "Kết quả hiện sau hạn trả lời" in told
    assert 'data-deck="1"' in told
    assert remind_silent(at=datetime(2026, 11, 29, 6, 59, tzinfo=VN)) == 0
    assert remind_silent(at=datetime(2026, 11, 29, 7, tzinfo=VN)) == 2
    assert remind_silent(at=datetime(2026, 11, 29, 8, tzinfo=VN)) == 0
    again = OutgoingMail.objects.filter(message_id__startswith="<nhac-y-kien.")
    assert set(again.values_list("recipient", flat=True)) == {
        "chair@example.vn",
        "secretary@example.vn",
    }
    time_machine_at(datetime(2026, 11, 30, 7, 30, tzinfo=VN))
    assert remind_silent(at=datetime(2026, 11, 30, 7, 30, tzinfo=VN)) == 0
    assert act(page(people["chair"]), briefing, "answer", **vote).status_code == 409
    html = kd.get(f"/giao-ban/{briefing.pk}/").content.decode()
    after = deck_of(briefing, at=clock.now())
    assert len(after) == before, "who opened the slides earlier counts the same pages"
    result = next(slide for slide in after if slide.note == "Mở thêm điểm bán?")
    line = draft(briefing, PaperKind.MINUTES, at=clock.now()).opinions
    if secret:  # by its count everybody would know what the one who answered chose
        assert "<strong>1</strong>" not in html
        few = "Chưa đủ 3 người trả lời nên không công bố kết quả lấy ý kiến kín."
        assert few in html
        assert (result.rows, result.lines) == ((), (few,))
        assert line == (f"Mở thêm điểm bán? Kín, 1 người trả lời. {few}",)
    else:
        assert "<strong>1</strong> · Có" in html
        assert "“nên làm”" in html
        assert result.rows == (("Có", "1"), ("Không", "0"))
        assert line == ("Mở thêm điểm bán? Công khai tên, 1 người trả lời. Có: 1; Không: 0.",)
    assert 'data-deck="2"' in kd.get(slides).content.decode(), "and has them made anew"


def shown_deck(html: str) -> int:
    return int(html.split('data-deck="')[1].split('"')[0])


def test_the_end_of_the_meeting_ends_its_questions(briefing, people, page):
    """Or their answers would never stand in its minutes."""
    secretary, kd = page(people["secretary"]), page(people["kd"])
    sent = {"question": "Mở thêm điểm bán?", "options": "Có\nKhông", "due": "2027-01-30T07:00"}
    assert act(secretary, briefing, "ask", **sent).status_code == 302
    poll = briefing.polls.get()
    vote = {"poll": poll.pk, "option": PollOption.objects.get(text="Có").pk, "opinion": ""}
    assert act(kd, briefing, "answer", **vote).status_code == 302
    act(secretary, briefing, "open")
    slides = f"/giao-ban/{briefing.pk}/trinh-chieu/"
    deck = shown_deck(kd.get(slides).content.decode())
    act(secretary, briefing, "close")
    assert shown_deck(kd.get(slides).content.decode()) == deck + 1, "the slides are made anew"
    refused = act(page(people["chair"]), briefing, "answer", **vote)
    assert refused.status_code == 409
    assert "phiên họp đã kết thúc" in refused.content.decode()
    assert PollVoter.objects.count() == 1
    html = kd.get(f"/giao-ban/{briefing.pk}/").content.decode()
    assert "<strong>1</strong> · Có" in html
    assert 'name="option"' not in html
    briefing.refresh_from_db()
    line = draft(briefing, PaperKind.MINUTES, at=clock.now()).opinions
    assert line == ("Mở thêm điểm bán? Công khai tên, 1 người trả lời. Có: 1; Không: 0.",)


def test_the_rows_of_a_secret_poll_do_not_tell_who_voted_last_for_what(briefing, people, page):
    """The database stamps each row with the transaction that wrote it last."""
    sent = {"question": "Mở thêm điểm bán?", "options": "Có\nKhông\nKhông rõ"}
    due = {"due": "2026-11-30T07:00", "secret": "on"}
    act(page(people["secretary"]), briefing, "ask", **sent, **due)
    poll = briefing.polls.get()
    for name, text in (("kd", "Có"), ("chair", "Không"), ("secretary", "Có")):
        vote = {"poll": poll.pk, "option": PollOption.objects.get(text=text).pk, "opinion": ""}
        assert act(page(people[name]), briefing, "answer", **vote).status_code == 302
    assert list(poll.options.order_by("position").values_list("secret_count", flat=True)) == [
        2,
        1,
        0,
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            """select count(*) filter (where option.xmin = voter.xmin), count(*)
            from reporting_pollvoter voter join reporting_polloption option using (poll_id)
            group by voter.id order by voter.id"""
        )
        assert cursor.fetchall() == [(0, 3), (0, 3), (3, 3)]
    told = result_of(poll, at=poll.due_at + timedelta(seconds=1))
    assert [each.count for each in told or ()] == [2, 1, 0]


def test_what_a_poll_offers_stays_as_it_was_asked(briefing, people, page):
    sent = {"question": "Mở thêm điểm bán?", "options": "Có\nKhông", "secret": "on"}
    act(page(people["secretary"]), briefing, "ask", **sent, due="2026-11-30T07:00")
    for change in (
        lambda options: options.update(text="Không rõ"),
        lambda options: options.filter(position=2).delete(),
    ):
        with pytest.raises(InternalError, match="never changed"), transaction.atomic():
            change(briefing.polls.get().options.all())


def test_who_invited_whom_is_on_record(briefing, people, page):
    act(page(people["secretary"]), briefing, "invite", user=people["tchc"].pk, unit="d-TCHC")
    found = page("auditor").get("/nhat-ky/?loai=reporting.participant").context["changes"]
    told = (found[0].actor, found[0].kind, found[0].object_name)
    assert told == (str(people["secretary"]), "insert", str(people["tchc"]))


def test_nothing_said_or_decided_can_be_changed_in_the_database(briefing, people, page):
    decided(briefing, people, page)
    for table in ("conclusion", "taskprogress", "taskowner"):
        with (
            pytest.raises(InternalError, match="Cannot update"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(f"UPDATE reporting_{table} SET id = id")


def test_briefings_and_tasks_over_the_api(briefing, people, page, api):
    task = decided(briefing, people, page)
    kd, stranger = api(people["kd"]), api(people["tchc"])
    (listed,) = [
        b for b in kd.get("/api/v1/briefings/").json()["results"] if b["state"] == "closed"
    ]
    assert (listed["id"], listed["chair"]) == (briefing.pk, "chair")
    told = kd.get(f"/api/v1/briefings/{briefing.pk}/").json()
    assert told["conclusions"] == [{"number": 1, "text": "Bán thêm vé", "task": task.pk}]
    address = f"/api/v1/tasks/{task.pk}/"
    assert stranger.get("/api/v1/briefings/").json()["results"] == []
    assert stranger.get("/api/v1/tasks/").json()["results"] == []
    assert stranger.get(address).status_code == 404
    assert stranger.post(f"{address}steps/", {"state": "doing"}).status_code == 404
    step = {"state": "doing", "percent": 30, "note": "đang làm"}
    key = {"HTTP_IDEMPOTENCY_KEY": "k1"}
    first = kd.post(f"{address}steps/", step, **key)
    assert (first.status_code, first.json()["percent"]) == (201, 30)
    assert kd.post(f"{address}steps/", step, **key).json() == first.json()
    assert TaskProgress.objects.count() == 2
    refused = kd.post(f"{address}steps/", {"state": "confirmed"})
    assert (refused.status_code, refused.json()["code"]) == (409, "task.step_refused")
    assert kd.post(f"{address}steps/", {"state": "xong"}).status_code == 400
    (mine,) = kd.get("/api/v1/tasks/?unit=d-KD&state=doing").json()["results"]
    assert (mine["id"], mine["owners"], mine["due_date"]) == (task.pk, ["d-KD"], "2026-11-30")
    assert kd.get("/api/v1/tasks/?unit=d-XX").json()["results"] == []
    assert [s["percent"] for s in kd.get(address).json()["steps"]] == [0, 30]
