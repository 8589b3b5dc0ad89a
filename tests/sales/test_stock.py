"""Tickets by serial: printed, issued, returned, destroyed, lost; and the counts beside them."""

import threading
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from sales.engine.ticket_lines import TicketLine
from sales.ledger.proving import differences
from sales.ledger.recording import LinesRefused
from sales.models import (
    AgentDrawTotal,
    ConsignmentEntry,
    Product,
    TicketHolding,
    TicketMove,
    TicketSeries,
)
from sales.tickets.stock import record_moves
from tests import make
from tests.sales.conftest import MONDAY, bulk, line

DAY = "2026-11-17"


def ticket(first, last, source, target, **fields):
    values = {"draw_date": DAY, "product": "TT10", "series": "8KX"}
    return values | {"first": first, "last": last, "source": source, "target": target} | fields


def move(client, *lines, query=""):
    return client.post(
        f"/api/v1/tickets/moves/{query}",
        {"lines": list(lines)},
        headers={"Idempotency-Key": str(uuid4())},
    )


def where(**filters):
    held = TicketHolding.objects.filter(**filters).order_by("series__symbol", "numbers")
    return [
        (row.numbers.lower, row.numbers.upper - 1, row.place, row.agent.code if row.agent else None)
        for row in held.select_related("agent")
    ]


def counted(agent="AN"):
    total = AgentDrawTotal.objects.filter(agent__code=agent).first()
    return (total.issued, total.returned) if total else None


@pytest.fixture
def printed(company, manager):
    make.site("CN1")
    assert move(manager, ticket(0, 99_999, "printer", "warehouse")).status_code == 201
    return company


def test_a_ticket_goes_from_the_printer_to_its_destruction(printed, manager):
    steps = [
        [ticket(0, 9_999, "warehouse", "branch:CN1", document="PX1")],
        [ticket(0, 499, "branch:CN1", "agent:AN"), ticket(500, 799, "branch:CN1", "agent:BINH")],
        [ticket(450, 499, "agent:AN", "returned", document="BB7")],
        [ticket(450, 499, "returned", "destroyed", document="BB8/TH")],
    ]
    for step in steps:
        answer = move(manager, *step)
        assert answer.status_code == 201, answer.json()
    assert where() == [
        (0, 449, "agent", "AN"),
        (450, 499, "destroyed", None),
        (500, 799, "agent", "BINH"),
        (800, 9_999, "branch", None),
        (10_000, 99_999, "warehouse", None),
    ]
    assert (counted("AN"), counted("BINH")) == ((500, 50), (300, 0))
    life = manager.get(f"/api/v1/tickets/moves/?draw={DAY}&series=8KX&number=470").json()
    assert [(row["source"], row["target"], row["document"]) for row in life["results"]] == [
        ("returned", "destroyed", "BB8/TH"),
        ("agent", "returned", "BB7"),
        ("branch", "agent", ""),
        ("warehouse", "branch", "PX1"),
        ("", "warehouse", ""),
    ]
    held = manager.get("/api/v1/tickets/holdings/?agent=AN").json()["results"]
    assert [(row["first"], row["last"], row["place"]) for row in held] == [(0, 449, "agent")]

    def rows(query):
        return len(manager.get(f"/api/v1/tickets/{query}").json()["results"])

    assert (rows("holdings/?region=06685"), rows("holdings/?region=06712")) == (2, 0)
    assert (rows("moves/?region=06685"), rows("moves/?region=06712")) == (3, 0)
    assert (rows("moves/?agent=AN"), rows("moves/?agent=BINH")) == (2, 1)
    assert differences() == []


def test_every_wrong_line_is_told_and_nothing_moves(printed, manager):
    move(manager, ticket(0, 99, "warehouse", "agent:AN"))
    before = where(), TicketMove.objects.count(), counted()
    shape = move(
        manager,
        ticket(5, 4, "warehouse", "agent:AN"),
        ticket(1, 2, "warehouse", "agent:XX"),
        ticket(1, 2, "warehouse", "returned"),
        ticket(1, 2, "agent:AN", "lost"),
        ticket(1, 2, "agent:AN", "agent:BINH"),
        ticket(1, 2, "moon", "branch:ZZ", draw_date="2026-01-01"),
    )
    assert shape.status_code == 400
    assert [(e["row"], e["field"], e["code"]) for e in shape.json()["errors"]] == [
        (1, "last", "ticket.reversed"),
        (2, "target", "agent.unknown"),
        (3, "target", "ticket.no_such_way"),
        (4, "document", "ticket.needs_minutes"),
        (5, "reason", "ticket.needs_reason"),
        (6, "draw_date", "draw.none"),
        (6, "source", "ticket.not_a_place"),
        (6, "target", "site.unknown"),
    ]
    assert shape.json()["errors"][2]["message"] == (
        "Vé không đi thẳng từ kho công ty đến kho vé trả; hãy xem các bước được phép."
    )
    gone = move(
        manager,
        ticket(50, 150, "warehouse", "agent:BINH"),
        ticket(100_000, 100_001, "warehouse", "agent:BINH"),
        ticket(0, 10, "printer", "warehouse"),
    )
    assert [(e["row"], e["code"]) for e in gone.json()["errors"]] == [
        (1, "ticket.elsewhere"),
        (2, "ticket.not_printed"),
        (3, "ticket.elsewhere"),
    ]
    assert gone.json()["errors"][0]["message"] == (
        "Vé 00050 đến 00099 đang ở nơi khác: đại lý."  # whose, is told who names him in the request
    )
    assert (where(), TicketMove.objects.count(), counted()) == before


def test_a_series_of_traditional_tickets_has_five_digits(printed, manager):
    refused = move(manager, ticket(99_990, 100_000, "printer", "warehouse", series="9KX"))
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [
        ("last", "ticket.not_in_series")
    ]
    assert where(series__symbol="9KX") == []
    Product.objects.filter(code="LT5").update(kind="instant")
    other = ticket(99_990, 100_000, "printer", "warehouse", series="9KX", product="LT5")
    assert move(manager, other).status_code == 201


def test_transfers_and_undoing_correct_the_counts(printed, manager):
    issued = move(manager, ticket(0, 99, "warehouse", "agent:AN")).json()["batch"]
    move(manager, ticket(60, 99, "agent:AN", "agent:BINH", reason="AN xin bớt"))
    assert (counted("AN"), counted("BINH")) == ((60, 0), (40, 0))
    correction = ConsignmentEntry.objects.get(issued=-40)
    corrected = ConsignmentEntry.objects.get(issued=100)
    assert (corrected.batch_id, correction.reason) == (issued, "AN xin bớt")

    undo = f"/api/v1/tickets/moves/{issued}/undo/"
    gone = manager.post(undo, {"reason": "Xuất nhầm đại lý"})
    assert [e["code"] for e in gone.json()["errors"]] == ["ticket.elsewhere"]
    transfer = TicketMove.objects.latest("pk").batch_id
    back = manager.post(f"/api/v1/tickets/moves/{transfer}/undo/", {"reason": "Không chuyển nữa"})
    assert back.status_code == 201, back.json()
    assert manager.post(undo, {"reason": "Xuất nhầm đại lý"}).status_code == 201
    assert (counted("AN"), counted("BINH")) == ((0, 0), (0, 0))
    assert where() == [(0, 99_999, "warehouse", None)]
    assert (
        manager.post("/api/v1/tickets/moves/999999/undo/", {"reason": "abcdef"}).status_code == 404
    )
    assert differences() == []


def test_lost_tickets_stay_owed_and_may_be_found(printed, manager):
    move(manager, ticket(0, 99, "warehouse", "agent:AN"))
    lost = move(manager, ticket(10, 19, "agent:AN", "lost", document="BB mất 1"))
    assert lost.status_code == 201
    assert counted() == (100, 0)
    undone = manager.post(
        f"/api/v1/tickets/moves/{lost.json()['batch']}/undo/", {"reason": "Ghi nhầm số"}
    )
    assert undone.status_code == 201
    assert (counted(), where(place="lost")) == ((100, 0), [])
    assert differences() == []


def test_serials_of_counts_already_recorded_are_never_more_than_them(printed, manager):
    bulk(manager, [line(issued=100, returned=20)])
    many = move(manager, ticket(0, 100, "warehouse", "agent:AN"), query="?is_counted=1")
    assert [(e["row"], e["code"]) for e in many.json()["errors"]] == [
        (1, "ticket.more_than_counted")
    ]
    right = move(manager, ticket(0, 99, "warehouse", "agent:AN"), query="?is_counted=1")
    assert right.status_code == 201
    assert counted() == (100, 20)
    assert differences() == []


def test_returned_more_than_issued_by_counts_is_told_by_the_line_of_serials(printed, manager):
    bulk(manager, [line(issued=0, returned=0, sold=None) | {"issued": 50}])
    move(manager, ticket(0, 49, "warehouse", "agent:AN"), query="?is_counted=1")
    manager.post("/api/v1/sales/", line(returned=30))
    answer = move(
        manager,
        ticket(200, 209, "warehouse", "agent:BINH"),
        ticket(0, 29, "agent:AN", "returned"),
    )
    assert [(e["row"], e["code"]) for e in answer.json()["errors"]] == [(2, "returned.over_issued")]
    assert counted("BINH") is None


def test_who_sees_one_region_moves_no_tickets_of_another(printed, api, person):
    clerk = api(person("sales_manager", username="khu-vuc", region=printed.hong_gai))
    answer = move(clerk, ticket(0, 9, "warehouse", "agent:CHI"))
    assert [e["code"] for e in answer.json()["errors"]] == ["agent.unknown"]
    issued = move(clerk, ticket(0, 9, "warehouse", "agent:AN"))
    assert issued.status_code == 201
    undone = clerk.post(
        f"/api/v1/tickets/moves/{issued.json()['batch']}/undo/", {"reason": "Xuất nhầm kỳ"}
    )
    assert undone.status_code == 201


def test_who_sees_one_region_leaves_the_tickets_of_the_company_alone(printed, manager, api, person):
    """Printed, moved between stores, lost or destroyed: no agent of the region is part of it."""
    clerk = api(person("sales_manager", username="khu-vuc", region=printed.hong_gai))
    stored = move(manager, ticket(0, 99, "warehouse", "branch:CN1")).json()["batch"]
    before = where()
    for wrong in (
        ticket(0, 9, "printer", "warehouse", series="9ZZ"),
        ticket(0, 9, "branch:CN1", "warehouse"),
        ticket(500, 509, "warehouse", "destroyed", document="BB 1"),
        ticket(500, 509, "warehouse", "lost", document="BB 1"),
    ):
        refused = move(clerk, ticket(200, 209, "warehouse", "agent:AN"), wrong)
        assert refused.status_code == 400
        assert [(e["row"], e["field"], e["code"]) for e in refused.json()["errors"]] == [
            (2, "source", "ticket.of_the_company")
        ]
    undone = clerk.post(f"/api/v1/tickets/moves/{stored}/undo/", {"reason": "Chuyển nhầm"})
    assert [e["code"] for e in undone.json()["errors"]] == ["ticket.of_the_company"]
    assert where() == before


def test_the_database_itself_keeps_a_serial_in_one_place(printed):
    series = TicketSeries.objects.get()
    with pytest.raises(IntegrityError, match="ticket_in_one_place"), transaction.atomic():
        TicketHolding.objects.create(series=series, numbers=(99_999, 100_005), place="warehouse")


def test_a_thousand_lines_cost_as_many_queries_as_one(
    printed, manager, person, django_assert_max_num_queries
):
    lines = [
        TicketLine(MONDAY, "TT10", "1AA", n * 10, n * 10 + 9, "printer", "warehouse")
        for n in range(1_000)
    ]
    by = person("sales_manager", username="kho")
    with django_assert_max_num_queries(16):
        record_moves(by=by, at=timezone.now(), lines=lines)
    assert where(series__symbol="1AA") == [(0, 9_999, "warehouse", None)]
    issues = [
        TicketLine(MONDAY, "TT10", "1AA", n * 10, n * 10 + 4, "warehouse", "agent:AN")
        for n in range(1_000)
    ]
    with django_assert_max_num_queries(30):
        record_moves(by=by, at=timezone.now(), lines=issues)
    assert TicketHolding.objects.filter(series__symbol="1AA").count() == 2_000


@pytest.mark.django_db(transaction=True)
def test_two_clerks_never_give_out_one_ticket_twice(printed, person):
    by = person("sales_manager", username="kho")
    done: list[str] = []

    def give(code, first):
        try:
            record_moves(
                by=by,
                at=timezone.now(),
                lines=[TicketLine(MONDAY.replace(day=17), "TT10", "8KX", first, first + 99,
                                  "warehouse", f"agent:{code}")],
            )  # fmt: skip
            done.append(code)
        except LinesRefused:
            done.append("refused")
        finally:
            connection.close()

    threads = [
        threading.Thread(target=give, args=args)
        for args in (("AN", 0), ("BINH", 50), ("CHI", 100), ("AN", 200))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(done) == 4
    assert "refused" in done
    assert TicketHolding.objects.filter(place="agent").count() >= 2
    assert differences() == []


def test_the_page_tells_where_tickets_are_and_takes_a_move(printed, page, person):
    client = page(person("sales_manager", username="kho"))
    form = {
        "product": "TT10", "series": "8kx", "first": "00000", "last": "00049",
        "source": "warehouse", "target": "agent", "target_code": "AN", "document": "PX1",
    }  # fmt: skip
    wrong = client.post(f"/ban-ve/kho-ve/?ngay={DAY}", form | {"last": "x", "target_code": "ZZ"})
    assert wrong.status_code == 400
    assert "Số vé phải là số nguyên từ 0 đến 999999." in wrong.content.decode()
    assert counted() is None
    done = client.post(f"/ban-ve/kho-ve/?ngay={DAY}", form, follow=True).content.decode()
    assert "Đã ghi 50 vé." in done
    assert counted() == (50, 0)
    life = client.get(f"/ban-ve/kho-ve/?ngay={DAY}&seri=8kx&so=00007").content.decode()
    assert "kho công ty" in life
    assert "AN Đại lý AN" in life
    none = client.get(f"/ban-ve/kho-ve/?ngay={DAY}&seri=9ZZ&so=00007").content.decode()
    assert "Không có vé này" in none
