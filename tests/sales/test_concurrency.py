"""Many writers on the same agents and draws at once: nothing lost, nothing doubled, no deadlock."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from io import StringIO
from threading import Barrier
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.db import IntegrityError, OperationalError, connection, transaction
from knox.models import AuthToken
from rest_framework.test import APIClient

from backend.accounts.models import User
from sales.models import AgentDrawTotal, ConsignmentEntry
from tests.sales.conftest import Company, bulk, line

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def token(transactional_db: None, person: Callable[..., User]) -> str:
    _, secret = AuthToken.objects.create(person("sales_manager"))
    return str(secret)


def together(count: int, token: str, work: Callable[[APIClient, int], Any]) -> list[Any]:
    """What `count` clients get that start `work` at the same moment, each on its own connection."""
    start = Barrier(count)

    def run(number: int) -> Any:
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
        try:
            start.wait(timeout=20)
            return work(client, number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_fifty_clients_on_one_agent_and_draw(company: Company, token: str):
    def work(client: APIClient, number: int) -> list[int]:
        return [
            client.post("/api/v1/sales/", line(issued=3, returned=1)).status_code for _ in range(2)
        ]

    assert together(50, token, work) == [[201] * 2] * 50
    total = AgentDrawTotal.objects.get()
    assert (total.issued, total.returned) == (300, 100)
    call_command("verify_ledger", stdout=StringIO())


def test_an_agent_of_whom_entries_are_being_written_is_not_deleted(company: Company, token: str):
    def delete(client: APIClient, _number: int) -> str:
        try:
            with connection.cursor() as cursor:
                cursor.execute("set lock_timeout = '200ms'")
                cursor.execute("delete from sales_agent where code = 'BINH'")
        except (IntegrityError, OperationalError) as error:
            return str(error)
        return "deleted"

    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    with transaction.atomic():
        assert bulk(client, [line("BINH", issued=3)]).status_code == 201
        (while_written,) = together(1, token, delete)
    (afterwards,) = together(1, token, delete)
    assert "lock timeout" in while_written
    assert "has entries of it" in afterwards


def test_one_record_sent_by_eight_at_once_is_there_once(company: Company, token: str):
    """Who was slower is told why in words, also where the database was first to know."""
    agent: dict[str, Any] = {
        "code": "MOI",
        "name": "Đại lý Mới",
        "kind": "person",
        "region": "06685",
    }
    agent |= {"opened_date": "2026-11-01", "commission_bps": 1000}

    def taken_on(client: APIClient, _number: int) -> Any:
        return client.post("/api/v1/agents/", agent)

    answers = together(8, token, taken_on)
    assert Counter(each.status_code for each in answers) == {201: 1, 400: 7}
    assert {each.json()["errors"][0]["field"] for each in answers if each.status_code == 400} == {
        "code"
    }


def test_one_bank_statement_sent_by_eight_at_once_is_kept_once(company: Company, token: str):
    rows = ["Ngày;Số tham chiếu;Nội dung;Ghi có"]
    rows += [f"17/11/2026;FT{number};nop tien;1000" for number in range(200)]

    def send(client: APIClient, _number: int) -> tuple[int, int]:
        file = SimpleUploadedFile("sao-ke.csv", "\n".join(rows).encode())
        told = client.post(
            "/api/v1/bank-statements/", {"file": file, "account": "0011"}, format="multipart"
        )
        return told.status_code, told.json().get("new")

    assert sorted(together(8, token, send)) == [*[(201, 0)] * 7, (201, 200)]


def test_bulks_in_opposite_order_do_not_deadlock(company: Company, token: str):
    days = [f"2026-11-{day}" for day in range(16, 23)]
    lines = [
        line(agent, day, issued=2) | {"product": product}
        for agent in ("AN", "BINH", "CHI")
        for day in days
        for product in ("TT10", "LT5")
    ]

    def work(client: APIClient, number: int) -> list[int]:
        mine = lines if number % 2 else lines[::-1]
        # The first bulk makes the rows, later ones meet them; lone returns take the second way.
        back = [{**each, "issued": 0, "returned": 1} for each in reversed(mine)]
        return [bulk(client, each).status_code for each in (mine, back, mine)]

    assert together(12, token, work) == [[201] * 3] * 12
    assert {(t.issued, t.returned) for t in AgentDrawTotal.objects.all()} == {(48, 12)}
    call_command("verify_ledger", stdout=StringIO())


def test_only_as_much_comes_back_as_went_out(company: Company, token: str):
    def give(client: APIClient, number: int) -> int:
        return client.post("/api/v1/sales/", line(issued=100)).status_code

    def take(client: APIClient, number: int) -> int:
        return client.post("/api/v1/sales/", line(returned=30)).status_code

    assert together(1, token, give) == [201]
    assert Counter(together(10, token, take)) == {201: 3, 400: 7}
    total = AgentDrawTotal.objects.get()
    assert (total.issued, total.returned) == (100, 90)


def test_one_key_sent_by_ten_at_once_has_one_effect(company: Company, token: str):
    def work(client: APIClient, number: int) -> tuple[int, bytes, str | None]:
        answer = bulk(client, [line(issued=5)], key="một-lần".encode().hex())
        return answer.status_code, answer.content, answer.get("Idempotency-Hit")

    answers = together(10, token, work)
    assert {(status, content) for status, content, _ in answers} == {(201, answers[0][1])}
    assert Counter(hit for *_, hit in answers) == {"true": 9, None: 1}
    assert ConsignmentEntry.objects.count() == 1
