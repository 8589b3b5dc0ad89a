"""News and points of sale of the public site: written inside, shown outside, and nothing more."""

import csv
import json
from collections.abc import Callable
from datetime import date, datetime
from io import StringIO
from typing import Any
from xml.etree import ElementTree

import pytest
import time_machine
from django.test import Client, override_settings

from backend import public_settings
from backend.accounts.models import User
from backend.clock import VN
from backend.org import models as org
from sales.agents.keeping import change_status, keep
from sales.models import AgentContact, AgentStatus, NewsItem, PointOfSale
from tests.sales.conftest import Company

NOON = datetime(2026, 11, 18, 12, 0, tzinfo=VN)


@pytest.fixture(autouse=True)
def noon(company: Company) -> Any:
    with time_machine.travel(NOON, tick=False):
        yield


def outside(address: str) -> Any:
    """What the public site answers while the internal one is under test."""
    with override_settings(
        ROOT_URLCONF=public_settings.ROOT_URLCONF,
        MIDDLEWARE=public_settings.MIDDLEWARE,
        TEMPLATES=public_settings.TEMPLATES,
    ):
        return Client().get(address)


def written(**fields: str) -> dict[str, str]:
    return {
        "title": "Tin mới: <Tết>", "summary": "Tóm tắt", "body": "Một.\n\nHai: https://example.vn",
        "published_at": "", **fields,
    }  # fmt: skip


def test_news_is_a_draft_then_waits_then_is_shown_and_can_be_taken_back(
    page: Callable[..., Client],
):
    editor = page("sales_manager")
    answer = editor.post("/ban-ve/tin-tuc/moi/", written(), follow=True)
    assert "Đã lưu bản nháp" in answer.content.decode()
    item = NewsItem.objects.get()
    assert item.slug == "tin-moi-tet"
    address = f"/ban-ve/tin-tuc/{item.pk}/"
    assert outside("/tin-tuc/tin-moi-tet/").status_code == 404

    def save(**fields: str) -> str:
        shown = editor.get(address)
        version = shown.context["version"]
        return editor.post(
            address, written(version=version, **fields), follow=True
        ).content.decode()

    assert "từ 13:30 18/11/2026" in save(published_at="2026-11-18T13:30")
    assert outside("/tin-tuc/tin-moi-tet/").status_code == 404
    with time_machine.travel(NOON.replace(hour=13, minute=30), tick=False):
        shown = outside("/tin-tuc/tin-moi-tet/")
        text = shown.content.decode()
        assert "Tin mới: &lt;Tết&gt;" in text
        assert "<Tết>" not in text
        assert '<a href="https://example.vn" rel="nofollow">' in text
        assert shown.headers["Last-Modified"] == "Wed, 18 Nov 2026 06:30:00 GMT"
        assert "Tin mới" in outside("/tin-tuc/").content.decode()
        feed = ElementTree.fromstring(outside("/du-lieu/tin-tuc.rss.xml").content)
        assert [each.text for each in feed.findall("channel/item/title")] == ["Tin mới: <Tết>"]
        assert "/tin-tuc/tin-moi-tet/" in outside("/sitemap.xml").content.decode()
        english = outside("/en/tin-tuc/tin-moi-tet/").content.decode()
        assert '<article lang="vi">' in english  # there is no English of it
        save(published_at="2026-11-18T13:30", title_en="News", summary_en="Short", body_en="One.")
        assert "<h1>News</h1>" in outside("/en/tin-tuc/tin-moi-tet/").content.decode()
        assert "bản nháp" in save(published_at="")
        assert outside("/tin-tuc/tin-moi-tet/").status_code == 404
    editor.post("/ban-ve/tin-tuc/moi/", written())
    assert set(NewsItem.objects.values_list("slug", flat=True)) == {"tin-moi-tet", "tin-moi-tet-2"}


def test_a_line_break_copied_from_word_breaks_no_feed(page: Callable[..., Client]):
    sent = written(title="Tin\vmới", summary="Một\x0chai\x01", published_at="2026-11-18T11:00")
    page("sales_manager").post("/ban-ve/tin-tuc/moi/", sent)
    for kind in ("rss", "atom"):
        feed = outside(f"/du-lieu/tin-tuc.{kind}.xml")
        assert feed.status_code == 200
        assert ">Tin mới</title>" in feed.content.decode()


def test_a_feed_says_who_publishes_and_tells_a_text_as_it_is(page: Callable[..., Client]):
    org.Company.objects.create(name="Xổ số Quảng Ninh", short_name="XSQN")
    sent = written(summary="Vé < 10.000 đồng & <b>", published_at="2026-11-18T11:00")
    page("sales_manager").post("/ban-ve/tin-tuc/moi/", sent)
    atom = ElementTree.fromstring(outside("/du-lieu/tin-tuc.atom.xml").content)
    space = "{http://www.w3.org/2005/Atom}"
    assert atom.findtext(f"{space}author/{space}name") == "Xổ số Quảng Ninh"
    (told,) = [each.text for each in atom.iter(f"{space}summary")]
    assert told == "Vé &lt; 10.000 đồng &amp; &lt;b&gt;"  # HTML, by its type
    results = ElementTree.fromstring(outside("/du-lieu/ket-qua.atom.xml").content)
    assert results.findtext(f"{space}author/{space}name") == "Xổ số Quảng Ninh"


def test_news_is_refused_in_words_and_nothing_is_overwritten(
    page: Callable[..., Client], person: Callable[..., User], company: Company
):
    editor = page("sales_manager")
    half = editor.post("/ban-ve/tin-tuc/moi/", written(title_en="News"))
    assert half.status_code == 400
    assert "Bản tiếng Anh phải có đủ" in half.content.decode()
    region = page(person("sales_manager", username="vung", region=company.hong_gai))
    assert region.post("/ban-ve/tin-tuc/moi/", written()).status_code == 403
    assert page("executive").get("/ban-ve/tin-tuc/").status_code == 403
    assert not NewsItem.objects.exists()
    editor.post("/ban-ve/tin-tuc/moi/", written())
    address = f"/ban-ve/tin-tuc/{NewsItem.objects.get().pk}/"
    version = editor.get(address).context["version"]
    assert editor.post(address, written(version=version, body="Mới")).status_code == 302
    stale = editor.post(address, written(version=version, body="Cũ"))
    assert stale.status_code == 412
    assert NewsItem.objects.get().body == "Mới"


@pytest.fixture
def points(company: Company, person: Callable[..., User]) -> None:
    def point(agent: Any, code: str, **fields: Any) -> None:
        values = {
            "name": f"Quầy {code}", "address": "1 Bạch Đằng", "region": agent.region,
            "opened_date": date(2020, 1, 1), "is_listed": True,
        }  # fmt: skip
        keep(PointOfSale(agent=agent, code=code, **(values | fields)))

    point(company.an, "HIEN", opening_hours="7:00–18:00", public_phone="0203 000 0001",
          latitude=20.95, longitude=107.08)  # fmt: skip
    point(company.an, "AN-DI", is_listed=False)
    point(company.an, "DONG", closed_date=date(2026, 11, 17))
    point(company.an, "CHUA", opened_date=date(2026, 11, 19))
    point(company.binh, "NGUNG")
    point(company.chi, "CONG-THUC", name="=1+1")
    keep(AgentContact(agent=company.an, name="Chị Hoa", phone="0912345678", is_first=True))
    change_status(
        company.binh, to=AgentStatus.SUSPENDED, from_day=date(2026, 11, 18), reason="nghỉ Tết sớm",
        by=person("sales_manager"), at=NOON,
    )  # fmt: skip


def test_only_listed_points_that_sell_are_shown_and_nothing_of_who_stands_behind(
    public: Client, points: None
):
    communes = public.get("/diem-ban/").content.decode()
    assert "Hồng Gai" in communes
    assert "Móng Cái 1" in communes
    assert "Móng Cái 1" not in public.get("/diem-ban/?tim=hong").content.decode()
    assert "viết không dấu" in public.get("/diem-ban/?tim=xyz").content.decode()
    text = public.get("/diem-ban/06685/").content.decode()
    assert "Quầy HIEN" in text
    assert "7:00–18:00" in text
    assert 'href="tel:02030000001"' in text
    assert "mlat=20.95&amp;mlon=107.08" in text
    data = public.get("/du-lieu/diem-ban.json").content.decode()
    for hidden in ("AN-DI", "DONG", "CHUA", "NGUNG", "Hoa", "0912345678", "Đại lý AN"):
        assert hidden not in text
        assert hidden not in data
    [first, second] = json.loads(data)["points"]
    assert (first["code"], first["commune"], second["code"]) == ("HIEN", "Hồng Gai", "CONG-THUC")
    rows = list(csv.DictReader(StringIO(public.get("/du-lieu/diem-ban.csv").content.decode())))
    assert [row["name"] for row in rows] == ["Quầy HIEN", "'=1+1"]
    assert public.get("/diem-ban/99999/").status_code == 404
    assert "/diem-ban/06685/" in public.get("/sitemap.xml").content.decode()
