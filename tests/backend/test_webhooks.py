"""Webhooks against a real receiver: signed, in the writer's transaction, again after a failure."""

import hashlib
import hmac
import json
import re
import time
from base64 import b64decode, b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import DatabaseError, transaction

from backend.jobs.clockwork import Clockwork
from backend.jobs.queue import database_now
from backend.webhooks import sending
from backend.webhooks.models import Attempt, Delivery, DeliveryState, Event, EventKind, Subscription
from backend.webhooks.publishing import give_secret, publish, send_again
from backend.webhooks.sending import GIVE_UP_AFTER, claim, send_due
from backend.webhooks.signing import signature
from tests.receiver import receiving

pytestmark = pytest.mark.django_db
#: Recent, because what is older than three days is given up.
AT = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=1)
DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "api.md"
LOCKED = EventKind.TIMESHEET_LOCKED


@pytest.fixture
def receiver(settings):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with receiving() as heard:
        yield heard


def subscribe(url, *kinds, name="Phần mềm lương"):
    subscription = Subscription(name=name, url=url, kinds=list(kinds or [LOCKED]))
    subscription.plain = give_secret(subscription)  # type: ignore[attr-defined]
    subscription.save()
    return subscription


def make_due(**chosen):
    Delivery.objects.filter(**chosen).update(next_attempt_at=AT, lease_until=None)


def documented_check():
    """The receiver's check as docs/api.md tells it."""
    [code] = re.findall(r"```python\n(.*?)```", DOCUMENT.read_text("utf-8"), re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_ours"]


def test_the_signature_is_that_of_the_standard():
    """The example of the standard's own libraries."""
    told = signature(
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        message_id="msg_p5jXN8AQM9LWM0D4loKWxJek",
        seconds=1614265330,
        body=b'{"test": 2432232314}',
    )
    assert told == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


def test_a_receiver_is_told_and_can_check_who_tells(receiver):
    subscription = subscribe(receiver.url)
    event = publish(LOCKED, {"month": "2026-10"}, at=AT)
    assert send_due() == 1
    [(path, headers, body)] = receiver.calls
    assert path == "/hook?from=giaoban"
    assert json.loads(body) == {
        "type": "timesheet.locked",
        "timestamp": f"{AT:%Y-%m-%dT%H:%M:%SZ}",
        "data": {"month": "2026-10"},
    }
    assert event is not None
    assert headers["webhook-id"] == str(event.key)
    assert abs(int(headers["webhook-timestamp"]) - database_now().timestamp()) < 60
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = b64decode(subscription.plain.removeprefix("whsec_"))
    mine = b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{mine}"
    assert documented_check()(subscription.plain, headers, body)
    assert not documented_check()(subscription.plain, headers, body + b" ")
    assert Delivery.objects.get().state == DeliveryState.DELIVERED
    assert send_due() == 0
    assert len(receiver.calls) == 1


def test_only_who_asked_is_told(receiver):
    subscribe(receiver.url, EventKind.REQUEST_DECIDED)
    off = subscribe(receiver.url, name="Đã tắt")
    Subscription.objects.filter(pk=off.pk).update(enabled=False)
    assert publish(LOCKED, {}, at=AT) is None
    assert not Event.objects.exists()


def test_what_was_rolled_back_is_never_told(receiver):
    subscribe(receiver.url)
    with transaction.atomic():
        assert publish(LOCKED, {}, at=AT) is not None
        transaction.set_rollback(True)
    assert send_due() == 0
    assert receiver.calls == []


def test_a_failure_is_tried_again_later_with_the_same_id_and_each_attempt_is_logged(receiver):
    receiver.answers = [503, 200]
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    before = database_now()
    assert send_due() == 0
    waiting = Delivery.objects.get()
    assert waiting.state == DeliveryState.DUE
    wait = waiting.next_attempt_at - before
    assert timedelta(seconds=10) <= wait < timedelta(seconds=40)
    assert send_due() == 0, "not before its time"
    make_due()
    assert send_due() == 1
    first, second = (call[1]["webhook-id"] for call in receiver.calls)
    assert first == second
    log = list(Attempt.objects.order_by("pk").values_list("number", "status", "answer"))
    assert log == [(1, 503, "đã nghe"), (2, 200, "đã nghe")]


def test_the_log_is_only_added_to(receiver):
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    send_due()
    for rows in (Attempt.objects.all(), Event.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.delete()


def test_a_redirection_is_not_followed(receiver):
    receiver.answers = [307, 200]
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    assert send_due() == 0
    assert [call[0] for call in receiver.calls] == ["/hook?from=giaoban"]
    assert Attempt.objects.get().status == 307


def test_a_silent_receiver_holds_up_its_own_news_only(receiver):
    with receiving() as gone:
        dead = gone.url
    silent = subscribe(dead, name="Không ai nghe")
    subscribe(receiver.url)
    for month in ("2026-09", "2026-10", "2026-11"):
        publish(LOCKED, {"month": month}, at=AT)
    assert send_due() == 3
    refused = Attempt.objects.get(delivery__subscription=silent)
    assert refused.status is None
    assert refused.answer.startswith("ConnectionRefusedError")
    assert Delivery.objects.filter(subscription=silent, state=DeliveryState.DUE).count() == 3


def test_a_receiver_that_drips_holds_up_nobody(receiver, monkeypatch):
    monkeypatch.setattr(sending, "TIMEOUT", 0.3)
    receiver.drips = [b"HTTP/1.1 ", b"200 OK\r\n", *[b"X: y\r\n"] * 30, b"\r\n"]
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    began = time.monotonic()
    assert send_due() == 0
    assert time.monotonic() - began < 2
    assert Attempt.objects.get().answer.startswith("TimeoutError")


def test_a_status_accepts_whatever_becomes_of_the_words_behind_it(receiver, monkeypatch):
    monkeypatch.setattr(sending, "TIMEOUT", 0.3)
    receiver.drips = [b"HTTP/1.1 200 OK\r\n\r\n", *[b"y"] * 30]
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    assert send_due() == 1


def test_a_long_queue_is_worked_off_in_rounds(receiver):
    """The watchdog ends a process whose tick lasts ten minutes; a queue may well be longer."""
    clockwork = Clockwork("scheduler", [])
    subscribe(receiver.url)
    for _ in range(20):
        publish(LOCKED, {}, at=AT)
    first = send_due(stopping=clockwork.round(0.02))
    assert 0 < first < 20
    assert first + send_due(stopping=clockwork.round()) == 20
    clockwork.stop()
    assert clockwork.round()()


def test_after_three_days_it_is_given_up_until_somebody_asks(receiver):
    receiver.answers = [500]
    subscription = subscribe(receiver.url)
    publish(LOCKED, {}, at=database_now() - GIVE_UP_AFTER - timedelta(minutes=1))
    send_due()
    assert Delivery.objects.get().state == DeliveryState.FAILED
    assert send_due() == 0
    receiver.answers = [200]
    assert send_again([subscription], at=AT) == 1
    assert send_due() == 1
    assert [call[1]["webhook-id"] for call in receiver.calls] == [str(Event.objects.get().key)] * 2


def test_two_senders_never_hold_the_same_delivery(receiver):
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    at = database_now()
    assert claim(at=at) is not None
    assert claim(at=at) is None
    left_behind = claim(at=at + timedelta(minutes=6))
    assert left_behind is not None
    assert left_behind.attempt == 2


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/",
        "http://127.0.0.1.example.vn/",
        "http://user@127.0.0.1/",
        "file:///etc/passwd",
        "http://127.0.0.1:8000:9000/",
        "http://127.0.0.1/\r\nX: 1",
        "",
    ],
)
def test_only_named_hosts_are_called(settings, url):
    settings.WEBHOOK_HOSTS = ["127.0.0.1"]
    with pytest.raises(ValidationError, match="GIAOBAN_WEBHOOK_HOSTS"):
        Subscription(name="x", url=url, kinds=[LOCKED]).clean()


def test_a_host_taken_out_of_the_settings_is_called_no_more(receiver, settings):
    subscribe(receiver.url)
    publish(LOCKED, {}, at=AT)
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{receiver.port + 1}"]
    assert send_due() == 0
    assert receiver.calls == []
    make_due()
    settings.WEBHOOK_HOSTS = [f"127.0.0.1:{receiver.port}"]
    assert send_due() == 1


def test_the_administrator_makes_a_receiver_tries_it_and_reads_the_log(page, receiver):
    admin = page("administrator")
    place = "/quan-tri/webhooks/subscription/"
    sent = {"name": "Lương", "url": receiver.url, "kinds": [LOCKED.value], "enabled": "on"}
    made = admin.post(f"{place}add/", sent, follow=True).content.decode()
    [secret] = re.findall(r"whsec_[\w+/=]+", made)[:1]
    subscription = Subscription.objects.get()
    assert secret not in subscription.secret_sealed
    assert subscription.secret() == secret
    chosen = {"action": "send_test", "_selected_action": [subscription.pk]}
    admin.post(place, chosen)
    assert send_due() == 1
    assert json.loads(receiver.calls[0][2])["type"] == "ping"
    shown = admin.get(f"{place}{subscription.pk}/change/").content.decode()
    assert secret not in shown
    assert "<td>204</td>" in shown
    elsewhere = {**sent, "url": "http://example.vn/"}
    refused = admin.post(f"{place}{subscription.pk}/change/", elsewhere).content.decode()
    assert "GIAOBAN_WEBHOOK_HOSTS" in refused
