"""Winning tickets presented and paid through the API: once, in term, taxed, reversed, proved."""

import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from io import StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction
from django.test import Client
from rest_framework.test import APIClient

from attendance.models import CalendarDay, DayKind
from backend.accounts.models import User
from backend.clock import VN
from backend.workdays import after_working_days
from sales.draws.calendar_keeping import keep_calendar
from sales.draws.claims import Winner, register_claim
from sales.draws.payouts import Payer, pay_claim
from sales.draws.prize_tables import load_prize_tables
from sales.draws.results import enter_result, publish_result
from sales.engine.draw_sheet import cleaned
from sales.models import (
    AgentBalance,
    AgentContract,
    Draw,
    JournalEntry,
    JournalEvent,
    PrizeClaim,
    RuleKey,
    SalesRule,
)
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company, bulk, line
from tests.sales.draws import AUGUST_18

DAY = "2026-11-17"
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=VN)
WINNER = {"name": "Trần Thị Trúng", "id_number": "022190000001", "phone": "0912345678"}
SPECIAL, FIRST, FIFTH = "29183", "55349", "10776"


@pytest.fixture(autouse=True)
def friday() -> Any:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def drawn(company: Company) -> Company:
    """Tuesday's draw with its result, of 20 series; all rules as shipped."""
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date=DAY), AUGUST_18, ["2KX", "5KX"], series_count=20)
    return company


def confirm_tax() -> None:
    SalesRule.objects.filter(key=RuleKey.PRIZE_TAX_FREE).update(is_confirmed=True)


def claim(client: APIClient, number: str = FIFTH, symbol: str = "3KX", **fields: Any) -> Any:
    sent = {"number": number, "symbol": symbol, "draw_date": DAY, **fields}
    return client.post("/api/v1/claims/", sent)


def pay(client: APIClient, pk: int, **fields: Any) -> Any:
    return client.post(f"/api/v1/claims/{pk}/payment/", fields)


def undo(client: APIClient, pk: int, reason: str = "Ghi nhầm người nhận") -> Any:
    return client.post(f"/api/v1/claims/{pk}/payment-reversal/", {"reason": reason})


def prove() -> None:
    call_command("verify_ledger", stdout=StringIO())


def test_a_ticket_is_claimed_and_paid_in_cash(drawn: Company, manager: APIClient):
    told = claim(manager)
    assert (told.status_code, told.json()) == (
        201,
        {
            "presented_date": "2026-11-20",
            "id": told.json()["id"],
            "state": "open",
            "draw_date": DAY,
            "product": "TT10",
            "number": FIFTH,
            "symbol": "3KX",
            "prizes": [{"kind": "fifth", "place": 3, "amount": 200_000}],
            "gross_amount": 200_000,
            "claim_until": "2026-12-17",
            "due_date": "2026-11-27",
            "entry": None,
            "paid_date": None,
            "agent": None,
            "tax_amount": None,
            "fee_amount": None,
            "reference": None,
            "reason": "",
        },
    )
    paid = pay(manager, told.json()["id"], reference="PC-9").json()
    assert (paid["state"], paid["paid_date"], paid["agent"]) == ("paid", "2026-11-20", None)
    assert (paid["tax_amount"], paid["fee_amount"], paid["reference"]) == (0, 0, "PC-9")
    entry = JournalEntry.objects.get()
    assert (entry.event, entry.prizes, entry.cash, entry.receivable) == (
        "payout", 200_000, -200_000, 0,
    )  # fmt: skip
    prove()


def test_the_tax_is_withheld_from_what_the_winner_gets(drawn: Company, manager: APIClient):
    confirm_tax()
    pk = claim(manager, SPECIAL, "2KX", winner=WINNER).json()["id"]
    paid = pay(manager, pk, out_of="bank").json()
    assert (paid["gross_amount"], paid["tax_amount"]) == (500_040_000, 48_004_000)
    entry = JournalEntry.objects.get()
    assert (entry.prizes, entry.withheld_tax, entry.bank) == (
        500_040_000, -48_004_000, -452_036_000,
    )  # fmt: skip
    prove()


def test_money_that_hangs_on_an_unconfirmed_rule_is_not_paid(drawn: Company, manager: APIClient):
    pk = claim(manager, SPECIAL, "3KX", winner=WINNER).json()["id"]
    refused = pay(manager, pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "payout.tax_unsettled")
    assert not JournalEntry.objects.exists()
    first = claim(manager, FIRST, winner=WINNER).json()  # ten million: taxed by neither rule
    assert pay(manager, first["id"]).status_code == 201
    confirm_tax()
    paid = pay(manager, pk).json()
    assert paid["tax_amount"] == (25_040_000 - 20_000_000) // 10
    assert paid in manager.get("/api/v1/claims/").json()["results"]


def test_an_agent_pays_on_the_companys_behalf_for_a_fee(drawn: Company, manager: APIClient):
    confirm_tax()
    pk = claim(manager, SPECIAL, "3KX", winner=WINNER).json()["id"]
    assert pay(manager, pk, agent="AN", fee_bps=21).json()["code"] == "payout.fee_over_cap"
    assert pay(manager, pk, agent="ZZ").json()["code"] == "payout.agent_unknown"
    assert pay(manager, pk, fee_bps=5).json()["code"] == "request.invalid"
    paid = pay(manager, pk, agent="AN", fee_bps=20, reference="UQ-1").json()
    assert (paid["agent"], paid["tax_amount"], paid["fee_amount"]) == ("AN", 504_000, 50_080)
    # He gave the winner 24,536,000 and keeps his fee: that much less he owes.
    assert AgentBalance.objects.get(agent__code="AN").receivable == -(24_536_000 + 50_080)
    again = claim(manager).json()["id"]
    assert pay(manager, again, agent="AN", reference="UQ-1").json()["code"] == (
        "payout.reference_used"
    )
    prove()


def test_a_ticket_is_claimed_once_for_ever(drawn: Company, manager: APIClient):
    pk = claim(manager).json()["id"]
    again = claim(manager, symbol="3kx")
    assert (again.status_code, again.json()["code"]) == (409, "claim.exists")
    assert pay(manager, pk).status_code == 201
    assert pay(manager, pk).json()["code"] == "claim.not_open"
    assert claim(manager).json()["code"] == "claim.exists"
    assert claim(manager, symbol="4KX").status_code == 201  # another series is another ticket
    assert JournalEntry.objects.count() == 1


def test_the_same_request_again_has_one_effect(drawn: Company, manager: APIClient):
    sent = {"number": FIFTH, "symbol": "3KX", "draw_date": DAY}
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (manager.post("/api/v1/claims/", sent, headers=key) for _ in range(2))
    assert first.json() == again.json()
    address = f"/api/v1/claims/{first.json()['id']}/payment/"
    key = {"Idempotency-Key": str(uuid4())}
    first, again = (manager.post(address, {}, headers=key) for _ in range(2))
    assert (first.json(), again.status_code) == (again.json(), 201)
    assert JournalEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"number": "11111"}, "claim.did_not_win"),
        ({"number": SPECIAL}, "claim.winner_missing"),
        ({"number": SPECIAL, "winner": {"name": "A", "id_number": " "}}, "request.invalid"),
        ({"presented_date": "2026-11-21"}, "claim.presented_when"),
        ({"presented_date": "2026-11-16"}, "claim.presented_when"),
        ({"draw_date": "2026-11-16"}, "ticket.no_result"),
    ],
)
def test_what_cannot_be_claimed(
    drawn: Company, manager: APIClient, sent: dict[str, Any], code: str
):
    answer = manager.post(
        "/api/v1/claims/", {"number": FIFTH, "symbol": "3KX", "draw_date": DAY, **sent}
    )
    if code == "request.invalid":
        code = answer.json()["code"]  # a blank number is refused by whoever sees it first
        assert code in ("request.invalid", "claim.winner_missing")
    assert answer.json()["code"] == code
    assert not PrizeClaim.objects.exists()


def test_an_agent_whose_contract_does_not_let_it_pay_prizes_is_credited_with_none(
    drawn: Company, manager: APIClient
):
    contract = AgentContract.objects.create(
        agent=drawn.an, number="HĐ 1", valid_from="2026-01-01", valid_to="2026-11-19"
    )
    pk = claim(manager).json()["id"]
    assert pay(manager, pk, agent="AN", reference="UQ-1").status_code == 201  # its contract is over
    undo(manager, pk)
    AgentContract.objects.filter(pk=contract.pk).update(valid_to=None)
    refused = pay(manager, pk, agent="AN", reference="UQ-2")
    assert (refused.status_code, refused.json()["code"]) == (409, "payout.agent_not_authorised")
    prize = {
        "event": "prize",
        "agent": "AN",
        "date": "2026-11-20",
        "amount": 40_000,
        "reference": "TT 1",
    }
    told = manager.post("/api/v1/journal/", {"lines": [prize]}, headers={"Idempotency-Key": "tt-1"})
    assert [fault["code"] for fault in told.json()["errors"]] == ["money.pays_no_prizes"]
    AgentContract.objects.filter(pk=contract.pk).update(pays_prizes=True)
    assert pay(manager, pk, agent="AN", reference="UQ-2").status_code == 201
    prove()


def test_the_term_is_thirty_days_from_the_draw(drawn: Company, api: Callable[..., APIClient]):
    with time_machine.travel(datetime(2026, 12, 18, 8, 0, tzinfo=VN), tick=False):
        manager = api("sales_manager")
        late = claim(manager)
        assert (late.status_code, late.json()["code"]) == (409, "claim.too_late")
        assert late.json()["claim_until"] == "2026-12-17"
        assert claim(manager, presented_date="2026-12-17").status_code == 201


def test_a_term_that_ends_on_a_day_of_rest_runs_to_the_next_working_day(
    drawn: Company, api: Callable[..., APIClient]
):
    """Civil Code 91/2015, article 148.5: thirty days after 17 November is a Thursday made a holiday here,
    and the Friday is one too; Monday is the last day."""
    for day in ("2026-12-17", "2026-12-18"):
        CalendarDay.objects.create(date=day, kind=DayKind.HOLIDAY, name="Lễ hội")
    keep_calendar(at=NOW)
    with time_machine.travel(datetime(2026, 12, 22, 8, 0, tzinfo=VN), tick=False):
        manager = api("sales_manager")
        asked = {"number": FIFTH, "symbol": "3KX", "draw_date": DAY}
        checked = manager.post("/api/v1/tickets/check/", asked).json()
        assert checked["claim_until"] == "2026-12-21"
        late = claim(manager)
        assert (late.status_code, late.json()["claim_until"]) == (409, "2026-12-21")
        assert claim(manager, presented_date="2026-12-21").status_code == 201


def test_prizes_are_unclaimed_only_when_the_extended_term_is_over(
    drawn: Company, person: Callable[..., User], api: Callable[..., APIClient]
):
    CalendarDay.objects.create(date="2026-12-17", kind=DayKind.HOLIDAY, name="Lễ hội")
    keep_calendar(at=NOW)
    mai = person("sales_manager", username="mai")
    assert bulk(api(mai), [line(issued=1_000)]).status_code == 201
    for day, is_over in ((18, False), (19, True)):
        with time_machine.travel(datetime(2026, 12, day, 8, 0, tzinfo=VN), tick=False):
            told = api(mai).get(f"/api/v1/payouts/?date_from={DAY}&date_to={DAY}")
        assert (told.json()["rows"][0]["unclaimed_amount"] is not None) is is_over


def test_without_winning_symbols_the_special_prize_waits(company: Company, manager: APIClient):
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date=DAY), AUGUST_18)
    answer = claim(manager, SPECIAL, "2KX", winner=WINNER)
    assert (answer.status_code, answer.json()["code"]) == (409, "claim.symbols_unknown")
    assert claim(manager).status_code == 201


def test_a_payment_is_reversed_with_a_reason_and_paid_again(drawn: Company, manager: APIClient):
    pk = claim(manager).json()["id"]
    assert undo(manager, pk).json()["code"] == "claim.not_open"
    pay(manager, pk, agent="AN", reference="UQ-7")
    entry = JournalEntry.objects.get()
    elsewhere = manager.post(f"/api/v1/journal/{entry.pk}/reversal/", {"reason": "Đảo ở đây"})
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "journal.pays_a_claim")
    assert undo(manager, pk, "x").json()["code"] == "claim.needs_reason"
    assert undo(manager, pk).json()["state"] == "open"
    assert AgentBalance.objects.get(agent__code="AN").receivable == 0
    reversal = JournalEntry.objects.get(reverses=entry)
    assert (reversal.prizes, reversal.draw_id, reversal.reason) == (
        -200_000, entry.draw_id, "Ghi nhầm người nhận",
    )  # fmt: skip
    assert pay(manager, pk).json()["state"] == "paid"
    assert JournalEntry.objects.count() == 3
    prove()


def test_a_wrong_claim_is_withdrawn_and_the_ticket_claimed_anew(drawn: Company, manager: APIClient):
    pk = claim(manager).json()["id"]
    address = f"/api/v1/claims/{pk}/withdrawal/"
    assert manager.post(address, {"reason": "x"}).json()["code"] == "claim.needs_reason"
    told = manager.post(address, {"reason": "Gõ nhầm ký hiệu"}).json()
    assert (told["state"], told["reason"]) == ("withdrawn", "Gõ nhầm ký hiệu")
    assert pay(manager, pk).json()["code"] == "claim.not_open"
    anew = claim(manager).json()["id"]
    assert pay(manager, anew).status_code == 201
    assert (
        manager.post(f"/api/v1/claims/{anew}/withdrawal/", {"reason": "Gõ nhầm"}).json()["code"]
        == "claim.not_open"
    )


def test_a_corrected_result_stops_a_payment(drawn: Company, manager: APIClient):
    pk = claim(manager).json()["id"]
    changed = [*AUGUST_18[:16], "0777", *AUGUST_18[17:]]

    people = User.objects.filter(username__startswith="nhap-")
    for person in people:
        enter_result(date.fromisoformat(DAY), cleaned(changed, ["2KX"], 20), by=person, at=NOW)
    publish_result(date.fromisoformat(DAY), by=people[0], at=NOW, reason="Nhầm giải năm")
    refused = pay(manager, pk)
    assert (refused.status_code, refused.json()["code"]) == (409, "payout.result_changed")
    assert not JournalEntry.objects.exists()


def test_who_won_is_sealed_and_never_told(
    drawn: Company, manager: APIClient, page: Callable[..., Client], caplog: Any
):
    caplog.set_level(logging.DEBUG)
    told = claim(manager, SPECIAL, "2KX", winner=WINNER)
    pk = told.json()["id"]
    kept = PrizeClaim.objects.get()
    secrets = ("Trần Thị Trúng", "022190000001", "0912345678")
    answers = [
        told.content.decode(),
        manager.get("/api/v1/claims/").content.decode(),
        manager.get(f"/api/v1/claims/{pk}/").content.decode(),
        kept.winner_sealed,
        caplog.text,
        repr(Winner(**WINNER)),
        page("executive").get(f"/ban-ve/tra-thuong/{pk}/").content.decode(),
        page("auditor").get("/nhat-ky/?loai=sales.prizeclaim").content.decode(),
    ]
    with connection.cursor() as cursor:
        cursor.execute("select coalesce(jsonb_agg(e)::text, '') from sales_prizeclaimevent e")
        answers += cursor.fetchone()
    assert kept.winner_sealed
    for secret in secrets:
        assert [text for text in answers if secret in text] == [], secret
    shown = page(User.objects.get(username="sales_manager"))
    assert "022190000001" in shown.get(f"/ban-ve/tra-thuong/{pk}/").content.decode()


def test_a_region_sees_its_own_claims_only(
    drawn: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    theirs = claim(manager).json()["id"]
    local = api(person("sales_manager", username="mai", region=drawn.mong_cai))
    own = claim(local, symbol="4KX").json()["id"]
    listed = local.get("/api/v1/claims/").json()["results"]
    assert [each["id"] for each in listed] == [own]
    assert local.get(f"/api/v1/claims/{theirs}/").status_code == 404
    for answer in (pay(local, theirs), undo(local, theirs)):
        assert (answer.status_code, answer.json()["code"]) == (404, "claim.unknown")
    assert pay(local, own, agent="AN").json()["code"] == "payout.agent_unknown"
    assert pay(local, own, agent="CHI").status_code == 201
    assert local.get("/api/v1/payouts/?date_from=2026-11-01&date_to=2026-11-30").status_code == 404


def test_claims_are_found_by_state_and_term(drawn: Company, manager: APIClient):
    paid, waiting = claim(manager).json()["id"], claim(manager, symbol="4KX").json()["id"]
    pay(manager, paid)

    def found(**query: str) -> list[int]:
        return [each["id"] for each in manager.get("/api/v1/claims/", query).json()["results"]]

    assert found() == [waiting, paid]
    assert found(state="open") == [waiting]
    assert found(state="open", due_before="2026-11-27") == []
    assert found(state="open", due_before="2026-11-28") == [waiting]
    assert found(number="00000") == []


def test_the_ratio_of_a_draw_and_month(
    drawn: Company, manager: APIClient, api: Callable[..., APIClient], person: Callable[..., User]
):
    bulk(manager, [line("AN", issued=1_000, returned=100), line("CHI", issued=100)])
    one, two = (claim(manager, symbol=symbol).json()["id"] for symbol in ("3KX", "4KX"))
    pay(manager, one)
    pay(manager, two, agent="AN")
    claim(manager, "99082", "7KX")  # sixth prize, waits
    undone = claim(manager, "98013", "7KX").json()["id"]
    pay(manager, undone), undo(manager, undone)

    def ratio(client: APIClient = manager, **query: str) -> list[dict[str, Any]]:
        period = {"date_from": "2026-11-01", "date_to": "2026-11-30"}
        rows: list[dict[str, Any]] = client.get("/api/v1/payouts/", period | query).json()["rows"]
        return rows

    # 20 series with two winning symbols: 18 secondary prizes instead of 12, 2 special ones.
    expected = 10_000_000 * (9_980_000_000 - 6 * 475_000_000) // (20 * 100_000 * 10_000)
    told = {
        "date": DAY,
        "product": "TT10",
        "revenue_amount": 10_000_000,
        "paid_amount": 400_000,
        "by_agents_amount": 200_000,
        "tax_amount": 0,
        "waiting_amount": 140_000,
        "expected_amount": expected,
        "unclaimed_amount": None,
        "ratio_bps": 400,
    }
    assert ratio() == [told]
    assert ratio(group_by="month") == [told | {"date": "2026-11-01"}]
    with time_machine.travel(datetime(2026, 12, 18, 8, 0, tzinfo=VN), tick=False):
        later = api(person("sales_manager", username="sau"))
        assert ratio(later)[0]["unclaimed_amount"] == expected - 540_000
    prove()


def test_a_term_of_working_days_leaves_out_weekends_and_holidays(db: None):
    friday = date(2026, 11, 20)
    assert after_working_days(friday, 5) == date(2026, 11, 27)
    CalendarDay.objects.create(date="2026-11-24", kind=DayKind.HOLIDAY, name="Ngày Văn hóa")
    CalendarDay.objects.create(date="2026-11-28", kind=DayKind.MAKEUP_WORK, name="Làm bù")
    assert after_working_days(friday, 5) == date(2026, 11, 28)
    assert after_working_days(friday, 1) == date(2026, 11, 23)


def test_the_database_keeps_a_claim_as_it_was(drawn: Company, manager: APIClient):
    pk = claim(manager).json()["id"]
    pay(manager, pk)
    rows = PrizeClaim.objects.filter(pk=pk)
    for change in (
        {"gross_amount": 1},
        {"number": "00000"},
        {"winner_sealed": "x"},
        {"payment": None, "state": "open"},
        {"state": "open"},
    ):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            rows.update(**change)
    with pytest.raises(InternalError, match="Cannot delete"), transaction.atomic():
        rows.delete()


@pytest.mark.parametrize(
    "damage",
    [
        "update sales_journalentry set prizes = prizes + 1, cash = cash - 1",
        "update sales_prizeclaim set payment_id = null, state = 'open'",
        "update sales_prizeclaim set gross_amount = gross_amount + 1",
    ],
)
def test_a_damaged_payment_is_found(drawn: Company, manager: APIClient, damage: str):
    pay(manager, claim(manager).json()["id"])
    prove()
    with connection.cursor() as cursor:
        cursor.execute("set constraints all immediate")
        cursor.execute("set session_replication_role = replica")
        cursor.execute(damage)
        cursor.execute("set session_replication_role = origin")
    with pytest.raises(Exception, match="không khớp"):
        prove()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_claim_and_pay_a_ticket_once(drawn: Company, person: Callable[..., User]):
    by = person("sales_manager", username="hoa")

    def attempt(work: Callable[[], Any]) -> str:
        try:
            work()
        except Exception as refused:  # noqa: BLE001 -- its code is what we look at
            return getattr(refused, "code", repr(refused))
        finally:
            connection.close()
        return "done"

    def register() -> Any:
        return register_claim(
            number=FIFTH, symbol="3KX", day=date.fromisoformat(DAY), presented=NOW.date(),
            by=by, at=NOW,
        )  # fmt: skip

    with ThreadPoolExecutor(8) as pool:
        told = sorted(pool.map(attempt, [register] * 8))
    assert told == ["claim.exists"] * 7 + ["done"]
    pk = PrizeClaim.objects.get().pk
    with ThreadPoolExecutor(8) as pool:
        pays = [lambda: pay_claim(pk, payer=Payer(), paid=NOW.date(), by=by, at=NOW)] * 8
        told = sorted(pool.map(attempt, pays))
    assert told == ["claim.not_open"] * 7 + ["done"]
    assert JournalEntry.objects.filter(event=JournalEvent.PAYOUT).count() == 1


def moved(client: APIClient, *ways: tuple[str, str], document: str = "BB 1") -> list[Any]:
    """Ticket 10776 of series 3KX goes these ways, one after the other; the answers."""
    series = {"draw_date": DAY, "product": "TT10", "series": "3KX", "first": 10_770, "last": 10_779}
    lines = [
        {
            **series,
            "source": source,
            "target": target,
            "document": document,
            "reason": "Kiểm lại vé",
        }
        for source, target in ways
    ]
    return [
        client.post(
            "/api/v1/tickets/moves/", {"lines": [each]}, headers={"Idempotency-Key": str(uuid4())}
        )
        for each in lines
    ]


@pytest.mark.parametrize("place", ["returned", "lost", "damaged"])
def test_a_ticket_that_came_back_or_is_gone_wins_nothing(
    drawn: Company, manager: APIClient, place: str
):
    SalesRule.objects.filter(key=RuleKey.RETURN_LATE).delete()
    moved(manager, ("printer", "warehouse"), ("warehouse", "agent:AN"), ("agent:AN", place))
    refused = claim(manager)
    assert (refused.status_code, refused.json()["code"]) == (409, "claim.ticket_withdrawn")
    assert refused.json()["place"] == place
    assert claim(manager, symbol="4KX").status_code == 201  # its neighbour of another series


def test_a_ticket_that_comes_back_after_it_was_claimed_is_not_paid(
    drawn: Company, manager: APIClient
):
    SalesRule.objects.filter(key=RuleKey.RETURN_LATE).delete()
    moved(manager, ("printer", "warehouse"), ("warehouse", "agent:AN"))
    pk = claim(manager).json()["id"]
    (back,) = moved(manager, ("agent:AN", "returned"))
    assert back.json()["errors"][0]["code"] == "ticket.claimed"
    assert pay(manager, pk).status_code == 201
    (back,) = moved(manager, ("agent:AN", "returned"))
    assert back.json()["errors"][0]["code"] == "ticket.claimed"
