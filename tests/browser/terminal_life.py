"""A month of a nearly full terminal, for the pages that tell of it."""

from datetime import datetime, timedelta

from attendance.models import (
    Checkup,
    ClockReading,
    NoticeKind,
    Pull,
    PullSource,
    Terminal,
    TerminalNotice,
)
from backend.accounts.models import User


def live_a_month(terminal: Terminal, *, at: datetime) -> int:
    """A month of a nearly full terminal's life; returns an examination of it."""
    for day in range(30, 0, -1):
        moment = at - timedelta(days=day)
        drift = 3 * (30 - day) if day > 10 else 3 * (10 - day)
        ClockReading.objects.create(terminal=terminal, at=moment, offset_seconds=drift)
        Pull.objects.create(
            terminal=terminal,
            source=PullSource.PULL,
            state="done",
            device_count=96_400 - day * 80,
            skipped=96_320 - day * 80,
            read=80,
            stored=80,
            started_at=moment,
            finished_at=moment + timedelta(seconds=2),
        )
    hr = User.objects.get(username="hr")
    for kind, details in (
        (NoticeKind.LOG_SHRANK, {"before": 4_000, "now": 12}),
        (NoticeKind.CLOCK_SET, {"before": 57, "after": 0, "by": "hr"}),
    ):
        when = at - timedelta(days=10)
        TerminalNotice.objects.create(terminal=terminal, kind=kind, details=details, at=when)
    step = {"step": "tcp", "state": "failed", "code": "tcp_timeout", "seconds": 4.0}
    answers = [
        {"step": "address", "state": "ok", "code": "address_ok", "seconds": 0.01,
         "details": {"address": "10.0.0.9", "source": "10.0.0.2"}},
        {**step, "details": {"address": "10.0.0.9", "port": 4370}},
        {**step, "step": "udp", "state": "ok", "code": "udp_answers",
         "details": {"address": "10.0.0.9", "port": 4370}},
        {"step": "records", "state": "ok", "code": "records_read", "seconds": 0.2,
         "details": {"layout": "40", "bad": 0, "lines": [["101", "2026-11-23 07:28:00", "1", "0"]]}},
    ]  # fmt: skip
    return Checkup.objects.create(
        terminal=terminal, address="10.0.0.9", port=4370, by=hr, answers=answers,
        started_at=at, finished_at=at,
    ).pk  # fmt: skip
