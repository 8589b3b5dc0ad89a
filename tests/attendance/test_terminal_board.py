"""The board of many terminals: its strip, its filters, the long table and the wall."""

import re
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.collecting import contacts
from attendance.models import (
    AuditState,
    Collecting,
    Pull,
    PullSource,
    PullState,
    PushAudit,
    PushLink,
    Terminal,
    TerminalHour,
    WaitingTerminal,
)
from attendance.push.admission import note_heard, note_refusal
from attendance.push.refusals import WrongKey
from attendance.terminals.terminal_board import states
from attendance.terminals.terminal_state import Condition
from backend.clock import VN, now
from backend.org.models import Site
from tests import make
from tests.pages import text

from .terminals import device, register, registered
from .test_zk_collector import again, collect
from .test_zk_pages import BOARD

STRIP = re.compile(r'aria-label="24 giờ qua: ([^"]*)"')


def pulled(terminal, **values):
    """A pull that ended well, as the newest of the terminal."""
    at = now()
    counts = {"read": 0, "device_count": 0} | values
    return Pull.objects.create(
        terminal=terminal,
        source=PullSource.PULL,
        state=PullState.DONE,
        known=counts["read"],
        started_at=at,
        finished_at=at,
        **counts,
    )


def healthy(terminal, **values):
    at = now()
    Terminal.objects.filter(pk=terminal.pk).update(
        last_contact_at=at, next_poll_at=at + timedelta(minutes=1), **values
    )


def state_of(person, code, **filters):
    [card] = [
        card for card in states(user=person, at=now(), **filters) if card.terminal.code == code
    ]
    return card


def test_every_contact_is_counted_though_uneventful_pulls_are_forgotten(person):
    with registered(device(7), code="M1"):
        for _ in range(3):
            again()
            collect()
    assert Pull.objects.count() == 2
    hours = TerminalHour.objects.all()
    assert sum(hour.contacts for hour in hours) == 3
    assert sum(hour.punches for hour in hours) == 7
    assert sum(hour.failures for hour in hours) == 0
    card = state_of(person("hr"), "M1")
    assert len(card.hours) == 24
    assert sum(hour[2] for hour in card.hours if hour) == 7


def test_failed_contacts_are_counted_too(page):
    with registered(device(comm_key=5), code="M1"):
        collect()
        again()
        collect()
    assert sum(hour.failures for hour in TerminalHour.objects.all()) == 2
    [words] = STRIP.findall(text(page("hr").get(BOARD)))
    assert "1 giờ có lỗi" in words or "2 giờ có lỗi" in words  # an hour may end in between


def test_hours_long_past_are_dropped_when_a_new_one_begins(db):
    terminal = register(4370, code="M1")
    at = now()
    for age in (contacts.KEPT + timedelta(hours=2), contacts.KEPT - timedelta(hours=2)):
        contacts.missed(terminal.pk, at=at - age)
    contacts.missed(terminal.pk, at=at)
    contacts.missed(terminal.pk, at=at)
    kept = TerminalHour.objects.order_by("hour")
    assert [hour.failures for hour in kept] == [1, 2]


def test_the_strip_places_each_hour_where_it_belongs(person):
    terminal = register(4370, code="M1")
    at = now()
    contacts.missed(terminal.pk, at=at - timedelta(hours=23))
    contacts.missed(terminal.pk, at=at - timedelta(hours=24))  # off the strip
    contacts.reached(pulled(terminal, read=0), at=at)
    hours = state_of(person("hr"), "M1").hours
    assert (hours[0], hours[-1]) == ((0, 1, 0), (1, 0, 0))
    assert hours[1:-1] == [None] * 22


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({"device_count": 12, "read": 9, "code": "broken_off"}, "đang tải tiếp 9/12"),
        ({"device_count": 12, "read": 12}, "đủ 12/12"),
        ({"device_count": 12, "read": 2, "skipped": 10}, "đủ 12/12"),
        ({"device_count": 12, "read": 9}, "thiếu 3 trong 12"),
    ],
)
def test_whether_the_log_arrived_whole_is_said(page, counts, words):
    terminal = register(4370, code="M1")
    healthy(terminal)
    pulled(terminal, **counts)
    shown = text(page("hr").get(BOARD))
    assert words in shown
    assert ("1 máy cần xem" in shown) == ("thiếu" in words)


def test_memories_are_shown_and_a_nearly_full_one_needs_a_look(page):
    terminal = register(4370, code="M1")
    healthy(
        terminal,
        last_record_count=95_000,
        record_capacity=100_000,
        user_count=10,
        user_capacity=1_000,
    )
    shown = text(page("hr").get(BOARD))
    assert "Bộ nhớ sắp đầy" in shown
    assert "Bản ghi: 95%" in shown
    assert "1 máy cần xem" in shown


def test_a_terminal_that_fills_says_when_it_is_full(page):
    terminal = register(4370, code="M1")
    at = now()
    for back in (20, 10, 0):
        pull = pulled(terminal, device_count=90_000 - 100 * back, read=90_000 - 100 * back)
        Pull.objects.filter(pk=pull.pk).update(started_at=at - timedelta(days=back))
    healthy(terminal, last_record_count=90_000, record_capacity=100_000)
    full_on = at.astimezone(VN).date() + timedelta(days=100)  # 100 a day, and room for 10,000
    assert f'<dt>Đầy khoảng</dt><dd class="attention-text">{full_on:%d/%m/%Y}' in text(
        page("hr").get(BOARD)
    )


def test_a_terminal_cut_off_says_whom_it_affects_and_that_punches_wait(page):
    make.employee("NV1")
    make.employee("NV2")
    terminal = register(4370, code="M1", site=make.site())
    healthy(terminal, last_record_count=1_000, record_capacity=1_500, consecutive_failures=3)
    shown = text(page("hr").get(BOARD))
    assert "2 người ở Địa điểm HL (không có máy nào khác)" in shown
    assert "vẫn nằm trong máy, còn chỗ cho 500 lượt" in shown
    register(4371, code="M2", site=make.site())
    assert "không có máy nào khác" not in text(page("auditor").get(BOARD))


def test_a_terminal_is_late_when_its_poll_is_overdue_and_not_when_it_has_time(person):
    """Quiet hours, and terminals that are read whole, put the next poll off."""
    at = now()
    terminal = register(4370, code="M1", poll_seconds=60)
    terminal.last_contact_at = at - timedelta(hours=3)
    hr = person("hr")
    for next_poll, condition in (
        (None, Condition.LATE),
        (at - timedelta(minutes=6), Condition.LATE),
        (at - timedelta(seconds=30), Condition.QUIET),
        (at + timedelta(hours=1), Condition.QUIET),
    ):
        terminal.next_poll_at = next_poll
        terminal.save()
        assert state_of(hr, "M1").condition == condition
    terminal.last_contact_at = at - timedelta(seconds=90)
    terminal.save()
    assert state_of(hr, "M1").condition == Condition.GOOD


@pytest.fixture
def pushing(db):
    terminal = register(4370, code="M1", serial_number="PUSH01", collecting=Collecting.PUSH)
    link = PushLink.objects.create(terminal=terminal, networks=["127.0.0.0/8"], created_at=now())
    return PushLink.objects.select_related("terminal").get(pk=link.pk)


def test_a_terminal_that_pushes_is_counted_when_it_calls(pushing, person):
    at = now()
    note_heard(pushing, address="127.0.0.1", at=at)
    card = state_of(person("hr"), "M1")
    assert card.condition == Condition.GOOD
    assert sum(hour[0] for hour in card.hours if hour) == 1


def test_a_silent_push_terminal_tells_why_it_was_refused(pushing, page):
    at = now()
    Terminal.objects.update(last_contact_at=at - timedelta(hours=1))
    shown = text(page("hr").get(BOARD))
    assert "địa chỉ máy chủ (ADMS)" in shown
    assert "máy tự đẩy" in shown
    assert "Tải ngay" not in shown
    note_refusal(pushing, WrongKey(), at=at)
    assert "Máy chưa đưa ra đúng khóa đẩy" in text(page("auditor").get(BOARD))


def test_terminals_that_wait_for_approval_are_told(page):
    register(4370, code="M1")
    at = now()
    for number, ignored in ((1, None), (2, None), (3, at)):
        WaitingTerminal.objects.create(
            serial_number=f"NEW{number}",
            address="127.0.0.1",
            first_heard_at=at,
            last_heard_at=at,
            ignored_at=ignored,
        )
    assert "2 máy chờ duyệt" in text(page("hr").get(BOARD))


def test_the_days_a_push_terminal_counted_are_compared(pushing, page):
    Terminal.objects.update(last_contact_at=now())
    for day, theirs in ((1, 40), (2, 44)):
        PushAudit.objects.create(
            terminal=pushing.terminal,
            first=datetime(2026, 11, day),  # noqa: DTZ001 - device time
            last=datetime(2026, 11, day, 23, 59, 59),  # noqa: DTZ001
            state=AuditState.EQUAL if theirs == 40 else AuditState.SHORT,
            device_sum=theirs,
            our_count=40,
            gap=theirs - 40,
            asked_at=now(),
        )
    assert "thiếu 4 trong 84" in text(page("hr").get(BOARD))


def test_the_board_is_filtered_by_site_and_by_trouble(page):
    other = Site.objects.create(code="CP", name="Cẩm Phả")
    healthy(register(4370, code="M1", name="Cổng chính"))
    register(4371, code="M2", name="Kho vé", site=other)
    hr = page("hr")
    assert "Cổng chính" not in text(hr.get(BOARD, {"noi": "CP"}))
    shown = text(hr.get(BOARD, {"chi": "loi"}))
    assert "Kho vé" in shown
    assert "Cổng chính" not in shown
    assert "Không có máy nào" in text(hr.get(BOARD, {"noi": "VP", "chi": "loi"}))
    by_code = text(hr.get(BOARD, {"xep": "ma"}))
    assert by_code.index("Cổng chính") < by_code.index("Kho vé")
    first_trouble = text(hr.get(BOARD))
    assert first_trouble.index("Kho vé") < first_trouble.index("Cổng chính")


def test_many_terminals_become_a_table_and_cost_no_more_questions(page):
    site = make.site()
    Terminal.objects.bulk_create(
        Terminal(code=f"T{n:03}", name=f"Máy {n}", address="127.0.0.1", port=n + 1, site=site)
        for n in range(500)
    )
    at = now()
    for terminal in Terminal.objects.all()[:20]:
        pulled(terminal)
        contacts.missed(terminal.pk, at=at)
    client = page("hr")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        shown = text(client.get(BOARD))
    assert len(asked) <= 18
    assert shown.count('<th scope="row">') == 500
    assert shown.count('class="strip"') == 500
    assert 'class="cards"' not in shown
    assert 'class="cards"' in text(client.get(BOARD, {"dang": "the"}))


def test_the_wall_has_no_menu_and_puts_trouble_first(page):
    make.employee("NV1")
    broken = register(4370, code="M1", name="Kho vé", site=make.site())
    healthy(broken, consecutive_failures=1)
    Pull.objects.create(
        terminal=broken,
        source=PullSource.PULL,
        state=PullState.FAILED,
        code="unreachable",
        reason="Không kết nối được tới máy chấm công.",
        started_at=now(),
        finished_at=now(),
    )
    healthy(register(4371, code="M2", name="Cổng chính"))
    shown = text(page("executive").get(BOARD, {"tuong": "1"}))
    assert "Menu chính" not in shown
    assert "Kiểm tra nguồn điện, dây mạng" in shown
    assert shown.index("Kho vé") < shown.index("Cổng chính")
    assert "<dt>Cần xem</dt><dd>1</dd>" in shown
    assert "<dt>Hoạt động tốt</dt><dd>1</dd>" in shown
    assert "<dt>Người ở nơi máy mất liên lạc</dt><dd>1</dd>" in shown
    assert "Dữ liệu lúc" in shown


@pytest.mark.parametrize("form", ["the", "bang"])
def test_the_board_leads_to_each_terminal_and_its_clock(page, form):
    healthy(register(4370, code="M1"))
    shown = text(page("hr").get(BOARD, {"dang": form}))
    assert 'href="/cham-cong/may/M1/"' in shown
    assert ('action="/cham-cong/may/M1/chinh-gio/"' in shown) == (form == "the")
    assert "chinh-gio" not in text(page("auditor").get(BOARD, {"dang": form}))
