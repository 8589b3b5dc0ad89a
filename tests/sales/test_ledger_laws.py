"""What holds after any history of requests: the rollups are what the ledger adds up to."""

from datetime import date, timedelta
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from sales.engine.bodies import Fault
from sales.engine.checks import check
from sales.engine.periods import edges_with
from sales.models import AgentDrawTotal, AgentMonthAll, ConsignmentEntry, RegionDayTotal
from tests import make
from tests.sales.conftest import Company, bulk, line

_keys = count()

lines = st.fixed_dictionaries(
    {
        "agent": st.sampled_from(["AN", "BINH", "CHI"]),
        "product": st.sampled_from(["TT10", "LT5"]),
        "draw_date": st.sampled_from(["2026-11-16", "2026-11-17"]),
        "issued": st.integers(0, 5),
        "returned": st.integers(0, 5),
    }
)
corrections = st.fixed_dictionaries(
    {"of": st.integers(0, 50), "issued": st.integers(-6, 6), "returned": st.integers(-6, 6)}
)
requests = st.lists(
    st.one_of(st.lists(lines, min_size=1, max_size=4), corrections), min_size=1, max_size=8
)


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(history=requests)
def test_totals_always_prove_from_the_ledger(
    company: Company, manager: APIClient, history: list[Any]
):
    for request in history:
        before = ConsignmentEntry.objects.count()
        sent = _lines_of(request)
        answer = bulk(manager, sent, key=str(next(_keys)))
        assert answer.status_code in (201, 400)
        grown = ConsignmentEntry.objects.count() - before
        assert grown == (len(sent) if answer.status_code == 201 else 0)
    call_command("verify_ledger", stdout=StringIO())
    assert all(0 <= total.returned <= total.issued for total in AgentDrawTotal.objects.all())


def _lines_of(request: Any) -> list[dict[str, Any]]:
    if isinstance(request, list):
        return request
    known = list(ConsignmentEntry.objects.select_related("agent", "product").order_by("pk"))
    if not known:
        return [line(issued=1)]
    entry = known[request["of"] % len(known)]
    return [
        {
            "agent": entry.agent.code,
            "product": entry.product.code,
            "draw_date": entry.draw_date.isoformat(),
            "issued": request["issued"],
            "returned": request["returned"],
            "corrects": entry.pk,
            "reason": "Sửa",
        }
    ]


def _state() -> tuple[list[Any], list[Any]]:
    return (
        list(
            AgentDrawTotal.objects.order_by("agent", "product", "draw").values_list(
                "agent", "product", "draw", "region", "issued", "returned", "revenue_amount"
            )
        ),
        list(
            RegionDayTotal.objects.order_by("draw_date", "region", "product").values_list(
                "draw_date", "region", "product", "issued", "returned", "revenue_amount"
            )
        ),
    )


def test_months_of_agents_keep_the_revenue_of_the_days_at_their_edges(
    company: Company, manager: APIClient
):
    days = [date(2026, 9, 1) + timedelta(days=n) for n in range(31)]
    days += [date(2024, 2, day) for day in (1, 2, 3, 22, 23, 29)]
    for day in days:
        make.draw(day.isoformat())
    for some in (days, days[:2], days[23:]):
        lines = [line("AN", day.isoformat(), issued=1 + day.day) for day in some]
        assert bulk(manager, lines, key=str(next(_keys))).status_code == 201
    call_command("verify_ledger", stdout=StringIO())
    entries = ConsignmentEntry.objects.values_list("draw_date", "revenue_amount")
    for month in AgentMonthAll.objects.all():
        for edge in ("first_day", "first_two_days", "last_week"):
            assert getattr(month, f"revenue_{edge}") == sum(
                amount
                for day, amount in entries
                if day.replace(day=1) == month.month and edge in edges_with(day)
            )


def test_the_ledger_is_of_rows_that_are_there_and_stay(company: Company, manager: APIClient):
    assert bulk(manager, [line("AN", issued=9)]).status_code == 201
    for table, used in (
        ("sales_agent", "code = 'AN'"),
        ("sales_product", "code = 'TT10'"),
        ("sales_draw", "date = '2026-11-17'"),
    ):
        with pytest.raises(IntegrityError, match="has entries of it"), transaction.atomic():
            _run(f"delete from {table} where {used}")
    for table, unused in (
        ("sales_agent", "code = 'CHI'"),
        ("sales_product", "code = 'LT5'"),
        ("sales_draw", "date = '2026-11-18'"),
    ):
        assert _run(f"delete from {table} where {unused}") == 1
    copied = ("batch_id", "agent_id", "product_id", "draw_id", "draw_date", "region_id", "issued",
              "returned", "face_value_amount", "commission_bps")  # fmt: skip
    for wrong in copied[:4]:
        told = ", ".join("-1" if name == wrong else name for name in copied)
        with pytest.raises(IntegrityError, match="of that number"), transaction.atomic():
            _run(
                f"insert into sales_consignmententry ({', '.join(copied)})"
                f" select {told} from sales_consignmententry"
            )
    assert ConsignmentEntry.objects.count() == 1


def test_an_agent_deleted_while_its_lines_are_checked_is_named(
    company: Company, manager: APIClient, monkeypatch: pytest.MonkeyPatch
):
    def check_and_delete(*looked: Any) -> list[Fault]:
        faults = check(*looked)
        _run("delete from sales_agent where code = 'CHI'")
        return faults

    monkeypatch.setattr("sales.ledger.recording.check", check_and_delete)
    answer = bulk(manager, [line("AN", issued=1), line("CHI", issued=1)])
    assert answer.status_code == 400
    (error,) = answer.json()["errors"]
    assert (error["row"], error["field"], error["code"]) == (2, "agent", "agent.unknown")
    assert not ConsignmentEntry.objects.exists()


def _run(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return int(cursor.rowcount)


@pytest.mark.parametrize(
    "damage",
    [
        "update sales_agentdrawtotal set issued = issued + 1 where issued = 9",
        "update sales_regiondaytotal set revenue_amount = 0",
        "update sales_regionmonthtotal set returned = returned + 1",
        "delete from sales_agentdrawtotal where id = (select max(id) from sales_agentdrawtotal)",
        """insert into sales_regiondaytotal
           (draw_date, region_id, product_id, issued, returned, revenue_amount, commission_amount)
           select draw_date + 1, region_id, product_id, 0, 0, 0, 0 from sales_regiondaytotal limit 1
        """,
        "update sales_regionweekdaytotal set weekday = 6",
        "update sales_agentmonthtickets set commission_amount = commission_amount - 1",
        "update sales_agentmonthall set revenue_last_week = revenue_last_week + 1",
        "update sales_agentyeartickets set issued = issued + 1 where issued = 9",
        "delete from sales_agentweekdaytickets",
        "update sales_companydaytotal set revenue_amount = 0",
        "update sales_agentweekdayall set returned_3 = returned_3 + 1",
        "update sales_agentmonthdays set issued[17] = issued[18], issued[18] = issued[17]",
        "delete from sales_regiondayall",
    ],
)
def test_a_damaged_rollup_is_found_and_made_anew(company: Company, manager: APIClient, damage: str):
    bulk(manager, [line("AN", issued=9, returned=2), line("CHI", issued=5)])
    right = _state()
    call_command("verify_ledger", stdout=StringIO())
    with connection.cursor() as cursor:
        cursor.execute(damage)
    with pytest.raises(CommandError):
        call_command("verify_ledger", stdout=StringIO())
    out = StringIO()
    call_command("rebuild_rollups", stdout=out)
    assert out.getvalue().strip() == "Đã lập lại 2 tổng theo đại lý và 2 tổng theo địa bàn."
    call_command("verify_ledger", stdout=StringIO())
    assert _state() == right
