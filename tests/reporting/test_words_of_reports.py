"""What reports say in words: sentences, numbers and dates as they are written, in both languages."""

import dataclasses
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from reporting.builders import numbers
from reporting.builders.content import (
    Column,
    Figure,
    Kind,
    Report,
    Section,
    Sentences,
    Table,
    row,
)
from reporting.builders.translating import section_in_english
from reporting.builders.writing import in_english as number_in_english
from reporting.builders.writing import words
from reporting.explorer.question import read
from tests.reporting.samples import (
    HEADING,
    attendance,
    briefing,
    debts,
    sales,
)


@pytest.fixture(scope="module")
def full() -> Report:
    return briefing(sales=sales(54), debts=debts(14))


class TestSentences:
    def test_numbers_in_words(self, full: Report) -> None:
        (block, _tiles) = full.sections[0].blocks
        assert isinstance(block, Sentences)
        vi = [words(each.vi) for each in block.items]
        en = [words(each.en, "en") for each in block.items]
        assert vi[0].startswith("Tuần 47 (16/11–22/11): 7 kỳ quay, doanh thu ")
        assert numbers.money(sales(54).total.now.revenue_amount) in vi[0]
        assert en[0].startswith("Week 47 (16/11–22/11): 7 draws, revenue ")
        assert 3 <= len(vi) <= 5
        assert all(en)

    def test_every_number_but_the_week_leads_to_its_rows(self, full: Report) -> None:
        (block, _tiles) = full.sections[0].blocks
        assert isinstance(block, Sentences)
        told = [part for each in block.items for part in (*each.vi, *each.en)]
        figures = [part for part in told if isinstance(part, Figure)]
        assert [each.value for each in figures if not each.link] == [47, 47]
        asked = [read(dict(parse_qsl(urlsplit(each.link).query))) for each in figures
                 if "/kham-pha/" in each.link]  # fmt: skip
        assert {(each.first, each.last) for each in asked} == {
            (date(2026, 11, 16), date(2026, 11, 22))
        }
        assert {each.measure for each in asked} == {
            "doanh_thu", "tuan_truoc", "nam_truoc", "ban", "giao", "ve_e",
        }  # fmt: skip

    @pytest.mark.parametrize(
        ("before", "expected"),
        [
            (80, "tăng 25,0 %"),
            (125, "giảm 20,0 %"),
            (100, "gần như không đổi (0,0 %)"),
            (0, "chưa có kỳ để so sánh"),
        ],
    )
    def test_direction(self, before: int, expected: str) -> None:
        value = sales()
        now = replace(value.total.now, revenue_amount=100)
        was = replace(value.total.now, revenue_amount=before)
        week = dataclasses.replace(value.total.previous_week, now=now, before=was)
        none = dataclasses.replace(week, before=replace(was, revenue_amount=0))
        total = dataclasses.replace(value.total, now=now, previous_week=week, last_year=none)
        report = briefing(sales=dataclasses.replace(value, total=total))
        assert expected in first_words(report)[0]

    def test_region_that_moves_most_is_named(self) -> None:
        value = sales()
        lines = list(value.regions)
        week = lines[3].previous_week
        fallen = replace(week.now, revenue_amount=week.before.revenue_amount // 4)
        lines[3] = dataclasses.replace(
            lines[3], previous_week=dataclasses.replace(week, now=fallen)
        )
        report = briefing(sales=dataclasses.replace(value, regions=tuple(lines)))
        named = next(text for text in first_words(report) if "địa bàn" in text)
        assert f"giảm nhiều nhất là {lines[3].name}" in named
        assert "−75,0 %" in named


def first_words(report: Report) -> list[str]:
    return [
        words(sentence.vi)
        for block in report.sections[0].blocks
        if isinstance(block, Sentences)
        for sentence in block.items
    ]


def test_presence_counts_leave_as_not_due() -> None:
    report = briefing()
    table = next(
        block
        for section in report.sections
        if section.code == "attendance"
        for block in section.blocks
        if isinstance(block, Table)
    )
    people = attendance().departments
    due = sum(each.due_days - each.leave_days for each in people)
    present = sum(each.present_days for each in people)
    assert table.total is not None
    assert table.total.cells[3] == (20_000 * present + due) // (2 * due)


def test_figures_of_tasks_are_written_in_english() -> None:
    columns = tuple(
        Column(name, Kind.TEXT) for name in ("Chỉ tiêu", "Khi quyết định", "Tuần gần nhất")
    )
    table = Table(
        "Việc còn mở, hạn gần trước",
        columns,
        (
            row("doanh thu tuần", "1.250.000.000 đồng", "–"),
            row("lượt đi muộn tuần", "1.014 lượt", "1.234,5 lượt"),
            row("tỷ lệ vé ế tuần", "92,4 %", "1.000 vé"),
            row("12.345 Móng Cái", None, "06712"),
        ),
    )
    (told,) = section_in_english(Section("open", "Việc còn mở", (table,))).blocks
    assert isinstance(told, Table)
    assert [each.cells for each in told.rows] == [
        ("week's revenue", "1,250,000,000 đồng", "–"),
        ("week's late arrivals", "1,014 times", "1,234.5 times"),
        ("week's unsold rate", "92.4%", "1,000 tickets"),
        ("12.345 Móng Cái", None, "06712"),
    ]


@pytest.mark.parametrize(
    ("write", "number", "text"),
    [
        (numbers.whole, 1_234_567, "1.234.567"),
        (numbers.whole, -5, "−5"),
        (numbers.millions, 1_234_567_890, "1.234,6"),
        (numbers.millions, -49_999, "0,0"),
        (numbers.millions, 50_000, "0,1"),
        (numbers.percent, 8_264, "82,6 %"),
        (numbers.percent, None, "–"),
        (numbers.change, 310, "+3,1 %"),
        (numbers.change, -310, "−3,1 %"),
        (numbers.change, 0, "0,0 %"),
        (numbers.change, None, "–"),
        (numbers.money, 8_420_000_000, "8,42 tỷ đồng"),
        (numbers.money, 120_500_000, "120,5 triệu đồng"),
        (numbers.money, 900_000, "900.000 đồng"),
        (numbers.hours, 1_234, "20:34"),
        (numbers.hours, -30, "−0:30"),
        (number_in_english, "+1.234:05 giờ", "+1,234:05 hours"),
        (number_in_english, "−1.234,5 triệu đồng", "−1,234.5 million đồng"),
    ],
)
def test_numbers_as_written(write: Callable[[Any], str], number: Any, text: str) -> None:
    assert write(number) == text


def test_dates_are_vietnamese() -> None:
    assert numbers.clock(HEADING.cut_off_at) == "07:30 23/11/2026"
    assert numbers.weekday(HEADING.last_date) == "CN"
    assert numbers.day(HEADING.first_date + timedelta(days=1)) == "17/11/2026"
