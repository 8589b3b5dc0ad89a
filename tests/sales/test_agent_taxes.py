"""The yearly list of agents' income tax: what is taxed by which rules, whose number is missing, who took it."""

from collections.abc import Callable
from datetime import date, datetime
from hashlib import sha256
from io import BytesIO, StringIO
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.management import call_command
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.models import User
from backend.clock import VN
from backend.pages.files import XLSX
from backend.sealing import seal
from sales.agents.keeping import keep_agent
from sales.engine.posting import prize_paid
from sales.engine.taxes import YearTerms
from sales.files.tax_list import paper_of
from sales.ledger.journal import Entry
from sales.models import (
    Agent,
    AgentKind,
    ConsignmentEntry,
    JournalEntry,
    JournalEvent,
    RuleKey,
    SalesRule,
    Source,
    TaxListExport,
)
from sales.money.booking import book
from sales.money.tax_list import TaxList, seen_tax_year
from sales.papers.agent_tax_list import document
from sales.rules import load_rules, rule_value
from tests.sales.conftest import Company, bulk, line

HOME = "/ban-ve/cong-no/thue-dai-ly/"
TAXES = "/api/v1/agent-taxes/"


@pytest.mark.parametrize(
    ("free", "only_above", "revenue", "taxable", "tax"),
    [
        (100_000_000, False, 100_000_000, 0, 0),
        (100_000_000, False, 100_000_020, 100_000_020, 5_000_001),
        (1_000_000_000, True, 1_000_000_000, 0, 0),
        (1_000_000_000, True, 1_000_000_020, 20, 1),
        (0, False, -5_000, 0, 0),
        (0, True, 0, 0, 0),
    ],
)
def test_what_of_a_year_is_taxed(free: int, only_above: bool, revenue: int, taxable: int, tax: int):
    terms = YearTerms(free, only_above)
    assert (terms.taxable(revenue), terms.tax(revenue, revenue * 500)) == (taxable, tax)


def test_a_rate_that_changed_within_the_year_takes_its_part_of_what_is_taxed():
    by_rate = 600_000 * 500 + 400_000 * 1_000
    assert YearTerms(500_000, only_above=True).tax(1_000_000, by_rate) == (30_000 + 40_000) // 2
    assert YearTerms(500_000, only_above=False).tax(1_000_000, by_rate) == 70_000


@pytest.mark.django_db
def test_the_exemption_of_each_year_is_shipped_with_its_document_and_unconfirmed():
    load_rules()
    free = [
        rule_value(RuleKey.COMMISSION_TAX_FREE, date(year, 12, 31)) for year in (2020, 2025, 2026)
    ]  # fmt: skip
    assert free == [None, 100_000_000, 1_000_000_000]
    rules = SalesRule.objects.filter(key__startswith="commission.tax_")
    assert rules.count() == 5
    assert not rules.filter(is_confirmed=True).exists()
    assert not rules.filter(document="").exists()


def rule(key: RuleKey, value: int, **fields: Any) -> None:
    told = {"valid_from": "2020-01-01", "document": "NĐ 68/2026"} | fields
    SalesRule.objects.create(key=key, value=value, **told)


@pytest.fixture
def year(company: Company, api: Callable[..., APIClient], person: Callable[..., User]) -> Any:
    """An took 48,000 and a fee of 200, Chi 60,000; 50,000 are free, beyond them 5 % of the excess."""
    Agent.objects.filter(code="CHI").update(
        tax_code="••••••••1234", tax_sealed=seal("022099001234")
    )
    Agent.objects.filter(code="BINH").update(kind=AgentKind.ORGANISATION)
    rule(RuleKey.PAYOUT_FEE_CAP, 20, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX, 500)
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000)
    rule(RuleKey.COMMISSION_TAX_ABOVE, 1)
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        client = api(person("sales_manager", username="ke_toan"))
        bulk(client, [line("AN", issued=40), line("BINH", issued=90), line("CHI", issued=50)])
        assert client.post("/api/v1/draws/2026-11-17/close/").status_code == 201
        prize = {"event": "prize", "agent": "AN", "date": "2026-11-20", "amount": 100_000,
                 "fee_bps": 20, "reference": "TT-1"}  # fmt: skip
        sent = client.post("/api/v1/journal/", {"lines": [prize]}, headers={"Idempotency-Key": str(uuid4())})  # fmt: skip
        assert sent.status_code == 201, sent.content
        yield client


def people(client: APIClient, year: int = 2026) -> dict[str, tuple[int, ...]]:
    told = client.get(TAXES, {"year": year}).json()
    return {
        each["agent"]: (each["revenue_amount"], each["taxable_amount"], each["tax_amount"], each["withheld_amount"])
        for each in told["people"]
    }  # fmt: skip


def correct(client: APIClient, agent: str, returned: int) -> None:
    """More unsold tickets of the agent's first draw."""
    entry = ConsignmentEntry.objects.filter(agent__code=agent).order_by("pk")[0]
    day = entry.draw_date.isoformat()
    late = line(agent, day, returned=returned, corrects=entry.pk, reason="Kiểm đếm lại vé ế")
    assert bulk(client, [late]).status_code == 201


def test_a_rule_nobody_confirmed_moves_no_money_but_shows_what_it_would_mean(
    year: APIClient, company: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    assert people(year) == {"AN": (48_200, 0, 0, 0), "CHI": (60_000, 10_000, 500, 0)}
    told = year.get(TAXES, {"year": 2026}).json()
    assert [law["is_confirmed"] for law in told["laws"]] == [False, False, False]
    assert (told["untouched_amount"], told["open_draws"]) == ((48_200 + 60_000) * 5 // 100, 6)
    assert [each["revenue_amount"] for each in told["quarters"]] == [0, 0, 0, 108_200]
    assert told["quarters"][3]["tax_amount"] == 500
    assert [each["number"] for each in told["people"]] == ["", "••••••••1234"]
    assert people(year, 2025) == {}
    theirs = api(person("sales_manager", username="mai", region=company.mong_cai))
    assert theirs.get(TAXES, {"year": 2026}).json()["code"] == "sales.whole_company_only"


def test_the_file_has_everybody_and_says_what_is_missing_and_who_took_it(
    year: APIClient, page: Callable[..., Client], person: Callable[..., User]
):
    desk = page(User.objects.get(username="ke_toan"))
    with CaptureQueriesContext(connection) as asked:
        shown = desk.get(HOME).content.decode()
    assert len(asked) < 25
    assert "Họ vẫn đứng trong bảng kê" in shown
    assert "022099001234" not in shown
    assert "có quy định chưa xác nhận" in shown
    assert "<h1>Thuế TNCN của đại lý 2026</h1>" in shown
    assert 'href="?nam=2025"' in shown
    answer = desk.get(HOME, {"dang": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content)).worksheets[0]
    rows = {row[1]: row for row in sheet.iter_rows(values_only=True) if row[1] in ("AN", "CHI")}
    assert rows["AN"][3:11] == (None, 48_000, 200, 48_200, 0, 0, None, 0)
    assert rows["AN"][11] == "chưa có mã số thuế, số giấy tờ"
    assert rows["CHI"][3:11] == ("022099001234", 60_000, 0, 60_000, 10_000, 500, None, 0)
    notes = [row[0] for row in sheet.iter_rows(values_only=True) if isinstance(row[0], str)]
    assert "Chưa có mã số thuế hoặc số giấy tờ: AN Đại lý AN" in notes
    assert sum("CHƯA XÁC NHẬN" in note for note in notes) == 3
    taken = TaxListExport.objects.get()
    assert (taken.by.username, taken.people, taken.shows_numbers) == ("ke_toan", 2, True)
    assert taken.digest == sha256(answer.content).hexdigest()
    with pytest.raises(DatabaseError), transaction.atomic():
        TaxListExport.objects.update(people=0)
    assert "ke_toan" in desk.get(HOME).content.decode()

    auditor = page(person("auditor"))
    paper = auditor.get(HOME, {"dang": "csv"}).content.decode("utf-8-sig")
    assert "••••••••1234" in paper
    assert "022099001234" not in paper
    assert not TaxListExport.objects.get(by__username="auditor").shows_numbers
    assert auditor.get(HOME, {"dang": "zip"}).status_code == 404


def test_the_number_of_the_identity_paper_stands_for_the_tax_code(year: APIClient):
    Agent.objects.filter(code="AN").update(
        identity_sealed=seal("022088005678"), identity_shown="••••••••5678"
    )
    book = year.get(TAXES, {"year": 2026}, headers={"Accept": XLSX})
    sheet = load_workbook(BytesIO(book.content)).worksheets[0]
    numbers = {row[1]: row[3] for row in sheet.iter_rows(values_only=True)}
    assert (numbers["AN"], numbers["CHI"]) == ("022088005678", "022099001234")
    Agent.objects.filter(code="AN").update(identity_sealed="gAAAAA-of-another-key")
    before = TaxListExport.objects.count()
    refused = year.get(TAXES, {"year": 2026}, headers={"Accept": XLSX})
    assert refused.status_code == 409
    assert "AN" in refused.content.decode()
    assert TaxListExport.objects.count() == before

    Agent.objects.filter(code="AN").update(identity_sealed="", identity_shown="")
    Agent.objects.filter(code="CHI").update(tax_sealed="gAAAAA-of-another-key")
    assert year.get(TAXES, {"year": 2026}, headers={"Accept": XLSX}).status_code == 409


def test_a_correction_after_the_year_falls_into_it_and_asks_for_a_supplementary_return(
    year: APIClient, page: Callable[..., Client], api: Callable[..., APIClient]
):
    by = User.objects.get(username="ke_toan")
    desk = page(by)
    desk.get(HOME, {"nam": "2026", "dang": "csv"})
    assert "khai bổ sung" not in desk.get(HOME, {"nam": "2026"}).content.decode()
    with time_machine.travel(datetime(2027, 1, 20, 9, 0, tzinfo=VN), tick=False):
        year, desk = api(by), page(by)
        correct(year, "CHI", 10)
        assert people(year)["CHI"] == (48_000, 0, 0, 0)
        assert people(year, 2027) == {}
        told = year.get(TAXES, {"year": 2026}).json()["people"]
        assert {each["agent"]: each["changed_amount"] for each in told} == {"AN": 0, "CHI": -12_000}
        assert "phải khai bổ sung" in desk.get(HOME, {"nam": "2026"}).content.decode()
        # A fee given back falls into the day it is given back, and stands there below zero.
        prize = JournalEntry.objects.get(event="prize")
        back = year.post(f"/api/v1/journal/{prize.pk}/reversal/", {"reason": "Trả nhầm giải"})
        assert back.status_code == 201, back.content
        assert people(year, 2027) == {"AN": (-200, 0, 0, 0)}
        paper = desk.get(HOME, {"nam": "2027", "dang": "csv"}).content.decode()
        assert '"AN"' in paper


def test_who_became_an_organisation_is_listed_with_what_came_before(
    year: APIClient, api: Callable[..., APIClient]
):
    with time_machine.travel(datetime(2026, 12, 5, 9, 0, tzinfo=VN), tick=False):
        keep_agent(Agent.objects.get(code="CHI"), {"kind": AgentKind.ORGANISATION})
        # Inside one transaction the database's own clock stands still.
        history = Agent.pgh_event_model.objects.filter(code="CHI")  # type: ignore[attr-defined]
        history.filter(kind="org").update(pgh_created_at=datetime(2026, 12, 5, 9, tzinfo=VN))
        history.filter(kind="person").update(pgh_created_at=datetime(2026, 1, 5, 9, tzinfo=VN))
    with time_machine.travel(datetime(2026, 12, 9, 9, 0, tzinfo=VN), tick=False):
        year = api(User.objects.get(username="ke_toan"))
        bulk(year, [line("CHI", "2026-11-18", issued=50), line("AN", "2026-11-18", issued=10)])
        assert year.post("/api/v1/draws/2026-11-18/close/").status_code == 201
        assert people(year) == {"AN": (60_200, 10_200, 510, 0), "CHI": (60_000, 10_000, 500, 0)}
        chi = next(
            each for each in year.get(TAXES, {"year": 2026}).json()["people"] if each["agent"] == "CHI"
        )  # fmt: skip
        assert chi["has_changed"]
        month = year.get("/api/v1/accounting/", {"month": "2026-11"}).json()["commission_taxes"]
        assert [(each["agent"], each["commission_amount"]) for each in month] == [
            ("AN", 60_000), ("CHI", 60_000),
        ]  # fmt: skip


def test_what_an_organisation_took_is_not_taxed_as_the_person_it_became(
    company: Company, api: Callable[..., APIClient], person: Callable[..., User]
):
    """Chi takes 48,000 as an organisation, then as a person, of which 50,000 a year are free."""
    rule(RuleKey.COMMISSION_TAX, 500, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_ABOVE, 1, is_confirmed=True)
    boss = person("sales_manager")
    Agent.objects.filter(code="CHI").update(kind=AgentKind.ORGANISATION)
    with time_machine.travel(datetime(2026, 12, 2, 9, 0, tzinfo=VN), tick=False):
        close(api(boss), "2026-11-16", CHI=40)
    Agent.objects.filter(code="CHI").update(kind=AgentKind.PERSON)
    # Inside one transaction the database's own clock stands still.
    history = Agent.pgh_event_model.objects.filter(code="CHI").order_by("pgh_id")  # type: ignore[attr-defined]
    for turn, day in zip(history, ("2026-01-05", "2026-01-06", "2026-12-05"), strict=True):
        history.filter(pk=turn.pk).update(pgh_created_at=f"{day}T09:00:00+07:00")
    with time_machine.travel(datetime(2026, 12, 6, 9, 0, tzinfo=VN), tick=False):
        manager = api(boss)
        close(manager, "2026-11-17", CHI=40)
        assert withheld(manager) == {"CHI": 0}
        close(manager, "2026-11-18", CHI=10)
        assert withheld(manager) == {"CHI": 500}


def close(client: APIClient, day: str, **issued: int) -> None:
    bulk(client, [line(agent, day, issued=tickets) for agent, tickets in issued.items()])
    assert client.post(f"/api/v1/draws/{day}/close/").status_code == 201


def withheld(client: APIClient) -> dict[str, int]:
    """What was withheld; it is what is due, and the books are proved."""
    told = people(client)
    assert [(code, tax) for code, (_, _, tax, taken) in told.items() if tax != taken] == []
    call_command("verify_ledger", stdout=StringIO())
    return {code: taken for code, (*_, taken) in told.items()}


@pytest.mark.parametrize(("only_above", "due"), [(1, (500, 1_340)), (0, (3_000, 3_840))])
def test_confirmed_rules_withhold_what_is_due_of_the_year_so_far(
    company: Company, manager: APIClient, only_above: int, due: tuple[int, int]
):
    """An takes 48,000, then 12,000 in two kinds of tickets; 50,000 of a year are free."""
    rule(RuleKey.COMMISSION_TAX, 500, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_ABOVE, only_above, is_confirmed=True)
    Agent.objects.filter(code="BINH").update(kind=AgentKind.ORGANISATION)
    close(manager, "2026-11-16", AN=40, BINH=90)
    assert withheld(manager) == {"AN": 0}
    bulk(manager, [line("AN", issued=6), line("AN", product="LT5", issued=8)])
    close(manager, "2026-11-17", CHI=5)
    assert withheld(manager) == {"AN": due[0], "CHI": 0}
    correct(manager, "AN", 10)  # of the first draw: no more than 48,000 are left
    assert withheld(manager) == {"AN": 0, "CHI": 0}
    entry = ConsignmentEntry.objects.filter(agent__code="AN", product__code="TT10").order_by("pk")[
        0
    ]
    more = {"corrects": entry.pk, "reason": "Kiểm đếm lại lần nữa"}
    bulk(manager, [line("AN", "2026-11-16", returned=-10, **more)])
    close(manager, "2026-11-18", AN=13, CHI=10)
    close(manager, "2026-11-19", AN=1)
    assert withheld(manager) == {"AN": due[1], "CHI": 0}


@pytest.mark.parametrize(("only_above", "due"), [(1, 500), (0, 3_000)])
def test_what_was_taken_from_the_first_dong_is_not_taken_again_beyond_what_is_free(
    company: Company, manager: APIClient, only_above: int, due: int
):
    rule(RuleKey.COMMISSION_TAX, 500, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_ABOVE, only_above, is_confirmed=True)
    close(manager, "2026-11-16", AN=40)  # 48,000, of which 2,400
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000, is_confirmed=True)
    # The winner's tax that an agent keeps back of a prize it pays is none of its own.
    prize = Entry(
        JournalEvent.PRIZE, company.an.pk, company.hong_gai.pk, date(2026, 11, 17),
        prize_paid(100_000, tax=700),
    )  # fmt: skip
    book([prize], by=User.objects.get(), at=clock.now(), key="", source=Source.API)
    close(manager, "2026-11-17", AN=10)
    assert withheld(manager) == {"AN": due}
    correct(manager, "AN", 10)  # 48,000 are left, all free
    assert withheld(manager) == {"AN": 0}


def test_what_was_never_taken_is_not_given_back(company: Company, manager: APIClient):
    close(manager, "2026-11-16", AN=50)  # 60,000, while nothing is confirmed
    rule(RuleKey.COMMISSION_TAX, 500, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_ABOVE, 1, is_confirmed=True)
    correct(manager, "AN", 5)
    assert people(manager) == {"AN": (54_000, 4_000, 200, 0)}
    close(manager, "2026-11-17", AN=5)  # of its own part alone
    assert people(manager) == {"AN": (60_000, 10_000, 500, 300)}


def test_a_rate_confirmed_after_the_close_gives_nothing_back(company: Company, manager: APIClient):
    rule(RuleKey.COMMISSION_TAX, 500)
    close(manager, "2026-11-16", AN=50)
    SalesRule.objects.update(is_confirmed=True)
    correct(manager, "AN", 5)
    assert people(manager)["AN"][-1] == 0
    close(manager, "2026-11-17", AN=50)
    assert people(manager)["AN"][-1] == 3_000
    closed = ConsignmentEntry.objects.get(draw_date="2026-11-17")
    less = line("AN", returned=5, corrects=closed.pk, reason="Kiểm đếm lại vé ế")
    assert bulk(manager, [less]).status_code == 201
    assert people(manager)["AN"][-1] == 2_700


def test_without_a_confirmed_exemption_a_confirmed_rate_takes_from_the_first_dong(
    company: Company, manager: APIClient, page: Callable[..., Client]
):
    rule(RuleKey.COMMISSION_TAX, 500, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_FREE, 50_000, is_confirmed=True)
    rule(RuleKey.COMMISSION_TAX_ABOVE, 1)
    close(manager, "2026-11-16", AN=40)
    assert people(manager) == {"AN": (48_000, 0, 0, 2_400)}
    shown = page(User.objects.get(username="sales_manager")).get(HOME, {"nam": "2026"})
    assert "khấu trừ từ đồng đầu của mọi đại lý cá nhân" in shown.content.decode()


def test_on_paper_every_person_and_every_number_stands(
    year: APIClient, page: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
):
    by = User.objects.get(username="ke_toan")
    told = seen_tax_year(2026, by=by)
    html = document(paper_of(TaxList(told, {"CHI": "022099001234"}, is_full=True), by))
    assert "022099001234" in html
    assert "chưa có" in html
    assert "108.200" in html
    pdf = page(by).get(HOME, {"nam": "2026", "dang": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    taken = TaxListExport.objects.count()
    monkeypatch.setattr("sales.files.tax_list.MOST_ON_PAPER", 1)
    refused = page(by).get(HOME, {"nam": "2026", "dang": "pdf"}, follow=True)
    assert "Hãy tải Excel rồi in từ đó" in refused.content.decode()
    assert TaxListExport.objects.count() == taken
