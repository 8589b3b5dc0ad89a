"""After any history of issue, return, payment, correction and close, sent by clients side by side:
both ledgers prove, and what each agent owes is what it sold and paid."""

from datetime import date, timedelta
from io import StringIO
from itertools import count
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db.models import F, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from sales.models import AgentBalance, AgentDrawTotal, ConsignmentEntry, DrawClose, JournalEntry
from tests import make
from tests.sales.conftest import Company, line
from tests.sales.test_concurrency import together, token

__all__ = ["token"]
pytestmark = pytest.mark.django_db(transaction=True)

FIRST = date(2026, 9, 1)
CLIENTS = 4
_number = count()

agents = st.sampled_from(["A", "B"])
steps = st.one_of(
    st.tuples(st.just("issue"), agents, st.integers(1, 9)),
    st.tuples(st.just("return"), agents, st.integers(1, 9)),
    st.tuples(st.just("pay"), agents, st.integers(1, 90_000)),
    st.tuples(st.just("correct"), st.integers(-4, 4), st.integers(-4, 4)),
    st.tuples(st.just("close"), st.none(), st.none()),
)
histories = st.lists(
    st.lists(steps, min_size=1, max_size=6), min_size=CLIENTS, max_size=CLIENTS
)  # fmt: skip


def send(client: APIClient, step: tuple[Any, Any, Any], day: str, tail: str) -> int:
    """One step of a client; the status of its answer."""
    what, first, second = step
    match what:
        case "issue" | "return":
            counted = {"issue": "issued", "return": "returned"}[what]
            sent = line(f"{first}{tail}", day, **{counted: second})
            return client.post("/api/v1/sales/", sent).status_code
        case "pay":
            paid = {"event": "payment", "agent": f"{first}{tail}", "date": day, "amount": second}
            paid["reference"] = uuid4().hex
            key = {"Idempotency-Key": uuid4().hex}
            return client.post("/api/v1/journal/", {"lines": [paid]}, headers=key).status_code
        case "close":
            return client.post(f"/api/v1/draws/{day}/close/").status_code
    entry = ConsignmentEntry.objects.filter(draw_date=day).select_related("agent").first()
    if entry is None:
        return 400
    sent = line(entry.agent.code, day, issued=first, returned=second, corrects=entry.pk, reason="Sửa")  # fmt: skip
    return client.post("/api/v1/sales/", sent).status_code


@settings(
    max_examples=12,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=histories)
def test_any_history_of_many_clients_proves(
    company: Company, token: str, history: list[list[tuple[Any, Any, Any]]]
):
    number = next(_number)
    day, tail = (FIRST + timedelta(days=number)).isoformat(), f"-{number}"
    make.draw(day)
    known = [make.agent(f"{letter}{tail}", company.hong_gai) for letter in "AB"]

    def work(client: APIClient, place: int) -> list[int]:
        return [send(client, step, day, tail) for step in history[place]]

    answers = {status for told in together(CLIENTS, token, work) for status in told}
    assert answers <= {201, 400, 409}
    call_command("verify_ledger", stdout=StringIO())
    is_closed = DrawClose.objects.filter(draw__date=day).exists()
    for agent in known:
        sold = dict(
            AgentDrawTotal.objects.filter(agent=agent).aggregate(
                sold=Sum(F("issued") - F("returned"), default=0),
                entered=Sum(F("revenue_amount") - F("commission_amount"), default=0),
            )
        )
        moved = ConsignmentEntry.objects.filter(agent=agent).aggregate(
            sold=Sum(F("issued") - F("returned"), default=0)
        )
        assert sold["sold"] == moved["sold"] >= 0
        paid = JournalEntry.objects.filter(agent=agent, event="payment").aggregate(
            paid=Sum("receivable", default=0)
        )
        owes = AgentBalance.objects.filter(agent=agent).values_list("receivable", flat=True).first()
        assert (owes or 0) == (sold["entered"] if is_closed else 0) + paid["paid"]
