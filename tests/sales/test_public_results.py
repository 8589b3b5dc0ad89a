"""The public site's results, calendar and prizes: what is published, light, cacheable, in two languages."""

import json
import re
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.html import escape

from backend.accounts.models import Role, User
from backend.clock import VN
from backend.org.models import Company as Firm
from sales.draws.drawing import load_draw_calendar
from sales.draws.prize_tables import load_prize_tables
from sales.draws.results import enter_result, publish_result
from sales.engine.draw_sheet import cleaned
from sales.engine.prizes import tails_by_head
from sales.models import Draw, DrawPublication, DrawStatus
from sales.public.frame import KEPT
from sales.rules import load_rules
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

PAGES = (
    "/ket-qua/", "/ket-qua/2026-11-17/", "/ket-qua/thu/ba/", "/ket-qua/tinh/quang-ninh/",
    "/lich-quay/", "/co-cau-giai-thuong/", "/do-ve/?so=00000&ngay=2026-11-17", "/du-lieu/",
    "/khong-co/",
)  # fmt: skip


@pytest.fixture(autouse=True)
def evening(company: Company) -> Any:
    """Tuesday's result is published, Wednesday is being drawn."""
    Firm.objects.create(name="Công ty Xổ số <Thử>", short_name="Xổ số Thử")
    load_draw_calendar()
    load_prize_tables()
    load_rules()
    with time_machine.travel(datetime(2026, 11, 18, 18, 20, tzinfo=VN), tick=False):
        yield


def publish(day: str) -> None:
    make.result(Draw.objects.get(date=day), AUGUST_18, ("2KX", "5KX"), series_count=20)


def test_a_published_result_is_shown_by_day_weekday_and_province(public: Client):
    publish("2026-11-17")
    for address in PAGES[:4]:
        text = public.get(address).content.decode()
        shown = re.findall(r"<b>(\d+)</b>", text)
        assert shown == list(AUGUST_18), address
        assert "2KX · 5KX" in text
    assert "Kỳ hôm nay 18/11/2026" in public.get("/ket-qua/").content.decode()
    assert public.get("/ket-qua/?ngay=2026-11-17").headers["Location"] == "/ket-qua/2026-11-17/"
    assert not re.findall(r"<b>", public.get("/ket-qua/thu/tu/").content.decode())
    [data] = re.findall(
        r'<script type="application/ld\+json">(.*?)</script>',
        public.get("/ket-qua/2026-11-17/").content.decode(),
    )
    told = json.loads(data)
    assert told["variableMeasured"][0] == {
        "@type": "PropertyValue", "name": "giải đặc biệt", "value": AUGUST_18[0],
    }  # fmt: skip
    assert told["creator"]["name"] == "Công ty Xổ số <Thử>"
    address = told["distribution"][0]["contentUrl"].partition("/du-lieu/")[2]
    assert public.get(f"/du-lieu/{address}").status_code == 200
    assert 50 <= len(told["description"]) <= 5_000  # what search engines ask of a data set
    assert dict(tails_by_head(AUGUST_18))["8"] == ["2", "3", "5", "6"]


def test_what_one_person_keyed_or_nobody_published_is_not_shown(
    public: Client, person: Callable[..., User]
):
    clerk = person("sales_manager")
    at = datetime(2026, 11, 17, 18, 40, tzinfo=VN)
    enter_result(date(2026, 11, 17), cleaned(AUGUST_18, ["2KX"], 20), by=clerk, at=at)
    for address in PAGES:
        assert AUGUST_18[0] not in public.get(address).content.decode()
    answer = public.get("/ket-qua/2026-11-17/")
    assert answer.status_code == 404
    assert "chưa được công bố" in answer.content.decode()
    assert public.get("/ket-qua/2026-11-18/").status_code == 404
    for strange in ("2026-02-30", "2019-01-01", "x"):
        assert public.get(f"/ket-qua/{strange}/").status_code == 404
    make.draw("2026-12-24", status=DrawStatus.VOID)
    assert "đã bị hủy" in public.get("/ket-qua/2026-12-24/").content.decode()


@pytest.mark.parametrize(
    ("address", "status", "told"),
    [
        ("/ket-qua/?ngay=17/11/2026", 302, "/ket-qua/2026-11-17/"),
        ("/ket-qua/17-11-2026/", 302, "/ket-qua/2026-11-17/"),
        ("/ket-qua/tinh/Quảng Ninh/", 302, "/ket-qua/tinh/quang-ninh/"),
        ("/en/ket-qua/tinh/QUANG-NINH/", 302, "/en/ket-qua/tinh/quang-ninh/"),
        ("/ket-qua/?ngay=31/02/2026", 400, "“31/02/2026” không phải là một ngày"),
        ("/ket-qua/thu/ba/?truoc=31/02/2026", 400, "không phải là một ngày"),
        ("/ket-qua/2026-02-31/", 404, "Tìm kết quả khác"),
        ("/ket-qua/2019-01-01/", 404, "Tìm kết quả khác"),
        ("/ket-qua/tinh/ca-mau' or 1=1--/", 404, "Theo tỉnh quay"),
        ("/ket-qua/thu/tam/", 404, "Theo thứ"),
        ("/do-ve/?so=12345&ngay=31/02/2026", 400, "ví dụ 24/11/2026"),
        (f"/do-ve/?so={'1' * 40}", 400, "đúng 5 chữ số"),
        ("/do-ve/?so=&ngay=2026-11-17", 400, "Hãy nhập 5 chữ số"),
        ("/do-ve/?so=12345&ngay=2027-11-17", 404, "Hãy xem lịch quay"),
        ("/ket-qua/x%00/", 400, "Kết quả mới nhất"),
        ("/do-ve/?so=%00", 400, "Kết quả mới nhất"),
    ],
)
def test_what_nobody_can_answer_says_what_to_do_next(
    public: Client, address: str, status: int, told: str
):
    publish("2026-11-17")
    answer = public.get(address)
    assert answer.status_code == status
    if status == 302:
        assert answer.headers["Location"] == told
        return
    text = answer.content.decode()
    assert told in text
    assert "<h1>" in text
    assert public.get(address, headers={"host": "other.example"}).status_code == 400


def test_a_browser_that_has_a_page_is_told_so_until_it_is_corrected(public: Client):
    publish("2026-11-17")
    first = public.get("/ket-qua/2026-11-17/")
    assert "public" in first.headers["Cache-Control"]
    assert first.headers["Last-Modified"] == "Tue, 17 Nov 2026 11:40:00 GMT"
    assert "Vary" not in first.headers
    assert not first.cookies
    known = {"If-None-Match": first.headers["ETag"]}
    assert public.get("/ket-qua/2026-11-17/", headers=known).status_code == 304
    since = {"If-Modified-Since": first.headers["Last-Modified"]}
    assert public.get("/ket-qua/2026-11-17/", headers=since).status_code == 304
    corrected = ("00001", *AUGUST_18[1:])
    one, two = User.objects.filter(role=Role.SALES_MANAGER).order_by("pk")
    at = datetime(2026, 11, 17, 19, 5, tzinfo=VN)
    for person in (one, two):
        enter_result(date(2026, 11, 17), cleaned(corrected, ["2KX"], 20), by=person, at=at)
    publish_result(date(2026, 11, 17), by=one, at=at, reason="nhầm biên bản của Hoa")
    anew = public.get("/ket-qua/2026-11-17/", headers=known)
    assert anew.status_code == 200
    text = anew.content.decode()
    assert "00001" in text
    assert "đã đính chính" in text
    assert "Hoa" not in text  # who erred is no business of the public
    assert public.get("/ket-qua/2026-11-17/", headers=since).status_code == 200
    assert DrawPublication.objects.count() == 2


def test_every_page_is_light_and_has_its_english_twin(public: Client):
    publish("2026-11-17")
    style = len(next(kept for kept in KEPT.values() if "css" in kept.content_type).content)
    for address in PAGES:
        for prefix in ("", "/en"):
            answer = public.get(prefix + address)
            text = answer.content.decode()
            assert len(answer.content) + style < 30_000, (address, len(answer.content))
            assert f'<html lang="{"en" if prefix else "vi"}">' in text
            assert "<Thử>" not in text
            assert "style=" not in text
            assert "script-src 'self'" in answer.headers["Content-Security-Policy"]
            if address != "/khong-co/":
                path = address.partition("?")[0]
                other = address if prefix else f"/en{address}"
                assert f'href="{escape(other)}"' in text
                assert f'href="http://localhost:8001{prefix}{path}"' in text  # canonical
    assert "Special prize" in public.get("/en/ket-qua/2026-11-17/").content.decode()
    [css] = [name for name in KEPT if name.endswith(".css")]
    assert "immutable" in public.get(f"/tep/{css}").headers["Cache-Control"]
    assert public.get("/tep/public.css").status_code == 404


def test_a_list_of_results_takes_the_same_queries_whatever_its_length(
    public: Client, django_assert_max_num_queries: Any
):
    for day in ("2026-11-16", "2026-11-17"):
        publish(day)
    with django_assert_max_num_queries(6):
        text = public.get("/ket-qua/tinh/quang-ninh/").content.decode()
    assert text.count('class="sheet"') == 2
    older = public.get("/ket-qua/tinh/quang-ninh/?truoc=2026-11-17").content.decode()
    assert older.count('class="sheet"') == 1
    assert "noindex" in older


def test_the_calendar_leaves_out_days_without_a_draw_and_reads_as_icalendar(public: Client):
    make.draw("2026-11-25", status=DrawStatus.VOID)
    page = public.get("/lich-quay/").content.decode()
    assert "24/11/2026" in page
    assert "25/11/2026" not in page
    assert "Tết Đinh Mùi" in page
    answer = public.get("/lich-quay.ics")
    text = answer.content.decode()
    assert answer.headers["Content-Type"].startswith("text/calendar")
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert text.startswith("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n")
    assert text.count("BEGIN:VEVENT") == text.count("END:VEVENT") == 59  # 60 days without the void
    assert "DTSTART:20261118T111500Z" in lines
    whole = text.replace("\r\n ", "")
    assert "SUMMARY:Quay thưởng xổ số miền Bắc: Quảng Ninh\r\n" in whole
    again = public.get("/lich-quay.ics", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_prizes_and_the_map_of_the_site(public: Client):
    publish("2026-11-17")
    text = public.get("/co-cau-giai-thuong/").content.decode()
    assert "500.000.000" in text
    assert "Hạn lĩnh thưởng là 30 ngày" in text
    assert "trùng 2 chữ số cuối của giải đặc biệt" in text
    robots = public.get("/robots.txt").content.decode()
    assert "Sitemap: http://localhost:8001/sitemap.xml" in robots
    entries = re.findall(
        "<loc>http://localhost:8001(.*?)</loc>", public.get("/sitemap.xml").content.decode()
    )
    assert "/ket-qua/2026-11-17/" in entries
    assert "/en/ket-qua/2026-11-17/" in entries
    assert {public.get(entry).status_code for entry in entries} == {200}


def test_neither_site_answers_the_addresses_of_the_other(public: Client, settings: Any):
    for address in (
        "/dang-nhap/",
        "/ban-ve/",
        "/quan-tri/",
        "/api/v1/draws/",
        "/static/css/app.css",
    ):
        assert public.get(address).status_code == 404, address
    for address in (
        "/diem-ban/%00/",
        "/do-ve/?so=%00",
        "/ket-qua/%00/",
        "/du-lieu/ket-qua/%00.json",
    ):
        assert public.get(address).status_code == 400, address
    settings.ALLOWED_HOSTS = ["xoso.example.vn"]
    assert public.get("/ket-qua/", headers={"Host": "noibo.example.vn"}).status_code == 400
    assert public.get("/ket-qua/", headers={"Host": "xoso.example.vn"}).status_code == 200
    assert public.post("/ket-qua/", headers={"Host": "xoso.example.vn"}).status_code == 405
