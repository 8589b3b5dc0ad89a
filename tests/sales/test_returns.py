"""Unsold tickets come back: declared, received, counted, confirmed, sealed, destroyed."""

from datetime import UTC, date, datetime
from io import BytesIO

import pytest
import time_machine
from django.db import DatabaseError, transaction
from pypdf import PdfReader

from backend import clock
from sales.engine.return_rules import Stretch, stretch_of
from sales.figures.draw_day import draw_day
from sales.ledger.proving import differences
from sales.models import (
    Agent,
    AgentDrawTotal,
    ConsignmentEntry,
    ReturnState,
    ReturnStep,
    SalesRule,
    TicketHolding,
)
from sales.tickets.return_handling import advance_returns
from sales.tickets.return_sheets import sheet_now
from tests.sales.conftest import bulk, line
from tests.sales.test_stock import move, ticket

DAY = "2026-11-17"
#: 15:00 in Vietnam.
AFTERNOON = datetime(2026, 11, 17, 8, tzinfo=UTC)


@pytest.fixture
def other(api, person, company):
    """The person who confirms."""
    return api(person("sales_manager", username="xac-nhan"))


def declared(client, agent="AN", **tickets):
    body = {"agent": agent, "draw_date": DAY, "tickets": tickets or {"TT10": 30}}
    answer = client.post("/api/v1/returns/", body)
    assert answer.status_code == 201, answer.json()
    return answer.json()["id"]


def step(client, state, *sheets, minutes_no="BB 1"):
    body = {"state": state, "sheets": list(sheets), "minutes_no": minutes_no}
    return client.post("/api/v1/returns/steps/", body)


def counted(client, sheet, **body):
    return client.post(f"/api/v1/returns/{sheet}/count/", body)


def confirmed(client, sheet, *, key="", **body):
    address = f"/api/v1/returns/{sheet}/confirmation/"
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(address, {"minutes_no": "BB 2"} | body, headers=headers)


def totals(agent="AN"):
    total = AgentDrawTotal.objects.get(agent__code=agent, product__code="TT10")
    return total.issued, total.returned


def test_a_return_goes_its_way_and_keeps_surplus_and_shortage(company, manager, other):
    bulk(manager, [line(issued=100), line(issued=50) | {"product": "LT5"}])
    sheet = declared(manager, TT10=30, LT5=10)
    assert step(manager, "received", sheet, minutes_no="").status_code == 201
    assert counted(manager, sheet, tickets={"TT10": 28, "LT5": 12}).status_code == 201
    assert totals() == (100, 0)  # only the confirmation writes
    answer = confirmed(other, sheet, key="xn-1")
    assert answer.status_code == 201, answer.json()
    told = answer.json()
    again = confirmed(other, sheet, key="xn-1")  # the answer was lost on its way
    assert (again.json(), again["Idempotency-Hit"]) == (told, "true")
    assert [
        (t["product"], t["surplus"], t["shortage"], t["accepted"]) for t in told["tallies"]
    ] == [
        ("LT5", 2, 0, 12),
        ("TT10", 0, 2, 28),
    ]
    assert totals() == (100, 28)
    assert step(manager, "sealed", sheet).status_code == 201
    assert step(manager, "destroyed", sheet, minutes_no="BB 3/TH").status_code == 201
    steps = manager.get(f"/api/v1/returns/{sheet}/").json()["steps"]
    assert [(s["state"], s["minutes_no"], s["by"]) for s in steps] == [
        ("declared", "", "sales_manager"),
        ("received", "", "sales_manager"),
        ("counted", "", "sales_manager"),
        ("confirmed", "BB 2", "xac-nhan"),
        ("sealed", "BB 1", "sales_manager"),
        ("destroyed", "BB 3/TH", "sales_manager"),
    ]
    listed = manager.get("/api/v1/returns/?state=destroyed&agent=AN").json()["results"]
    assert [row["id"] for row in listed] == [sheet]
    assert manager.get("/api/v1/returns/?state=counted").json()["results"] == []
    assert differences() == []


def test_who_counted_does_not_confirm_and_no_step_is_jumped(company, manager, other):
    bulk(manager, [line(issued=100)])
    sheet = declared(manager)
    assert counted(manager, sheet, tickets={"TT10": 30}).json()["code"] == "return.not_now"
    assert step(manager, "sealed", sheet).json()["code"] == "return.not_now"
    step(manager, "received", sheet)
    assert step(manager, "received", sheet).json()["code"] == "return.not_now"
    counted(manager, sheet, tickets={"TT10": 29})
    assert confirmed(manager, sheet).json()["code"] == "return.another_person"
    counted(other, sheet, tickets={"TT10": 30})  # counted again, so the other way round
    assert confirmed(other, sheet).json()["code"] == "return.another_person"
    assert confirmed(other, sheet, minutes_no="  ").status_code == 400
    assert totals() == (100, 0)
    assert confirmed(manager, sheet).status_code == 201
    assert confirmed(manager, sheet).json()["code"] == "return.not_now"
    assert totals() == (100, 30)
    again = ReturnStep(
        sheet_id=sheet, state="counted", by=ReturnStep.objects.latest("pk").by, at=AFTERNOON
    )
    with pytest.raises(DatabaseError, match="from confirmed to no counted"), transaction.atomic():
        again.save()


def test_many_sheets_go_together_or_not_at_all(company, manager, django_assert_max_num_queries):
    sheets = [declared(manager, agent) for agent in ("AN", "BINH", "CHI")]
    step(manager, "received", sheets[0])
    assert step(manager, "received", *sheets).status_code == 409
    assert ReturnStep.objects.filter(state="received").count() == 1
    by = ReturnStep.objects.latest("pk").by
    with django_assert_max_num_queries(8):
        advance_returns(sheets[1:], ReturnState.RECEIVED, by=by, at=AFTERNOON)
    assert step(manager, "sealed", 999_999).status_code == 404


def test_the_cut_off_refuses_or_flags_by_the_rule_in_force(company, manager):
    rule = {"valid_from": date(2026, 1, 1), "document": "QĐ 12/2026"}
    SalesRule.objects.create(key="return.cutoff", value=15 * 60 + 30, **rule)
    with time_machine.travel(AFTERNOON, tick=False):
        early, late = declared(manager), declared(manager, "BINH")
        assert step(manager, "received", early).status_code == 201
    with time_machine.travel(AFTERNOON.replace(hour=8, minute=30), tick=False):  # 15:30
        assert step(manager, "received", late).status_code == 201
        assert manager.get(f"/api/v1/returns/{late}/").json()["is_late"] is True
        assert manager.get(f"/api/v1/returns/{early}/").json()["is_late"] is False
        SalesRule.objects.create(key="return.late", value=1, **rule)
        body = {"agent": "CHI", "draw_date": DAY, "tickets": {"TT10": 1}}
        refused = manager.post("/api/v1/returns/", body)
    assert (refused.status_code, refused.json()["code"]) == (409, "return.too_late")
    assert "khóa nhận vé trả lúc 15:30" in refused.json()["detail"]


def test_less_than_counted_needs_a_reason_and_more_than_issued_is_refused(company, manager, other):
    bulk(manager, [line(issued=20)])
    sheet = declared(manager)
    step(manager, "received", sheet)
    counted(manager, sheet, tickets={"TT10": 30})
    before = ReturnStep.objects.count()
    over = confirmed(other, sheet)
    assert [e["code"] for e in over.json()["errors"]] == ["returned.over_issued"]
    for accepted, code in ((31, "return.over_counted"), (15, "return.less_needs_reason")):
        answer = confirmed(other, sheet, accepted={"TT10": accepted})
        assert [e["code"] for e in answer.json()["errors"]] == [code]
    for strange in ("LT5", "XX"):  # on sale, but not on this sheet; nothing at all
        answer = confirmed(other, sheet, accepted={"TT10": 15, strange: 0}, note="15 vé kỳ khác")
        assert [e["code"] for e in answer.json()["errors"]] == ["return.not_on_sheet"]
    assert ReturnStep.objects.count() == before
    assert confirmed(other, sheet, accepted={"TT10": 15}, note="15 vé kỳ khác").status_code == 201
    assert totals() == (20, 15)


def test_a_confirmed_return_is_undone_by_correcting_entries(company, manager, other):
    bulk(manager, [line(issued=100)])
    sheet = declared(manager)
    step(manager, "received", sheet)
    counted(manager, sheet, tickets={"TT10": 30})
    confirmed(other, sheet)
    address = f"/api/v1/returns/{sheet}/reversal/"
    assert manager.post(address, {"reason": "x"}).status_code == 400
    answer = manager.post(address, {"reason": "Đếm nhầm bó của đại lý khác"})
    assert (answer.status_code, answer.json()["state"]) == (201, "reversed")
    assert totals() == (100, 0)
    correction = ConsignmentEntry.objects.get(returned=-30)
    assert correction.reason == "Đếm nhầm bó của đại lý khác"
    assert manager.post(address, {"reason": "Đảo lần nữa"}).json()["code"] == "return.not_now"
    assert differences() == []


def test_a_sheet_opened_wrongly_is_taken_back_before_it_is_confirmed(
    company, manager, other, page, person
):
    """Else a slip of the pen, or tickets that never came, would stand on the desk for ever."""
    bulk(manager, [line(issued=100)])
    sheets = [declared(manager) for _n in range(3)]
    step(manager, "received", *sheets[1:])
    counted(manager, sheets[2], tickets={"TT10": 30})
    for sheet in sheets[:2]:
        address = f"/api/v1/returns/{sheet}/reversal/"
        assert manager.post(address, {"reason": "x"}).json()["code"] == "return.needs_reason"
        answer = manager.post(address, {"reason": "Kê nhầm đại lý"})
        assert (answer.status_code, answer.json()["state"]) == (201, "reversed")
    clerk = page(person("sales_manager", username="thu-kho"))
    address = f"/ban-ve/tra-ve/{sheets[2]}/"
    assert "Hủy bảng kê lập nhầm" in clerk.get(address).content.decode()
    clerk.post(address, {"buoc": "reverse", "ghi_chu": "Vé không về đến nơi"})
    assert confirmed(other, sheets[2]).json()["code"] == "return.not_now"
    assert step(manager, "received", sheets[0]).json()["code"] == "return.not_now"
    assert [agent.sheet_state for agent in draw_day(date(2026, 11, 17)) if agent.issued] == [""]
    assert totals() == (100, 0)


def test_counted_serials_move_the_tickets_themselves(company, manager, other):
    move(manager, ticket(0, 99, "printer", "warehouse"))
    move(manager, ticket(0, 99, "warehouse", "agent:AN"))
    sheet = declared(manager)
    step(manager, "received", sheet)
    short = counted(manager, sheet, tickets={"TT10": 30}, serials={"TT10": ["8KX 70-98"]})
    assert [e["code"] for e in short.json()["errors"]] == ["return.serials_differ"]
    right = {"tickets": {"TT10": 30}, "serials": {"TT10": ["8kx 70-98", "8KX:99"]}}
    assert counted(manager, sheet, **right).status_code == 201
    assert confirmed(other, sheet).status_code == 201
    assert totals() == (100, 30)
    step(manager, "sealed", sheet)
    step(manager, "destroyed", sheet, minutes_no="BB 9/TH")
    held = TicketHolding.objects.get(place="destroyed")
    assert (held.numbers.lower, held.numbers.upper) == (70, 100)
    assert differences() == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8KX 00450-00499", Stretch("8KX", 450, 499)),
        ("8kx:7", Stretch("8KX", 7, 7)),
        ("8KX 9–12", Stretch("8KX", 9, 12)),
        ("8KX 9-8", None),
        ("8KX", None),
    ],
)
def test_stretches_are_read_as_people_write_them(text, found):
    assert stretch_of(text) == found
    assert found is None or stretch_of(str(found)) == found


def test_the_pages_do_the_whole_work_and_print_the_minutes(company, manager, page, person):
    bulk(manager, [line(issued=100)])
    clerk = page(person("sales_manager", username="thu-kho"))
    chief = page(person("sales_manager", username="to-truong"))
    wrong = clerk.post(f"/ban-ve/tra-ve/?ngay={DAY}", {"dai_ly": "AN", "ve_TT10": "ba"})
    assert (wrong.status_code, "phải là số nguyên" in wrong.content.decode()) == (400, True)
    clerk.post(f"/ban-ve/tra-ve/?ngay={DAY}", {"dai_ly": "AN", "ve_TT10": "1.0"})
    sheet = ReturnStep.objects.get().sheet_id
    address = f"/ban-ve/tra-ve/{sheet}/"
    clerk.post("/ban-ve/tra-ve/buoc/", {"phieu": [sheet], "buoc": "received", "ngay": DAY})
    clerk.post(address, {"buoc": "count", "ve_TT10": "12", "bien_ban": "BB 4"})
    assert "người khác phải xác nhận" in clerk.get(address).content.decode()
    done = chief.post(
        address, {"buoc": "confirm", "ve_TT10": "12", "bien_ban": "BB 5"}, follow=True
    )
    assert "Đã xác nhận và ghi vào sổ vé." in done.content.decode()
    assert totals() == (100, 12)
    answer = chief.get(f"{address}bien-ban/")
    assert answer["Content-Type"] == "application/pdf"
    text = PdfReader(BytesIO(answer.content)).pages[0].extract_text()
    for words in ("BIÊN BẢN KIỂM NHẬN VÉ TRẢ", "BB 5", "AN Đại lý AN", "to-truong"):
        assert words in text
    seen = clerk.get(f"/ban-ve/tra-ve/?ngay={DAY}").content.decode()
    assert "thừa 2" in seen
    chief.post(address, {"buoc": "reverse", "ghi_chu": "Nhầm đại lý"})
    assert sheet_now(sheet, user=person("auditor")).state == "reversed"
    region = company.mong_cai
    stranger = page(person("sales_manager", username="mong-cai", region=region))
    assert stranger.get(address).status_code == 404


def test_who_has_an_agent_now_takes_back_what_it_brought_from_elsewhere(
    company, manager, api, person
):
    """It moved while a draw was open: its entries keep the place of the first of them."""
    bulk(manager, [line(issued=100)])
    Agent.objects.filter(code="AN").update(region=company.mong_cai)
    new = [
        api(person("sales_manager", username=f"mong-cai-{number}", region=company.mong_cai))
        for number in (1, 2)
    ]
    sheet = declared(new[0], TT10=30)
    assert step(new[0], "received", sheet, minutes_no="").status_code == 201
    assert counted(new[0], sheet, tickets={"TT10": 30}).status_code == 201
    assert confirmed(new[1], sheet).status_code == 201
    told = new[0].post(f"/api/v1/returns/{sheet}/reversal/", {"reason": "Đếm nhầm bó vé"})
    assert told.status_code == 201, told.json()
    assert totals() == (100, 0)
    old = api(person("sales_manager", username="hong-gai", region=company.hong_gai))
    entry = ConsignmentEntry.objects.earliest("pk")
    wrong = line(issued=-1) | {"corrects": entry.pk, "reason": "Không còn đại lý này"}
    assert old.post("/api/v1/sales/", wrong).status_code == 400


def test_closing_a_draw_tells_what_came_in_and_was_not_confirmed(company, manager):
    bulk(manager, [line(issued=100), line(agent="BINH", issued=100)])
    came, _left = declared(manager), declared(manager, "BINH")
    assert step(manager, "received", came).status_code == 201
    closed = manager.post("/api/v1/draws/2026-11-17/close/").json()
    assert (closed["sold"], closed["unconfirmed_sheets"]) == (200, 1)


def test_nothing_is_declared_for_a_draw_that_is_closed(company, manager):
    """It would be received and counted, and could never be confirmed."""
    bulk(manager, [line(issued=100)])
    assert manager.post("/api/v1/draws/2026-11-17/close/").status_code == 201
    body = {"agent": "AN", "draw_date": DAY, "tickets": {"TT10": 30}}
    refused = manager.post("/api/v1/returns/", body)
    assert [(e["field"], e["code"]) for e in refused.json()["errors"]] == [("draw_date", "draw.closed")]  # fmt: skip
    assert manager.get("/api/v1/returns/").json()["results"] == []


def test_an_agent_that_moves_brings_its_account_and_its_tickets(company, manager, api, person):
    """Whoever has it now answers for what it owes: statement, movements, payments, what is to be signed."""
    bulk(manager, [line(issued=100), line(agent="BINH", issued=50)])
    assert manager.post("/api/v1/draws/2026-11-17/close/").status_code == 201
    paid = {
        "event": "payment",
        "agent": "AN",
        "date": "2026-11-17",
        "amount": 1_000,
        "reference": "PT 1",
    }
    booked = manager.post(
        "/api/v1/journal/", {"lines": [paid]}, headers={"Idempotency-Key": "pt-1"}
    )
    assert booked.status_code == 201
    span = {"agent": "AN", "first": "2026-11-01", "last": "2026-11-17"}
    record = manager.post("/api/v1/reconciliations/", span).json()["id"]
    (payment,) = manager.get("/api/v1/payments/?agent=AN").json()["results"]
    new = api(person("sales_manager", username="mong-cai", region=company.mong_cai))
    step = {"kind": "agent", "signer": "Nguyễn Văn An", "signed_date": str(clock.today())}
    assert new.post(f"/api/v1/reconciliations/{record}/steps/", step).status_code == 404
    Agent.objects.filter(code="AN").update(region=company.mong_cai)
    lists = ("sales", "consignments", "journal", "payments", "reconciliations")
    told = {name: len(new.get(f"/api/v1/{name}/?agent=AN").json()["results"]) for name in lists}
    assert told == {
        "sales": 1,
        "consignments": 1,
        "journal": 2,
        "payments": 1,
        "reconciliations": 1,
    }
    assert (
        new.get("/api/v1/sales/").json()["results"] == []
    )  # figures stay with the unit of their time
    (entry,) = new.get("/api/v1/sales/?agent=AN").json()["results"]
    assert new.get(f"/api/v1/sales/{entry['id']}/").status_code == 200
    assert new.get("/api/v1/sales/?agent=BINH").status_code == 400
    signed = new.post(f"/api/v1/reconciliations/{record}/steps/", step)
    assert signed.status_code == 201, signed.json()
    undo = new.post(f"/api/v1/journal/{payment['id']}/reversal/", {"reason": "Ghi nhầm đại lý"})
    assert undo.status_code == 201
