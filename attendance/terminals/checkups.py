"""Examinations of terminals that people asked for: run aside, kept step by step, shown meanwhile."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from attendance.models import Checkup, Terminal
from attendance.terminals.doctor import (
    LIMIT_SECONDS,
    Answer,
    Finding,
    Patient,
    State,
    Step,
    examine,
    is_ip,
)
from attendance.terminals.findings import as_data
from attendance.terminals.holding import TerminalBusy, held
from backend.accounts.models import User
from backend.problems import Problem

_WAIT_SECONDS: Final = 10.0
#: An examination that is not done by then was interrupted.
_PATIENCE: Final = timedelta(seconds=LIMIT_SECONDS + _WAIT_SECONDS + 15)
_MOST_AT_ONCE: Final = 3


class TooManyCheckups(Problem):
    """Each one holds a connection and a thread of the web server."""

    code = "too_many_checkups"
    status = 429
    message = _("Đang khám nhiều máy cùng lúc. Hãy đợi một lần khám xong rồi thử lại.")


def patient_of(terminal: Terminal, *, comm_key: int | None = None) -> Patient:
    """A registered terminal, with its own key or another to be tried. Raises CannotUnseal."""
    return Patient(
        address=terminal.address,
        port=terminal.port,
        networks=settings.TERMINAL_NETWORKS,
        comm_key=terminal.comm_key() if comm_key is None else comm_key,
        transport=terminal.transport,
        serial_number=terminal.serial_number,
        layout=terminal.record_layout,
        utc_offset_minutes=terminal.utc_offset_minutes,
        registered_as=terminal.code,
    )


def stranger(address: str, port: int, *, comm_key: int = 0) -> Patient:
    """An address that is not in the register."""
    known = Terminal.objects.exclude(serial_number="").values_list("serial_number", "code")
    return Patient(
        address=address,
        port=port,
        networks=settings.TERMINAL_NETWORKS,
        comm_key=comm_key,
        serials=dict(known),
    )


def registered_at(address: str, port: int) -> Terminal | None:
    """The register's terminal that is meant by a code or an address."""
    by_code = Terminal.objects.filter(code=address).first()
    if by_code is not None or not is_ip(address):
        return by_code
    return Terminal.objects.filter(address=address, port=port).order_by("pk").first()


def examine_registered(
    terminal: Terminal, *, by: str, now: Callable[[], datetime], comm_key: int | None = None
) -> Iterator[Answer]:
    """Examine a registered terminal while no collector talks to it. Raises CannotUnseal."""
    patient = patient_of(terminal, comm_key=comm_key)
    started = now()
    seconds = LIMIT_SECONDS + 10
    try:
        with held(terminal, by=by, now=now, seconds=seconds, wait_seconds=_WAIT_SECONDS):
            waited = (now() - started).total_seconds()
            yield Answer(Step.LEASE, Finding(State.OK, "lease_held"), waited)
            yield from examine(patient, now=now)
    except TerminalBusy:
        yield Answer(Step.LEASE, Finding(State.FAILED, "lease_busy"), _WAIT_SECONDS)


def start(
    *,
    terminal: Terminal | None,
    address: str,
    port: int,
    comm_key: int | None,
    by: User,
    now: Callable[[], datetime],
) -> Checkup:
    """Begin an examination and return at once; its answers appear in the row.

    A registered terminal is asked with its own key, unless another is given. Raises
    TooManyCheckups, CannotUnseal.
    """
    at = now()
    running = Checkup.objects.filter(finished_at__isnull=True, started_at__gt=at - _PATIENCE)
    if running.count() >= _MOST_AT_ONCE:
        raise TooManyCheckups
    if terminal is not None:
        patient_of(terminal)  # raises here what nobody would hear of in the thread
        answers = examine_registered(terminal, by=f"doctor {by.pk}", now=now, comm_key=comm_key)
    else:
        answers = examine(stranger(address, port, comm_key=comm_key or 0), now=now)
    checkup = Checkup.objects.create(
        terminal=terminal, address=address[:253], port=port, by=by, started_at=at
    )
    threading.Thread(target=_run, args=(checkup, answers, now), daemon=True).start()
    return checkup


def _run(checkup: Checkup, answers: Iterator[Answer], now: Callable[[], datetime]) -> None:
    try:
        for answer in answers:
            checkup.answers.append(as_data(answer))
            checkup.save(update_fields=["answers"])
        checkup.finished_at = now()
        checkup.save(update_fields=["finished_at"])
    finally:
        connection.close()


def is_running(checkup: Checkup, *, at: datetime) -> bool:
    return checkup.finished_at is None and at - checkup.started_at < _PATIENCE


def answers_of(checkup: Checkup, *, at: datetime) -> list[Answer]:
    """What is known so far; an examination that broke off says so."""
    answers = [
        Answer(
            Step(row["step"]),
            Finding(State(row["state"]), row["code"], row["details"]),
            row["seconds"],
        )
        for row in checkup.answers
    ]
    if checkup.finished_at is None and not is_running(checkup, at=at):
        step = answers[-1].step if answers else Step.ADDRESS
        answers.append(Answer(step, Finding(State.FAILED, "interrupted"), 0.0))
    return answers
