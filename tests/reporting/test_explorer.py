# ruff: noqa: F811 -- fixtures of neighbours
"""The explorer: any table agrees with the ledger, whatever its rows, columns and measure."""

import re
from datetime import date, timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.html import strip_tags
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.org.models import Territory, TerritoryRegion
from reporting.builders.content import Form
from reporting.explorer.dimensions import DIMENSIONS
from reporting.explorer.measures import CHOSEN, MEASURES, Facts
from reporting.explorer.pivot import Cell, Head, pivoted
from reporting.explorer.question import BadQuestion, Question, read
from reporting.explorer.sheet import fitting, sheet_of
from reporting.explorer.spans import days_of
from reporting.explorer.telling import chart_of, table_of
from sales.figures.summary import summary
from tests import make
from tests.reporting.test_catalogue_reports import november, plan_of_november  # noqa: F401
from tests.sales.conftest import Company, company, manager  # noqa: F401

PAGE = "/bao-cao/kham-pha/"
NOVEMBER = {"ky": "tu_den", "tu": "2026-11-01", "den": "2026-11-30"}


def rows_of(html: str) -> list[list[str]]:
    """The texts of the table, row by row; the last is the total."""
    table = re.search(r'<table class="striped">.*?</table>', html, re.DOTALL)
    assert table is not None, html
    body = table[0].split("</thead>")[1]
    return [
        [" ".join(strip_tags(cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row)]
        for row in re.findall(r"<tr>.*?</tr>", body, re.DOTALL)
    ]


def asked(client: Client, **query: Any) -> list[list[str]]:
    answer = client.get(PAGE, NOVEMBER | query)
    assert answer.status_code == 200, answer.content.decode()
    return rows_of(answer.content.decode())


facts = st.builds(
    Facts, *(st.integers(0, 50) for _ in range(9))
).map(lambda f: Facts(f.issued + f.returned, *[getattr(f, n) for n in f.__struct_fields__[1:]]))  # fmt: skip
cells = st.lists(st.tuples(st.sampled_from("ABCD"), st.sampled_from("123"), facts), max_size=20)


@given(cells)
@settings(max_examples=60)
def test_every_total_is_the_sum_of_its_cells_and_rates_are_worked_out_from_sums(told: Any) -> None:
    def head(code: str) -> Head:
        return Head(code, code, (0, code))

    pivot = pivoted(Cell(head(row), head(column), each) for row, column, each in told)
    assert set(pivot.cells) == {(row, column) for row, column, _facts in told}
    for measure in MEASURES.values():
        by_hand = sum((each for _row, _column, each in told), Facts())
        assert measure.of(pivot.total) == measure.of(by_hand)
        for code, sums in (("row", pivot.row_sums), ("column", pivot.column_sums)):
            assert sum(sums.values(), Facts()) == by_hand, code
    for measure in CHOSEN.values():
        sheet = sheet_of(pivot, DIMENSIONS["dai_ly"], DIMENSIONS["loai_ve"], measure)
        table = table_of(sheet, DIMENSIONS["dai_ly"], "Thử")
        if measure.adds and table.total is not None and table.rows:
            for place in range(2, len(table.columns)):
                column = [row.cells[place] for row in table.rows]
                assert (
                    sum(value for value in column if isinstance(value, int))
                    == (table.total.cells[place])
                )
        values = [sheet.lead.value(row.code) for row in sheet.rows]
        known = [value for value in values if value is not None]
        assert known == sorted(known, reverse=True)
        assert values == known + [None] * (len(values) - len(known))
    unsold = MEASURES["ve_e"].of(pivot.total)
    issued, returned = pivot.total.issued, pivot.total.returned
    assert unsold == ((20_000 * returned + issued) // (2 * issued) if issued else None)


@pytest.mark.parametrize(
    ("span", "day", "page", "report"),
    [
        ("thang_nay", "2026-11-30", "2026-11-01/2026-11-30", "2026-11-01/2026-11-30"),
        ("thang_truoc", "2026-11-30", "2026-10-01/2026-10-31", "2026-11-01/2026-11-30"),
        ("thang_truoc", "2026-11-15", "2026-10-01/2026-10-31", "2026-10-01/2026-10-31"),
        ("quy_truoc", "2026-02-10", "2025-10-01/2025-12-31", "2025-10-01/2025-12-31"),
        ("nam_nay", "2026-02-10", "2026-01-01/2026-02-10", "2026-01-01/2026-02-10"),
        ("4_tuan", "2026-03-01", "2026-02-02/2026-03-01", "2026-02-02/2026-03-01"),
        ("12_thang", "2026-03-01", "2025-04-01/2026-03-01", "2025-04-01/2026-03-01"),
    ],
)
def test_a_kept_span_moves_with_the_day(span: str, day: str, page: str, report: str) -> None:
    last = date.fromisoformat(day)
    seen = days_of(span, last=last, now=last)
    made = days_of(span, last=last, now=last + timedelta(days=1))
    assert ["/".join(map(str, days)) for days in (seen, made)] == [page, report]


def test_a_question_is_read_as_it_is_written() -> None:
    question = Question("dia_ban", "thang", "ve_e", "tu_den", date(2026, 1, 1), date(2026, 3, 31),
                        "06685", "nay", "AN", "TT10", 0, "-tong", bars=True)  # fmt: skip
    assert read(question.written()) == question
    assert Question().written() == {}
    assert read({"tu": "2026-11-01", "den": "2026-11-02"}).span == "tu_den"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"hang": "sao"}, "Hàng (hang): không có lựa chọn «sao»"),
        ({"thu": "7"}, "Thứ (thu)"),
        ({"tu": "2026-02-30", "den": "2026-03-01"}, "Từ ngày (tu)"),
        ({"tu": "2026-03-02", "den": "2026-03-01"}, "Đến ngày: phải từ ngày đầu"),
        ({"ky": "tu_den", "tu": "2026-03-02"}, "hãy chọn cả hai ngày"),
        ({"cot": "khu_vuc", "hang": "dia_ban"}, "Cột (cot)"),
        ({"so": "ke_hoach", "hang": "thu"}, "Số liệu (so): kế hoạch"),
        ({"mau": "1"}, "Không có tham số «mau»"),
        ({"dai_ly": "A\x01"}, "Đại lý (dai_ly)"),
    ],
)
def test_what_cannot_be_asked_is_named(wrong: dict[str, str], said: str) -> None:
    with pytest.raises(BadQuestion, match=re.escape(said)):
        read(wrong)


def test_the_picture_follows_the_question() -> None:
    def form(rows: str, columns: str) -> Form | None:
        pivot = pivoted([Cell(Head("a", "a", (0, "a")), Head("b", "b", (0, "b")), Facts(9, 1))])
        sheet = sheet_of(pivot, DIMENSIONS[rows], DIMENSIONS[columns], CHOSEN["ban"])
        chart = chart_of(sheet, DIMENSIONS[rows], DIMENSIONS[columns], "Thử")
        return chart.form if chart else None

    assert form("dai_ly", "thang") is form("ky_quay", "loai_ve") is Form.LINE
    assert form("thu", "loai_ve") is Form.COLUMN
    assert form("dai_ly", "loai_ve") is Form.BAR


def test_of_more_columns_than_have_room_the_newest_stay() -> None:
    months = [f"2026-{month:02d}" for month in range(1, 13)]
    heads = [Head(month, month, (0, month)) for month in months]
    pivot = pivoted(Cell(Head("a", "a", (0, "a")), head, Facts(9, 1)) for head in heads)
    sheet = sheet_of(pivot, DIMENSIONS["dai_ly"], DIMENSIONS["thang"], CHOSEN["ban"])
    assert [lane.code for lane in fitting(sheet, 4).lanes] == [*months[-3:], "tong"]
    table = table_of(sheet, DIMENSIONS["dai_ly"], "Thử")
    assert all(column.on_paper for column in table.columns[1:])
    assert fitting(sheet, 4).lead.sum == 96


@pytest.mark.django_db
class TestPage:
    def test_agents_by_draw_with_totals(self, november: Company, page: Any) -> None:
        client = page("executive")
        assert asked(client, cot="ky_quay", so="ban") == [
            ["Đại lý AN AN", "60", "90", "150"],
            ["Đại lý CHI CHI", "80", "50", "130"],
            ["Đại lý BINH BINH", "–", "20", "20"],
            ["Cộng", "140", "160", "300"],
        ]
        # 10 of 310 and not the average of the agents' rates.
        assert asked(client, so="ve_e") == [
            ["Đại lý AN AN", "160", "150", "10", "6,3 %", "1.500.000"],
            ["Đại lý BINH BINH", "20", "20", "0", "0,0 %", "200.000"],
            ["Đại lý CHI CHI", "130", "130", "0", "0,0 %", "1.300.000"],
            ["Cộng", "310", "300", "10", "3,2 %", "3.000.000"],
        ]
        assert asked(client, hang="dia_ban", so="hoa_hong")[-1] == [
            "Cộng",
            "300",
            "3.000.000",
            "360.000",
        ]
        assert asked(client, hang="thu", cot="thang", so="tuan_truoc", tu="2026-11-11") == [
            ["thứ Ba", "+14,3 %", "+14,3 %"], ["Cộng", "+14,3 %", "+14,3 %"],
        ]  # fmt: skip
        client.cookies["django_language"] = "en"
        english = client.get(PAGE, NOVEMBER | {"hang": "thu"}).content.decode()
        assert "Revenue by weekday" in english
        assert rows_of(english)[0] == ["Tuesday", "310", "300", "10", "3.2%", "3,000,000"]
        client.cookies.pop("django_language")
        assert asked(client, hang="tinh", so="nam_truoc")[-1] == [
            "Cộng",
            "1.600.000",
            "600.000",
            "+166,7 %",
        ]

    def test_rows_are_sorted_by_any_column_and_filtered(
        self,
        november: Company,
        page: Any,
    ) -> None:
        client = page("executive")
        by_draw = {"cot": "ky_quay", "so": "ban"}
        first = [row[0] for row in asked(client, **by_draw, xep="-2026-11-10")]
        assert first == ["Đại lý CHI CHI", "Đại lý AN AN", "Đại lý BINH BINH", "Cộng"]
        assert [row[0][-3:] for row in asked(client, xep="doanh_thu")] == [
            "INH",
            "CHI",
            " AN",
            "ộng",
        ]
        assert len(asked(client, dia_ban="06712", **by_draw)) == 2
        assert asked(client, dai_ly="AN", thu="1", loai_ve="TT10")[-1][1] == "160"
        for wrong, said in (
            ({"xep": "-khong"}, "không có cột «khong»"),
            ({"trang": "x"}, "Trang (trang)"),
        ):
            answer = client.get(PAGE, NOVEMBER | by_draw | wrong)
            assert answer.status_code == 400
            assert said in answer.content.decode()
        units = client.get(PAGE, NOVEMBER | {"hang": "dia_ban", "so": "ban"}).content.decode()
        (below,) = re.findall(r'href="([^"]+dia_ban=06712)"', units)
        agents = client.get(below.replace("&amp;", "&")).content.decode()
        assert [row[0] for row in rows_of(agents)] == ["Đại lý CHI CHI", "Cộng"]

    def test_the_plan_s_total_is_the_company_s_own(
        self,
        november: Company,
        page: Any,
        person: Any,
    ) -> None:
        boss = person("executive")
        plan_of_november(person("sales_manager", username="a"), boss, tickets=400)
        assert asked(page(boss), hang="dai_ly", so="ke_hoach")[-1] == [
            "Cộng",
            "400",
            "300",
            "75,0 %",
        ]
        assert asked(page(boss), hang="thang", cot="loai_ve", so="ke_hoach") == [
            ["11/2026", "75,0 %", "75,0 %"], ["Cộng", "75,0 %", "75,0 %"],
        ]  # fmt: skip
        # A year ago 60 were sold and nobody had a plan: no success of this November's plan.
        both_years = {"tu": "2025-11-01", "so": "ke_hoach"}
        for rows in (
            asked(page(boss), hang="loai_ve", **both_years),
            asked(page(boss), hang="dai_ly", **both_years),
        ):
            assert rows[-1] == ["Cộng", "400", "300", "75,0 %"]
        assert asked(page(boss), hang="thang", cot="loai_ve", **both_years) == [
            ["11/2025", "–", "–"], ["11/2026", "75,0 %", "75,0 %"], ["Cộng", "75,0 %", "75,0 %"],
        ]  # fmt: skip

    def test_a_person_of_a_region_is_told_of_it_alone(
        self,
        november: Company,
        page: Any,
        person: Any,
    ) -> None:
        territory = Territory.objects.create(code="HG", name="Vùng Hồng Gai")
        TerritoryRegion.objects.create(
            territory=territory, region=november.hong_gai, valid_from="2026-01-01"
        )
        theirs = page(person("sales_manager", username="hg", territory=territory))
        assert [row[0] for row in asked(theirs, hang="dia_ban")] == ["Hồng Gai 06685", "Cộng"]
        assert theirs.get(PAGE, NOVEMBER | {"dia_ban": "06712"}).status_code == 404
        boss = page(person("executive"))
        assert asked(boss, dia_ban="vung:HG")[-1] == asked(theirs)[-1]
        assert [row[0] for row in asked(boss, hang="vung", cay="nay")] == [
            "Vùng Hồng Gai HG",
            "chưa thuộc vùng nào",
            "Cộng",
        ]
        client = page(person("sales_manager", username="mc", region=november.mong_cai))
        assert [row[0] for row in asked(client)] == ["Đại lý CHI CHI", "Cộng"]
        for query in ({"dia_ban": "06685"}, {"dai_ly": "AN"}, {"dia_ban": "vung:X"}):
            answer = client.get(PAGE, NOVEMBER | query)
            html = answer.content.decode()
            assert answer.status_code == 404
            assert "trong phạm vi của bạn" in html
            assert "Đại lý AN" not in html
        assert client.get(PAGE, {"hang": "<b>"}).status_code == 400
        assert page("hr").get(PAGE).status_code == 403

    def test_more_cells_than_one_reads_and_few_questions_to_the_database(
        self,
        november: Company,
        page: Any,
        monkeypatch: Any,
    ) -> None:
        client = page("executive")
        for number in range(40):
            make.agent(f"X{number}", november.hong_gai)
        read = Mock(wraps=summary)
        monkeypatch.setattr("sales.figures.summary_by_tree.summary", read)
        with CaptureQueriesContext(connection) as seen:
            asked(client, cot="ky_quay")
        assert len(seen) <= 14
        assert read.call_count == 1
        monkeypatch.setattr("reporting.explorer.asking.MOST_CELLS", 3)
        answer = client.get(PAGE, NOVEMBER | {"cot": "ky_quay"})
        assert answer.status_code == 400
        assert "quá nhiều để xem" in answer.content.decode()
