"""Forms that are sent twice (a double click, a slow line, the way back) are done once."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Model
from django.test import Client

from backend import clock
from sales.models import (
    AgentContact,
    AgentNote,
    Campaign,
    CreditException,
    ImportFile,
    NewsItem,
    ReturnSheet,
)
from tests.sales.conftest import Company

FORMS: dict[type[Model], tuple[str, str, dict[str, Any]]] = {
    AgentNote: (
        "/ban-ve/dai-ly/AN/ghi-chu/moi/", "/ban-ve/dai-ly/AN/ghi-chu/moi/",
        {"kind": "visit", "date": "2026-11-17", "text": "Đủ vé, biển hiệu mới"},
    ),
    AgentContact: (
        "/ban-ve/dai-ly/AN/lien-he/moi/", "/ban-ve/dai-ly/AN/lien-he/moi/",
        {"name": "Trần Thị Hoa", "phone": "0912000111"},
    ),
    CreditException: (
        "/ban-ve/dai-ly/AN/", "/ban-ve/dai-ly/AN/vuot-han-muc/",
        {"so_tien": "50.000.000", "den": f"{clock.today() + timedelta(30):%Y-%m-%d}", "ly_do": "Chờ bảo lãnh mới"},
    ),
    Campaign: (
        "/ban-ve/chuong-trinh/", "/ban-ve/chuong-trinh/",
        {"name": "Biển mới", "purpose": "Thêm người mua", "starts": "2026-12-01",
         "ends": "2026-12-31", "cost": "1000", "agents": "AN"},
    ),
    ReturnSheet: (
        "/ban-ve/tra-ve/?ngay=2026-11-17", "/ban-ve/tra-ve/?ngay=2026-11-17",
        {"dai_ly": "AN", "ve_TT10": "3"},
    ),
    NewsItem: (
        "/ban-ve/tin-tuc/moi/", "/ban-ve/tin-tuc/moi/",
        {"title": "Nghỉ Tết", "summary": "Lịch nghỉ", "body": "Nghỉ bốn ngày."},
    ),
    ImportFile: (
        "/ban-ve/nhap-tep/", "/ban-ve/nhap-tep/",
        {"loai": "issues", "tep": b"A;B\n1;2\n"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("made", FORMS, ids=lambda made: made.__name__)
def test_a_form_sent_twice_is_done_once(
    company: Company, page: Callable[..., Client], made: type[Model]
):
    shown_at, sent_to, fields = FORMS[made]
    role = {CreditException: "executive", NewsItem: "administrator"}.get(made, "sales_manager")
    client = page(role)

    def send(key: str, **more: str) -> Any:
        body = {
            name: SimpleUploadedFile("giao.csv", value) if isinstance(value, bytes) else value
            for name, value in (fields | {"lan_gui": key} | more).items()
        }
        return client.post(sent_to, body, follow=True)

    first, second = (_key(client.get(shown_at), sent_to) for _time in range(2))
    assert first != second
    send(first)
    assert "đã được ghi ở lần gửi trước" in send(first).content.decode()
    assert made._default_manager.count() == 1
    send(second)  # the same words, meant a second time
    assert made._default_manager.count() == 2


def test_a_form_that_was_refused_may_be_sent_again(company: Company, page: Callable[..., Client]):
    client, (address, _, fields) = page("sales_manager"), FORMS[AgentContact]
    once = {"lan_gui": "mot-lan"}
    assert client.post(address, fields | once | {"phone": "không số"}).status_code == 400
    assert client.post(address, fields | once).status_code == 302
    assert AgentContact.objects.count() == 1


def _key(answer: Any, sent_to: str) -> str:
    """The hidden field of the form that is sent to the address."""
    for form in re.findall(r"<form.*?</form>", answer.content.decode(), re.DOTALL):
        action = re.search(r'<form[^>]*action="([^"]*)"', form)
        found = re.search(r'name="lan_gui" value="([^"]+)"', form)
        if found and (action is None or action[1] == sent_to):
            return found[1]
    raise AssertionError(f"no form of {sent_to} may be sent once only")
