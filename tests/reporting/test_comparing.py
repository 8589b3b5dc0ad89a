"""What changed between two editions is told from their contents alone."""

import dataclasses

from msgspec.structs import replace

from reporting.builders import html
from reporting.builders.comparing import CODE, SHOWN, changes, compare
from reporting.builders.content import Completeness, Failure, Report, Sentences, Table
from reporting.builders.numbers import whole
from reporting.builders.translating import section_in_english
from reporting.builders.writing import words
from tests.reporting.samples import MISSING, attendance, briefing, debts, every_block, sales


def told(report: Report, other: Report) -> list[tuple[object, ...]]:
    blocks = compare(report, other).blocks
    table = next((block for block in blocks if isinstance(block, Table)), None)
    return [row.cells for row in table.rows] if table else []


def test_same_content_has_no_change() -> None:
    assert list(changes(every_block(), every_block())) == []
    section = compare(briefing(), briefing())
    assert section.is_empty
    assert section.nothing == "Số liệu giống hệt bản số 1."


def test_late_report_of_an_agent_is_told_number_by_number() -> None:
    value = sales()
    draws = list(value.draws)
    draws[0] = dataclasses.replace(
        draws[0],
        now=replace(draws[0].now, revenue_amount=draws[0].now.revenue_amount + 5_000_000),
    )
    before = briefing()
    after = briefing(
        replace(MISSING, agents=MISSING.agents[1:]),
        sales=dataclasses.replace(value, draws=tuple(draws)),
    )
    after = replace(after, heading=replace(after.heading, number=2))
    found = told(before, after)
    host = draws[0].host
    was = draws[0].now.revenue_amount - 5_000_000
    assert found == [
        (
            "Bán vé: Theo kỳ quay", f"16/11/2026 · {host}", "Doanh thu",
            f"{was / 1e6:.1f}".replace(".", ",") + " triệu đồng",
            f"{was / 1e6 + 5:.1f}".replace(".", ",") + " triệu đồng", "+5,0 triệu đồng",
        )
    ]  # fmt: skip
    said = compare(before, after).blocks[0]
    assert isinstance(said, Sentences)
    assert [words(each.vi) for each in said.items] == [
        "Số liệu khác bản trước: 1 chỗ.",
        "Đã có báo cáo của 1 đại lý: Đại lý Vắng 0.",
    ]
    english = section_in_english(compare(before, after))
    said, changed = english.blocks
    assert isinstance(said, Sentences)
    assert isinstance(changed, Table)
    assert english.title == "Changes since edition 1"
    assert [words(each.vi) for each in said.items] == [
        "Figures that are not those of the edition before: 1.",
        "Agents that have reported since: 1 (Đại lý Vắng 0).",
    ]
    assert [each.cells for each in changed.rows] == [
        ("Sales: By draw", f"16/11/2026 · {host}", "Revenue", f"{was / 1e6:.1f} million đồng",
         f"{was / 1e6 + 5:.1f} million đồng", "+5.0 million đồng")
    ]  # fmt: skip


def test_times_differ_by_times() -> None:
    before = attendance()
    lines = list(before.departments)
    less = lines[2].overtime_minutes - 30
    lines[2] = dataclasses.replace(lines[2], overtime_minutes=less, late_minutes=21)
    after = dataclasses.replace(before, departments=lines)
    found = told(briefing(attendance=before), briefing(attendance=after))
    assert [cells[2:] for cells in found if cells[1] == "Phòng Kế toán"] == [
        ("Phút muộn", "18 phút", "21 phút", "+3 phút"),
        ("Giờ thêm", "2:30 giờ", "2:00 giờ", "−0:30 giờ"),
    ]


def test_change_that_rounding_would_hide_is_written_to_the_dong_and_the_hundredth() -> None:
    value = sales()
    draws = list(value.draws)
    was = draws[0].now
    now = replace(was, revenue_amount=was.revenue_amount - 30_000)
    draws[0] = dataclasses.replace(draws[0], now=now)
    found = told(briefing(), briefing(sales=dataclasses.replace(value, draws=tuple(draws))))
    by_number = {cells[2]: cells[3:] for cells in found if str(cells[1]).startswith("16/11/2026")}
    assert by_number["Doanh thu"] == (
        f"{whole(was.revenue_amount)} đồng", f"{whole(now.revenue_amount)} đồng", "−30.000 đồng",
    )  # fmt: skip
    for _part, _row, _number, before, after, difference in found:
        assert before != after
        assert not str(difference).startswith("0"), "a change that says it is none"


def test_page_of_two_editions_shows_every_change_since_they_have_no_annex() -> None:
    before, after = briefing(debts=debts(2)), briefing(debts=debts(40))
    many = len(told(before, after))
    assert many > SHOWN
    page = html.section(compare(before, after, whole=True))
    assert page.count("<tr") == 1 + many
    assert "phụ lục" not in page
    assert "phụ lục" in html.section(compare(before, after)), "where the edition has one"


def test_rows_that_came_and_went_are_told_and_the_section_itself_is_not_compared() -> None:
    before, after = briefing(debts=debts(2)), briefing(debts=debts(3))
    rows = [
        cells
        for cells in told(before, after)
        if cells[1] == "Đại lý Nợ 2 · DL22 · Phường Đông Triều"
    ]
    assert [cells[2:5] for cells in rows] == [
        ("Dư nợ", "(mới)", "346,2 triệu đồng"),
        ("Hạn mức", "(mới)", "300,0 triệu đồng"),
        ("Vượt", "(mới)", "46,2 triệu đồng"),
    ]
    gone = [cells[4] for cells in told(after, before) if cells[1] == rows[0][1]]
    assert gone == ["(không còn)"] * 3
    again = replace(after, sections=(*after.sections, compare(before, after)))
    assert again.sections[-1].code == CODE
    assert told(again, after) == []


def test_part_that_failed_and_is_there_now_is_named() -> None:
    after = briefing(Completeness())
    failed = replace(after.completeness, failures=(Failure("Bán vé", "DataError."),))
    (said,) = compare(replace(after, completeness=failed), after).blocks
    assert isinstance(said, Sentences)
    assert [words(each.vi) for each in said.items] == ["Đã có phần: Bán vé."]
