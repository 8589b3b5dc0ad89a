"""A draw's result through the API: keyed by two people blind, compared, published, corrected."""

from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.db import IntegrityError, InternalError, connection, transaction
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.clock import VN
from sales.draws.prize_tables import load_prize_tables
from sales.draws.ticket_check import tax_on
from sales.models import Draw, DrawPublication, DrawResultEntry, DrawStatus
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

TUESDAY = "2026-11-17"
EVENING = datetime(2026, 11, 17, 18, 36, tzinfo=VN)
SYMBOLS = ["2KX", "5KX", "7KX"]


@pytest.fixture(autouse=True)
def evening() -> Any:
    with time_machine.travel(EVENING, tick=False):
        yield


@pytest.fixture
def hoa(company: Company, api: Callable[..., APIClient], person: Callable[..., User]) -> APIClient:
    return api(person("sales_manager", username="hoa"))


@pytest.fixture
def lan(company: Company, api: Callable[..., APIClient], person: Callable[..., User]) -> APIClient:
    return api(person("sales_manager", username="lan"))


def key(client: APIClient, numbers: Any = AUGUST_18, day: str = TUESDAY, **fields: Any) -> Any:
    sheet = {"numbers": list(numbers), "winning_symbols": SYMBOLS, "series_count": 20, **fields}
    return client.post(f"/api/v1/draws/{day}/results/", sheet)


def publish(client: APIClient, day: str = TUESDAY, **fields: Any) -> Any:
    return client.post(f"/api/v1/draws/{day}/publish/", fields)


def read(client: APIClient, day: str = TUESDAY) -> Any:
    return client.get(f"/api/v1/draws/{day}/results/").json()


def changed(place: int, number: str) -> list[str]:
    return [number if at == place else each for at, each in enumerate(AUGUST_18)]


def draw() -> Draw:
    return Draw.objects.get(date=TUESDAY)


def nothing_is_published() -> bool:
    return draw().numbers is None and not DrawPublication.objects.exists()


def test_two_people_key_the_sheet_and_one_of_them_publishes(hoa: APIClient, lan: APIClient):
    Draw.objects.filter(date=TUESDAY).update(status=DrawStatus.SCHEDULED)
    assert key(hoa).status_code == 201
    assert read(lan) | {"draw_date": TUESDAY} == {
        "draw_date": TUESDAY,
        "host": "Quảng Ninh",
        "status": "scheduled",
        "numbers": None,
        "winning_symbols": None,
        "series_count": None,
        "publications": [],
        "mine": None,
        "others": 1,
        "differences": None,
        "may_publish": False,
    }
    told = key(lan, winning_symbols=["7kx", " 5KX ", "2KX"]).json()
    assert (told["differences"], told["may_publish"]) == ([], True)
    answer = publish(lan, minutes_no="BB-321/2026")
    assert answer.status_code == 201
    assert (draw().status, draw().series_count) == ("held", 20)
    assert (tuple(draw().numbers or ()), draw().winning_symbols) == (AUGUST_18, SYMBOLS)
    [shown] = answer.json()["publications"]
    assert (shown["minutes_no"], shown["keyed_by"], shown["by"]) == (
        "BB-321/2026",
        ["hoa", "lan"],
        "lan",
    )
    call_command("verify_ledger", stdout=StringIO())


def test_the_second_person_is_blind_until_they_have_keyed(hoa: APIClient, lan: APIClient):
    key(hoa)
    assert "29183" not in lan.get(f"/api/v1/draws/{TUESDAY}/results/").content.decode()
    told = key(lan, changed(5, "36792"), winning_symbols=["2KX"]).json()
    assert told["differences"] == [
        {"field": "third.2", "mine": "36792", "other": "36729"},
        {"field": "symbols", "mine": "2KX", "other": "2KX 5KX 7KX"},
    ]
    refused = publish(lan)
    assert (refused.status_code, refused.json()["code"]) == (409, "result.differ")
    assert [d["field"] for d in refused.json()["differences"]] == ["third.2", "symbols"]
    assert nothing_is_published()
    assert key(lan).json()["may_publish"]  # looked at the minutes again
    assert publish(hoa).status_code == 201


def test_one_person_alone_publishes_nothing(hoa: APIClient, lan: APIClient):
    assert publish(hoa).json()["code"] == "result.not_keyed"
    key(hoa)
    key(hoa)
    assert publish(hoa).json()["code"] == "result.second_person_missing"
    assert publish(lan).json()["code"] == "result.not_keyed"
    assert nothing_is_published()


def test_every_wrong_field_is_told_and_nothing_is_kept(hoa: APIClient):
    wrong = changed(10, "698")
    wrong[26] = "1"
    answer = key(hoa, wrong, winning_symbols=[])
    assert (answer.status_code, answer.json()["code"]) == (400, "result.refused")
    assert [(e["row"], e["field"], e["code"]) for e in answer.json()["errors"]] == [
        (11, "fourth.1", "result.wrong_digits"),
        (27, "seventh.4", "result.wrong_digits"),
        (1, "symbols", "result.no_symbols"),
    ]
    assert not DrawResultEntry.objects.exists()


@pytest.mark.parametrize(
    ("day", "change", "code"),
    [
        ("2026-11-18", {}, "result.not_drawn_yet"),
        ("2020-01-01", {}, "draw.unknown"),
        ("2026-11-16", {"status": DrawStatus.VOID}, "result.draw_void"),
    ],
)
def test_only_a_draw_that_took_place_has_a_result(
    hoa: APIClient, day: str, change: dict[str, Any], code: str
):
    if change:
        Draw.objects.filter(date=day).update(**change)
    assert key(hoa, day=day).json()["code"] == code
    assert not DrawResultEntry.objects.exists()


def test_nobody_keys_before_the_draw_begins(hoa: APIClient):
    with time_machine.travel(EVENING.replace(hour=18, minute=14), tick=False):
        assert key(hoa).json()["code"] == "result.not_drawn_yet"


def test_a_region_has_no_say_in_results(
    company: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    manager = api(person("sales_manager", region=company.hong_gai))
    for answer in (key(manager), publish(manager)):
        assert (answer.status_code, answer.json()["code"]) == (403, "sales.whole_company_only")
    assert not DrawResultEntry.objects.exists()


def test_an_import_is_confirmed_by_a_second_person(hoa: APIClient, lan: APIClient):
    sent: dict[str, Any] = {"is_import": True, "winning_symbols": [], "series_count": None}
    assert key(hoa, **sent).status_code == 201
    assert publish(hoa).json()["code"] == "result.second_person_missing"
    assert read(lan)["may_publish"]
    assert publish(lan).status_code == 201
    assert (tuple(draw().numbers or ()), draw().winning_symbols) == (AUGUST_18, None)


def test_an_import_somebody_contradicts_is_not_confirmed(
    hoa: APIClient, lan: APIClient, manager: APIClient
):
    key(hoa, is_import=True)
    key(lan, changed(0, "29184"))
    assert publish(manager).json()["code"] == "result.not_keyed"
    assert publish(lan).json()["code"] == "result.differ"
    assert nothing_is_published()


def test_a_wrong_publication_is_replaced_by_two_people_with_a_reason(
    hoa: APIClient, lan: APIClient
):
    key(hoa, changed(0, "29184")), key(lan, changed(0, "29184")), publish(lan)
    assert publish(hoa, reason="Nhầm giải đặc biệt").json()["code"] == "result.not_keyed"
    key(hoa)
    assert publish(hoa, reason="Nhầm giải đặc biệt").json()["code"] == (
        "result.second_person_missing"
    )
    key(lan)
    assert publish(hoa, reason="x").json()["code"] == "result.needs_reason"
    assert draw().numbers[0] == "29184"  # type: ignore[index]
    answer = publish(hoa, reason="Nhầm giải đặc biệt", minutes_no="BB-2")
    assert answer.status_code == 201
    assert answer.json()["numbers"] == list(AUGUST_18)
    assert [p["reason"] for p in answer.json()["publications"]] == ["Nhầm giải đặc biệt", ""]
    call_command("verify_ledger", stdout=StringIO())


def test_the_database_lets_only_a_publication_set_the_numbers(company: Company):
    before = list(AUGUST_18)
    with pytest.raises(InternalError, match="newest publication"), transaction.atomic():
        Draw.objects.filter(date=TUESDAY).update(numbers=before)
    with pytest.raises(InternalError, match="newest publication"), transaction.atomic():
        make.draw("2026-11-30", numbers=before)
    made = make.result(draw(), AUGUST_18, SYMBOLS)
    for wrong in ({"numbers": changed(0, "29184")}, {"numbers": None}, {"winning_symbols": None}):
        with pytest.raises((InternalError, IntegrityError)), transaction.atomic():
            Draw.objects.filter(pk=made.pk).update(**wrong)
    Draw.objects.filter(pk=made.pk).update(host="Hà Nội")
    assert tuple(draw().numbers or ()) == AUGUST_18


def entry_of(
    who: User, numbers: Any = AUGUST_18, source: str = "page", day: str = TUESDAY
) -> DrawResultEntry:
    return DrawResultEntry.objects.create(
        draw=Draw.objects.get(date=day),
        numbers=list(numbers),
        symbols=["2KX"],
        source=source,
        by=who,
        at=EVENING,
    )


def test_the_database_wants_two_people_and_equal_entries(
    company: Company, person: Callable[..., User]
):
    hoa, lan = (person("sales_manager", username=name) for name in ("hoa", "lan"))
    one, same, other = entry_of(hoa), entry_of(hoa), entry_of(lan, changed(0, "29184"))
    elsewhere, imported = entry_of(lan, day="2026-11-16"), entry_of(hoa, source="import")
    cases = [
        (one, None, lan),
        (one, same, lan),
        (one, other, lan),
        (one, elsewhere, lan),
        (imported, None, hoa),
    ]
    for first, second, by in cases:
        with pytest.raises(InternalError), transaction.atomic():
            DrawPublication.objects.create(
                draw=one.draw, first=first, second=second, by=by, at=EVENING
            )
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        DrawResultEntry.objects.update(numbers=list(AUGUST_18))


def test_a_damaged_result_is_found(company: Company):
    make.result(draw(), AUGUST_18, SYMBOLS)
    with connection.cursor() as cursor:
        cursor.execute("alter table sales_draw disable trigger user")
        cursor.execute("update sales_draw set numbers[1] = '00000' where date = %s", [TUESDAY])
        cursor.execute("alter table sales_draw enable trigger user")
    with pytest.raises(Exception, match="không khớp"):
        call_command("verify_ledger", stdout=StringIO())


def check(client: APIClient, number: str, symbol: str = "2KX", **fields: Any) -> Any:
    ticket = {"number": number, "symbol": symbol, "draw_date": TUESDAY}
    return client.post("/api/v1/tickets/check/", ticket | fields)


@pytest.fixture
def published(company: Company) -> Company:
    load_rules()
    load_prize_tables()
    make.result(draw(), AUGUST_18, SYMBOLS)
    return company


def test_a_ticket_is_told_what_it_wins_and_until_when(published: Company, hoa: APIClient):
    answer = check(hoa, "29183", "5kx")
    assert answer.json() == {
        "draw_date": TUESDAY,
        "product": "TT10",
        "prizes": [
            {"kind": "special", "place": 1, "amount": 500_000_000},
            {"kind": "consolation", "place": 1, "amount": 40_000},
        ],
        "gross_amount": 500_040_000,
        "tax_amount": 48_004_000,
        "net_amount": 452_036_000,
        "tax_on": TUESDAY,
        "tax_free_amount": 20_000_000,
        "tax_is_confirmed": False,
        "prizes_are_confirmed": False,
        "needs_symbols": False,
        "claim_until": "2026-12-17",
    }
    assert check(hoa, "29183", "1AB").json()["prizes"][0]["kind"] == "secondary"
    assert check(hoa, "10776").json()["prizes"] == [
        {"kind": "fifth", "place": 3, "amount": 200_000}
    ]
    nothing = check(hoa, "11111").json()
    assert (nothing["prizes"], nothing["gross_amount"], nothing["tax_amount"]) == ([], 0, 0)


def test_a_ticket_that_cannot_be_checked(published: Company, hoa: APIClient):
    for sent, code in (
        ({"number": "9183"}, "request.invalid"),
        ({"symbol": "2-KX"}, "request.invalid"),
        ({"draw_date": "2026-11-16"}, "ticket.no_result"),
        ({"draw_date": "2020-01-01"}, "draw.unknown"),
        ({"product": "LT5"}, "prizes.no_table"),
    ):
        ticket = {"number": "29183", "symbol": "2KX", "draw_date": TUESDAY, **sent}
        assert hoa.post("/api/v1/tickets/check/", ticket).json()["code"] == code, sent


@pytest.mark.parametrize(("day", "tax"), [("2026-06-30", 2_000_000), ("2026-07-01", 1_000_000)])
def test_thirty_million_by_the_rules_in_force_on_the_day(db: None, day: str, tax: int):
    load_rules()
    told = tax_on(30_000_000, on=date.fromisoformat(day))
    assert (told.amount, told.is_confirmed, told.is_settled) == (
        tax,
        tax == 2_000_000,
        tax == 2_000_000,
    )
    assert tax_on(5_000_000, on=date.fromisoformat(day)).is_settled


def test_a_check_asks_the_database_twice(
    published: Company, hoa: APIClient, django_assert_num_queries: Any
):
    with django_assert_num_queries(2):  # who asks, and all that a check is made of
        assert check(hoa, "29183").status_code == 200
