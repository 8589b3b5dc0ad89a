"""The list of agents, one agent's page and its forms."""

import re
from collections.abc import Callable

import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from rest_framework.test import APIClient

from sales.agents.keeping import keep_agent
from sales.models import Agent, AgentContract, AgentDocument, Draw
from tests.sales.conftest import Company, bulk, line

LIST = "/ban-ve/dai-ly/"


def text_of(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, answer.content
    return answer.content.decode()


def send(client: Client, address: str, **values: object) -> tuple[int, str]:
    """Post a form as it was opened, so with its version."""
    version = re.search(r'name="version" value="([^"]*)"', text_of(client, address))
    assert version is not None
    token = version[1].replace("&quot;", '"')
    answer = client.post(address, {"version": token, **values})
    return answer.status_code, answer.content.decode()


def test_the_list_finds_by_code_or_name_and_opens_the_only_one(
    company: Company, page: Callable[..., Client]
):
    client = page("sales_manager")
    for code in ("AN", "BINH", "CHI"):
        assert f"Đại lý {code}" in text_of(client, LIST)
    assert client.get(f"{LIST}?tim=an")["Location"] == f"{LIST}AN/"
    found = text_of(client, f"{LIST}?tim=dai ly&dia_ban=06685")
    assert ("Đại lý AN" in found, "Đại lý CHI" in found) == (True, False)
    assert "Không có đại lý nào như vậy" in text_of(client, f"{LIST}?tim=zzz")


def test_tickets_handed_out_ahead_leave_the_draws_that_were_held_in_view(
    company: Company, page: Callable[..., Client], manager: APIClient
):
    Draw.objects.create(date="2026-11-15", host="Thái Bình")
    days = [f"2026-11-{day}" for day in range(15, 23)]
    lines = [
        line("AN", day, issued=5) | {"product": code} for day in days for code in ("TT10", "LT5")
    ]
    assert bulk(manager, lines).status_code == 201
    with time_machine.travel("2026-11-15T20:00:00+07:00", tick=False):
        shown = text_of(page("executive"), f"{LIST}AN/")
    assert re.findall(r"(../11)/2026</th><td>Vé truyền thống", shown) == [
        "18/11",
        "17/11",
        "16/11",
        "15/11",
    ]


def test_a_contract_is_added_and_mended_by_the_form(company: Company, page: Callable[..., Client]):
    client = page("sales_manager")
    new = f"{LIST}AN/hop-dong/moi/"
    sent = {"number": "HĐ 9", "valid_from": "2026-01-01", "rate_TT10": "1100"}
    assert send(client, new, **sent)[0] == 302
    contract = AgentContract.objects.get()
    assert [rate.commission_bps for rate in contract.rates.all()] == [1_100]
    status, told = send(client, new, **sent | {"number": "HĐ 10"})
    assert (status, "Đại lý đã có hợp đồng khác" in told) == (400, True)
    mend = f"{LIST}AN/hop-dong/{contract.pk}/"
    assert send(client, mend, **sent | {"settlement_days": "3"})[0] == 302
    stale = client.post(mend, {"version": "cũ", **sent})
    assert (stale.status_code, "đã được người khác sửa" in stale.content.decode()) == (412, True)
    assert "HĐ 9" in text_of(client, f"{LIST}AN/")


def test_a_scanned_paper_comes_back_as_it_was(company: Company, page: Callable[..., Client]):
    client = page("sales_manager")
    scan = SimpleUploadedFile("giấy phép.pdf", b"%PDF-1.7 xin")
    sent = {"kind": "licence", "number": "5", "title": "GP", "issued_date": "2026-01-01"}
    assert send(client, f"{LIST}AN/giay-to/moi/", **sent, file=scan)[0] == 302
    paper = AgentDocument.objects.get()
    answer = client.get(f"{LIST}AN/tep/{paper.pk}/")
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1.7 xin", "application/pdf")


def test_an_agent_is_taken_on_and_suspended(company: Company, page: Callable[..., Client]):
    client = page("sales_manager")
    sent = {
        "code": "DUNG", "name": "Đỗ Dũng", "kind": "person", "region": company.hong_gai.pk,
        "opened_date": "2026-11-01", "commission_bps": "1000", "credit_limit_amount": "0",
        "identity_number": "022099001234",
    }  # fmt: skip
    assert send(client, "/ban-ve/dai-ly-moi/", **sent)[0] == 302
    assert Agent.objects.get(code="DUNG").identity_number() == "022099001234"
    change = {"trang_thai": "suspended", "ngay": "2026-11-20", "ly_do": "Chờ ký lại"}
    told = client.post(f"{LIST}DUNG/trang-thai/", change, follow=True).content.decode()
    assert "từ nay tạm ngừng" in told
    assert "Chờ ký lại" in told


def test_the_catalogue_leaves_alone_whose_tax_code_is_sealed(
    company: Company, page: Callable[..., Client]
):
    keep_agent(company.an, {"tax_code": "022099001234"})
    address = f"/quan-tri/sales/agent/{company.an.pk}/change/"
    client = page("administrator")
    assert "022099001234" not in client.get(address).content.decode()
    sent = {
        "code": "AN", "name": "Đại lý An", "kind": "org", "region": company.hong_gai.pk,
        "opened_date": "2020-01-01", "commission_bps": "1200", "credit_limit_amount": "0",
    }  # fmt: skip
    assert client.post(address, sent).status_code == 302
    an = Agent.objects.get(code="AN")
    assert (an.name, an.kind, an.tax_number()) == ("Đại lý An", "person", "022099001234")


def test_what_is_outside_the_region_does_not_exist(
    company: Company, page: Callable[..., Client], person: Callable[..., object]
):
    client = page(person("sales_manager", username="mc", region=company.mong_cai))
    for address in (f"{LIST}AN/", f"{LIST}AN/sua/", f"{LIST}AN/hop-dong/moi/"):
        text_of(client, address, status=404)
    assert "Đại lý AN" not in text_of(client, LIST)


def test_levels_of_other_regions_are_not_told_and_not_lost(
    company: Company, page: Callable[..., Client], person: Callable[..., object]
):
    """Chi of Móng Cái sells under An of Hồng Gai, where the manager of either sees one of them."""
    Agent.objects.filter(code="CHI").update(parent=company.an)
    above = page(person("sales_manager", username="hg", region=company.hong_gai))
    assert "CHI" not in text_of(above, f"{LIST}AN/")
    below = page(person("sales_manager", username="mc", region=company.mong_cai))
    assert f'href="{LIST}AN/"' not in text_of(below, f"{LIST}CHI/")
    form = text_of(below, f"{LIST}CHI/sua/")
    assert f'<option value="{company.an.pk}" selected>' in form
    sent = {
        "name": "Đại lý Chi mới", "kind": "person", "region": company.mong_cai.pk,
        "parent": company.an.pk, "commission_bps": 1_200, "credit_limit_amount": 50_000_000,
    }  # fmt: skip
    assert send(below, f"{LIST}CHI/sua/", **sent)[0] == 302
    kept = Agent.objects.get(code="CHI")
    assert (kept.name, kept.parent) == ("Đại lý Chi mới", company.an)
