# ruff: noqa: F811 -- fixtures of neighbours
"""Saved views: kept, shared, exported, scheduled like any report."""

import csv
import io
import re
from datetime import date, datetime
from typing import Any

import pytest
from django.test import Client
from docx import Document
from openpyxl import load_workbook
from pypdf import PdfReader

from backend.clock import VN
from backend.org.models import Company as Owner
from backend.org.models import Territory, TerritoryRegion
from reporting import making
from reporting.builders.content import Report, Table, thaw
from reporting.definitions import definition, made_for, reports_for
from reporting.explorer.question import Question, read
from reporting.explorer.views import StillScheduled, ViewNameTaken, drop_view, keep_view
from reporting.models import Edition, EditionFile, FileKind, SavedView
from reporting.periods import period_of
from reporting.scopes import Place
from tests.mailbox import Mailbox
from tests.reporting.conftest import company as owner  # noqa: F401
from tests.reporting.due import schedule_of, send_now
from tests.reporting.reading import leading_nowhere, left_in_vietnamese, links_of
from tests.reporting.test_catalogue_reports import november  # noqa: F401
from tests.sales.conftest import Company, company, manager  # noqa: F401

pytestmark = pytest.mark.django_db
PAGE = "/bao-cao/kham-pha/"
AGENTS = "hang=dai_ly&cot=ky_quay&so=ban&ky=tu_den&tu=2026-11-01&den=2026-11-30"
SOLD = {"AN": [60, 90, 150], "CHI": [80, 50, 130], "BINH": [None, 20, 20]}


def kept(client: Client, question: str = AGENTS, **fields: str) -> Any:
    sent = {"name": "Đại lý từng kỳ", "shared_with": "everyone", "cau_hoi": question} | fields
    return client.post(f"{PAGE}bang/luu/", sent)


def table_of(report: Report) -> Table:
    return next(b for each in report.sections for b in each.blocks if isinstance(b, Table))


def cells_of(report: Report) -> dict[Any, list[Any]]:
    return {row.cells[0]: list(row.cells[2:]) for row in table_of(report).rows}


def test_kept_shared_changed_and_dropped(november: Company, page: Any, person: Any) -> None:
    boss, seller = person("executive"), person("sales_manager", username="s")
    other = page(person("sales_manager", username="t"))
    client = page(seller)
    answer = kept(client, shared_with="owner")
    view = SavedView.objects.get()
    assert (answer["Location"], view.owner) == (f"{PAGE}?bang={view.pk}", seller)
    html = client.get(answer["Location"]).content.decode()
    assert "Đại lý AN" in html
    assert "Cập nhật bảng này" in html
    assert other.get(answer["Location"]).status_code == 404
    assert view.code not in reports_for(boss)
    kept(client)
    assert "Bạn đã có một bảng tên này" in client.get(PAGE).content.decode()
    kept(client, bang=str(view.pk), shared_with="sales_manager", name="Mới")
    assert "Mới" in other.get(f"{PAGE}?bang={view.pk}").content.decode()
    kept(other, bang=str(view.pk), name="Của tôi", shared_with="everyone")
    assert "Chỉ người lập" in other.get(PAGE).content.decode()
    for wrong in ({"name": "Dòng\r\nBcc: x@y"}, {"shared_with": "ai"}, {"cau_hoi": "hang=sao"}):
        kept(client, **wrong)
        assert 'class="message error"' in client.get(PAGE).content.decode()
    view.refresh_from_db()
    assert (view.name, view.shared_with, SavedView.objects.count()) == ("Mới", "sales_manager", 1)
    assert view.code in reports_for(boss), "who oversees all reports sees shared ones"
    assert (
        f'<option value="{view.code}">Mới</option>' in page(boss).get("/bao-cao/").content.decode()
    )
    client.post(f"{PAGE}bang/{view.pk}/bo/")
    assert view.code not in page(boss).get("/bao-cao/").content.decode(), "no edition was made"
    assert client.get(f"{PAGE}?bang={view.pk}").status_code == 404
    assert view.code in reports_for(boss), "its editions stay readable"
    assert view.code not in [each.code for each in made_for(boss)]
    events = SavedView.pgh_event_model.objects.order_by("pgh_id")  # type: ignore[attr-defined]
    assert [each.pgh_label for each in events] == ["insert", "update", "update"]


def test_a_saved_span_moves_with_time(november: Company, page: Any, time_machine_at: Any) -> None:
    client = page("executive")
    kept(client, "hang=dai_ly&so=ban&ky=7_ngay")
    address = f"{PAGE}?bang={SavedView.objects.get().pk}"
    for day, said, total in (
        (17, "Từ 11/11/2026 đến 17/11/2026", "160"),
        (10, "Từ 04/11/2026", "140"),
    ):
        time_machine_at(datetime(2026, 11, day, 20, tzinfo=VN))
        html = client.get(address).content.decode()
        assert said in html
        assert f'<td class="number ">{total}</td>' in html.split("<tfoot>")[1]


def test_files_say_what_the_page_says(november: Company, page: Any) -> None:
    november.an.name = '=HYPERLINK("x")'
    november.an.save()
    client = page("executive")
    book = load_workbook(io.BytesIO(client.get(f"{PAGE}tep.xlsx?{AGENTS}").content))
    sheet = book["Vé bán theo đại lý × kỳ quay"]
    rows = list(sheet.iter_rows(min_row=5, values_only=True))
    assert {row[0]: list(row[2:]) for row in rows[:3]} == SOLD
    assert (rows[0][1], sheet["B5"].data_type) == ('=HYPERLINK("x")', "s")
    assert len(book["Biểu đồ"]._charts) == 1
    text = client.get(f"{PAGE}tep.csv?{AGENTS}").content.decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    assert {row[0]: [int(x) if x else None for x in row[2:]] for row in lines[1:]} == SOLD
    assert lines[1][1] == '\'=HYPERLINK("x")'
    pdf = PdfReader(io.BytesIO(client.get(f"{PAGE}tep.pdf?{AGENTS}").content))
    words = " ".join(pdf.pages[0].extract_text().split())
    assert "Vé bán theo đại lý × kỳ quay" in words
    assert "Xuất để xem, không lưu kho" in words
    rate = client.get(f"{PAGE}tep.csv?hang=tinh&so=ve_e&ky=tu_den&tu=2026-11-01&den=2026-11-30")
    assert "310,300,10,0.0323,3000000" in rate.content.decode()
    assert client.get(f"{PAGE}tep.xlsx?hang=sao").status_code == 400
    assert client.get(f"{PAGE}tep.exe?{AGENTS}").status_code == 404
    assert Edition.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_scheduled_like_any_report_each_reader_in_his_own_scope(
    owner: Owner, november: Company, person: Any, page: Any, mailbox: Mailbox
) -> None:
    boss = person("executive")
    local = person("sales_manager", username="mc", region=november.mong_cai)
    west = Territory.objects.create(code="HG", name="Vùng Hồng Gai")
    TerritoryRegion.objects.create(
        territory=west, region=november.hong_gai, valid_from=date(2025, 7, 1)
    )
    lead = person("sales_manager", username="hg", territory=west)
    view = keep_view(
        None, name="Đại lý từng kỳ", shared_with="everyone", by=boss,
        question=Question("dai_ly", "ky_quay", "ban", "tu_den", date(2026, 11, 1), date(2026, 11, 30)),
    )  # fmt: skip
    form = page(boss).get(f"/bao-cao/lich/moi/?bao_cao={view.code}").content.decode()
    assert f'<option value="{view.code}" selected>' in form
    schedule = schedule_of(view.code, boss, local, lead)
    schedule.recipients.filter(user=lead).update(language="en")
    send_now(schedule)
    assert sorted(mailbox.recipients) == [
        "executive@example.vn", "hg@example.vn", "mc@example.vn"
    ]  # fmt: skip
    whole = Edition.objects.get(region=None, territory=None)
    part = Edition.objects.get(region=november.mong_cai)
    assert cells_of(thaw(whole.snapshot)) == SOLD
    assert cells_of(thaw(part.snapshot)) == {"CHI": [80, 50, 130]}
    assert whole.title == "Đại lý từng kỳ đến kỳ quay 30/11/2026"
    files = {each.kind: each.stored for each in EditionFile.objects.filter(edition=whole)}
    assert files.keys() == {FileKind.HTML, FileKind.PDF, FileKind.XLSX, FileKind.DOCX}
    article = files[FileKind.HTML]
    assert article is not None
    html = bytes(article.content).decode()
    assert re.findall(r'<td class="n">(\d+)</td>', html.split("<tbody>")[1])[:3] == [
        "60",
        "90",
        "150",
    ]
    (mail,) = mailbox.of("mc@example.vn")
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()  # type: ignore[union-attr]
        assert all(told in text for told in ("Vé bán theo đại lý × kỳ quay", "Đại lý CHI", "130"))
        assert "Đại lý AN" not in text
    of_west = Edition.objects.get(territory=west)
    assert cells_of(thaw(of_west.snapshot)) == {"AN": SOLD["AN"], "BINH": SOLD["BINH"]}
    left = left_in_vietnamese(thaw(of_west.snapshot))
    assert [each for each in left if not re.search("Đại lý (AN|BINH)", each)] == []
    (mail,) = mailbox.of("hg@example.vn")
    text = mail.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert "Tickets sold by agent × draw" in text
    assert "up to the draw of 30/11/2026" in mail["subject"]
    for query, titles in (
        ("", "Vé bán theo đại lý × kỳ quay"),
        ("?ngon_ngu=en", "Tickets sold by agent × draw"),
    ):
        word = page(lead).get(f"/bao-cao/{of_west.code}/tep.docx{query}").content
        document = Document(io.BytesIO(word))
        assert titles in [each.text for each in document.paragraphs]
        cells = [[cell.text for cell in row.cells] for row in document.tables[-1].rows]
        assert cells[1] == ["Đại lý AN", "60", "90", "150"]
        assert cells[-1][1:] == ["60", "110", "170"]
    assert "AN" not in [row.cells[0] for row in table_of(thaw(part.snapshot)).rows]

    frozen = whole.snapshot
    schedule.schedule.enabled = True
    schedule.schedule.save()
    with pytest.raises(StillScheduled):
        drop_view(view, by=boss, at=datetime(2026, 12, 1, tzinfo=VN))
    schedule.schedule.enabled = False
    schedule.schedule.save()
    keep_view(view, name="Tên khác", shared_with="everyone", by=boss, question=Question("thu"))
    reader = page(boss)
    assert "Đại lý từng kỳ" in reader.get(f"/bao-cao/{whole.code}/").content.decode()
    assert Edition.objects.get(pk=whole.pk).snapshot == frozen
    assert page(local).get(f"/bao-cao/{whole.code}/").status_code == 404
    listed = page(local).get("/bao-cao/").content.decode()
    assert part.code in listed
    assert whole.code not in listed
    drop_view(view, by=boss, at=datetime(2026, 12, 1, tzinfo=VN))
    listed = page(local).get("/bao-cao/").content.decode()
    assert f'<option value="{view.code}">Tên khác (đã bỏ)</option>' in listed


def test_a_report_tells_the_days_up_to_the_last_draw(
    november: Company, person: Any, page: Any
) -> None:
    boss = person("executive")
    question = Question("dia_ban", span="thang_truoc", measure="doanh_thu", place="06712")
    view = keep_view(None, name="Tháng trước", shared_with="owner", question=question, by=boss)
    wanted = definition(view.code)
    first_of_december = datetime(2026, 12, 1, 7, 30, tzinfo=VN)
    period = wanted.last_period(first_of_december)
    assert (period.first, period.last) == (date(2026, 11, 1), date(2026, 11, 30))
    assert wanted.last_period(datetime(2026, 11, 17, 20, tzinfo=VN)).last == date(2026, 10, 31)
    assert wanted.period_with(date(2026, 11, 17)).first == date(2026, 10, 1)
    assert period_of(wanted.period, date(2026, 11, 17)).last == date(2026, 11, 17)
    drafts = {
        place: making.draft(wanted, period=period, cut_off_at=first_of_december, place=place)
        for place in (Place(), Place(region=november.hong_gai))
    }
    company_s, elsewhere = (each.report for each in drafts.values())
    assert [row.cells[0] for row in table_of(company_s).rows] == ["06712"]
    assert elsewhere.is_empty, "the view is about another unit"
    assert leading_nowhere(company_s) == []
    rows = page(boss).get(links_of(company_s)[0]).content.decode()
    assert "06712" in rows
    assert "1.300.000" in rows, "the view's own days, whenever one looks"
    with pytest.raises(ViewNameTaken):
        keep_view(None, name="Tháng trước", shared_with="owner", question=question, by=boss)


def test_the_api_lists_views_and_leads_to_their_figures(
    november: Company, api: Any, person: Any
) -> None:
    boss = person("executive")
    sent = {"hang": "dia_ban", "cot": "thang", "so": "hoa_hong", "dai_ly": "AN", "thu": "1",
            "ky": "tu_den", "tu": "2026-11-01", "den": "2026-11-30"}  # fmt: skip
    question = read(sent)
    view = keep_view(None, name="Hoa hồng", shared_with="owner", question=question, by=boss)
    client = api(boss)
    (row,) = client.get("/api/v1/saved-views/").json()["results"]
    assert row == client.get(f"/api/v1/saved-views/{view.pk}/").json()
    assert (row["report"], row["question"], row["date_to"]) == (view.code, sent, "2026-11-30")
    (told,) = client.get(row["summary"]).json()["rows"]
    assert (told["region"], told["month"], told["commission_amount"]) == (
        "06685", "2026-11", 180_000,
    )  # fmt: skip
    stranger = api(person("sales_manager", username="s"))
    assert stranger.get("/api/v1/saved-views/").json()["results"] == []
    assert stranger.get(f"/api/v1/saved-views/{view.pk}/").status_code == 404
