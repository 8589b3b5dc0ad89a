"""Who is in now: the guess by itself, and the page."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.collecting.manual import enter_punch
from attendance.models import Leave, Pull, Punch, Shift, Terminal, TerminalUser
from attendance.review.presence import Away, State, guess, presence, without_doubles
from backend import clock
from backend.clock import VN
from backend.org.models import Department, Site
from tests import make
from tests.pages import text

PAGE = "/cham-cong/co-mat/"
DAY = "2026-11-03"


def at(words):
    """ "07:30" of the day; "-22:00" of the day before, "+06:00" of the day after."""
    shift = {"-": -1, "+": 1}.get(words[0], 0)
    clock_time = words.lstrip("+-")
    return datetime.fromisoformat(f"{DAY} {clock_time}") + timedelta(days=shift)


OFFICE = (("07:30", "17:00"),)
TWO = (("07:00", "11:00"), ("15:00", "19:00"))
NIGHTS = (("-22:00", "06:00"), ("22:00", "+06:00"))


@pytest.mark.parametrize(
    ("now", "events", "spans", "state"),
    [
        ("07:00", [], OFFICE, State.SOON),
        ("07:31", [], OFFICE, State.AWAY),
        ("18:00", [], OFFICE, State.AWAY),
        ("09:00", ["07:25"], OFFICE, State.IN),
        ("12:00", ["07:25", "11:32"], OFFICE, State.OUT),
        ("14:00", ["07:25", "11:32", "13:28"], OFFICE, State.IN),
        ("17:30", ["07:25", "17:04"], OFFICE, State.LEFT),
        ("17:30", ["17:04"], OFFICE, State.LEFT),  # forgot to punch in
        ("18:30", ["07:25"], OFFICE, State.IN),  # stays longer
        ("20:30", ["07:25"], OFFICE, State.UNSURE),  # forgot to punch out
        ("12:00", ["06:55", "11:05"], TWO, State.LEFT),
        ("15:10", ["06:55", "11:05"], TWO, State.AWAY),
        ("15:10", ["06:55", "11:05", "14:58"], TWO, State.IN),
        ("15:10", ["06:55", "14:58"], TWO, State.IN),  # forgot to punch out at noon
        ("02:00", ["-21:55"], NIGHTS, State.IN),
        ("07:00", ["-21:55", "06:04"], NIGHTS, State.LEFT),
        ("12:00", ["-21:55"], NIGHTS, State.UNSURE),
        ("22:30", ["-21:55", "06:04"], NIGHTS, State.AWAY),
        ("22:30", ["-21:55", "21:50"], NIGHTS, State.IN),
        ("10:00", [], (), State.OFF),
        ("10:00", ["09:00"], (), State.IN),
        ("10:00", ["08:00", "09:00"], (), State.LEFT),
        ("23:30", ["09:00"], (), State.UNSURE),
    ],
)
def test_the_guess(now, events, spans, state):
    shifts = [(at(start), at(end)) for start, end in spans]
    assert guess([at(each) for each in events], shifts, None, now=at(now)) == state


@pytest.mark.parametrize(
    ("now", "away", "state"),
    [
        ("09:00", Away(False, "full"), State.LEAVE),
        ("09:00", Away(True, "full"), State.TRIP),
        ("09:00", Away(False, "am"), State.SOON),
        ("13:00", Away(False, "am"), State.AWAY),
        ("09:00", Away(False, "pm"), State.AWAY),
    ],
)
def test_who_is_on_leave_is_not_missed(now, away, state):
    assert guess([], [(at("07:30"), at("17:00"))], away, now=at(now)) == state


@pytest.mark.parametrize(("now", "state"), [("07:59", State.SOON), ("08:00", State.AWAY)])
def test_whose_shift_is_flexible_is_expected_later(now, state):
    office = (at("07:30"), at("17:00"))
    flex = {office: timedelta(minutes=30)}
    assert guess([], [office], None, now=at(now), flex=flex) == state


def test_a_double_tap_is_one_punch():
    taps = [at("07:25"), at("07:26"), at("07:28"), at("17:00")]
    assert without_doubles(reversed(taps)) == [at("07:25"), at("17:00")]


def moment(words):
    return at(words).replace(tzinfo=VN)


def heard(code="M1", *, when="09:00", **fields):
    """A terminal that was read just then."""
    machine = make.terminal(code, **fields)
    Terminal.objects.filter(pk=machine.pk).update(last_contact_at=moment(when))
    return machine


def one(presence_now, code):
    [person] = [
        person
        for site in presence_now.sites
        for person in site.people
        if person.employee.code == code
    ]
    return person


def test_the_corrected_moment_decides_and_not_the_terminals_clock(db):
    """A clock two hours fast: its 09:10 was 07:10, and its punch of 11:00 is of 09:00."""
    make.roster(make.employee("101"), DAY)
    heard()
    pull = make.punches("101", f"{DAY} 09:10")
    Pull.objects.filter(pk=pull.pk).update(clock_offset_seconds=7200)
    person = one(presence(at=moment("09:00")), "101")
    assert person.state == State.IN
    assert person.first == at("07:10")


def test_a_punch_entered_by_hand_counts(db, person):
    an = make.employee("101")
    make.roster(an, DAY)
    heard()
    enter_punch(
        employee=an, moment=moment("07:20"), reason="quên thẻ", by=person("hr"), at=moment("08:00")
    )
    assert one(presence(at=moment("09:00")), "101").state == State.IN


def test_a_silent_terminal_makes_absence_doubtful(db):
    make.roster(make.employee("101"), DAY)
    cp = Site.objects.create(code="CP", name="Cẩm Phả")
    make.roster(make.employee("102", site=cp), DAY)
    heard("M1")
    heard("M2", when="06:50", site=cp)
    now = presence(at=moment("09:00"))
    assert one(now, "101").state == one(now, "102").state == State.AWAY
    assert not one(now, "101").is_doubtful
    assert one(now, "102").is_doubtful
    assert [terminal.code for terminal in now.silent] == ["M2"]
    assert now.doubtful == 1
    as_of = {site.code: site.as_of for site in now.sites}
    assert as_of == {"HL": moment("09:00"), "CP": moment("06:50")}


def test_a_night_worker_is_in_after_midnight(db):
    night = Shift.objects.create(code="CA3", name="Đêm", start="22:00", end="06:00")
    make.roster(make.employee("101"), "2026-11-02", shift=night)
    heard(when="01:59")
    make.punches("101", "2026-11-02 21:50")
    person = one(presence(at=moment("02:00")), "101")
    assert (person.state, person.first) == (State.IN, at("-21:50"))


def test_people_who_left_the_company_are_not_looked_for(db):
    make.employee("101", leave_date="2026-11-02")
    assert presence(at=moment("09:00")).sites == []


def test_five_hundred_people_cost_a_handful_of_questions(db):
    people = [make.employee(f"{n}") for n in range(3)]
    shift = make.office_shift()
    heard()
    for person in people:
        make.roster(person, DAY, shift=shift)
        make.punches(person.code, f"{DAY} 07:20")
        Leave.objects.create(employee=person, date=DAY, code="P", part="pm")
    with CaptureQueriesContext(connection) as few:
        presence(at=moment("09:00"))
    for n in range(3, 40):
        make.roster(make.employee(f"{n}"), DAY, shift=shift)
    with CaptureQueriesContext(connection) as many:
        found = presence(at=moment("09:00"))
    assert found.count(State.IN) == 3
    assert found.count(State.AWAY) == 37
    assert len(many) == len(few) <= 7


# --- the page -----------------------------------------------------------------------------------


def today_at(minutes):
    """So many minutes before now."""
    return clock.now() - timedelta(minutes=minutes)


def punched(user_id, when):
    make.punches(user_id, f"{when.astimezone(VN):%Y-%m-%d %H:%M}")


@pytest.fixture
def company(db):
    """One who came, one of another department who did not, both due since an hour ago."""
    now = clock.now().astimezone(VN)
    begin = now - timedelta(hours=1)
    shift = Shift.objects.create(
        code="NAY", name="Nay", start=begin.time(), end=(begin + timedelta(hours=8)).time()
    )
    sale = Department.objects.create(code="PKD", name="Phòng Kinh doanh")
    came, missing = make.employee("101", "Vũ An"), make.employee("102", "Lê Bình", department=sale)
    for each in (came, missing):
        make.roster(each, f"{begin:%Y-%m-%d}", shift=shift)
    Terminal.objects.filter(pk=make.terminal().pk).update(last_contact_at=clock.now())
    punched("101", today_at(62))
    return came, missing


def tile(shown, label):
    return f"<dt>{label}</dt><dd>" in shown and int(
        shown.split(f"<dt>{label}</dt><dd>")[1].split("<")[0]
    )


def test_the_page_counts_and_names(page, company):
    shown = text(page("executive").get(PAGE))
    assert tile(shown, "Đang có mặt") == 1
    assert tile(shown, "Chưa đến") == 1
    assert "Vũ An" in shown
    assert "Lê Bình" in shown
    assert "máy im lặng" not in shown
    assert 'hx-trigger="every 15s"' in shown


def test_the_start_page_counts_who_is_in(page, company):
    shown = text(page("hr").get("/"))
    assert "<dt>Đang có mặt</dt><dd>1</dd>" in shown


def test_the_page_is_filtered(page, company):
    hr = page("hr")
    assert "Lê Bình" not in text(hr.get(PAGE, {"chi": "in"}))
    shown = text(hr.get(PAGE, {"phong": "PKD"}))
    assert "Vũ An" not in shown
    assert tile(shown, "Đang có mặt") == 0
    assert "Vũ An" not in text(hr.get(PAGE, {"tim": "binh"}))
    assert "Không có ai theo điều kiện này" in text(hr.get(PAGE, {"noi": "KHONG"}))


def test_the_page_is_honest_about_silence_and_strangers(page, company):
    Terminal.objects.update(last_contact_at=today_at(50))
    punched("9001", today_at(40))
    newest = Punch.objects.get(device_user_id="9001")
    TerminalUser.objects.create(
        terminal=newest.terminal,
        device_user_id="9001",
        punch_count=1,
        last_punched_at=newest.punched_at,
    )
    shown = text(page("auditor").get(PAGE))
    assert "1 máy im lặng" in shown
    assert "1 người ghi “chưa đến” có thể đã đến" in shown
    is_today = newest.punched_at.astimezone(VN).date() == clock.today()
    assert ("1 mã lạ chấm hôm nay" in shown) == is_today


def test_the_page_is_for_those_who_see_attendance(page):
    assert page("sales_manager").get(PAGE).status_code == 403
    assert page("administrator").get(PAGE).status_code == 403
