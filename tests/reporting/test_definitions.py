"""A report is one file: its datasets, its sections, the period it is about."""

import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from django.utils import translation

from attendance.figures import AttendanceSummary
from backend.accounts.models import User
from reporting.assembling import Failed, assemble
from reporting.builders.content import Completeness, Note, Report, Section, Table
from reporting.defining import Asked, Definition, Scope, SectionOf, Words
from reporting.definitions import NoSuchReport, catalogue, definition, title_of
from reporting.periods import Period, PeriodKind, last_ended, period_of
from reporting.scheduling import name_of
from tests.reporting.samples import ASKED, HEADING, attendance

K = PeriodKind


def made(*sections: SectionOf, **data: Any) -> Report:
    report = Definition(
        code="thu", slug="thu", title=Words("Thử", "Trial"), short=Words("Thử", "Trial"),
        period=K.WEEK, datasets={}, sections=sections,
    )  # fmt: skip
    return assemble(report, asked=ASKED, heading=HEADING, data=data, found=Completeness())


def told(_asked: Asked, *data: Any) -> tuple[Note, ...]:
    return (Note(repr(data)),)


def test_dataset_that_is_not_of_the_scope_leaves_its_sections_out() -> None:
    report = made(
        SectionOf("a", "A", told, needs=("people",)), SectionOf("b", "B", told), people=None
    )
    assert [each.code for each in report.sections] == ["b"]


def test_section_fails_by_what_it_needs_and_not_by_what_it_may_have() -> None:
    report = made(
        SectionOf("a", "Phần A", told, needs=("bad",)),
        SectionOf("b", "Phần B", told, needs=("good",), may_have=("bad",)),
        good=1,
        bad=Failed("DataError."),
    )
    assert report.sections == (
        Section("a", "Phần A", failure="DataError."),
        Section("b", "Phần B", (Note("(1, None)"),)),
    )
    assert [each.section for each in report.completeness.failures] == ["Phần A"]
    assert not report.completeness.is_complete


def test_section_that_breaks_is_marked_and_the_rest_stands() -> None:
    def broken(_asked: Asked) -> tuple[Note, ...]:
        raise ZeroDivisionError

    report = made(SectionOf("a", "A", broken), SectionOf("b", "B", told))
    assert [each.failure for each in report.sections] == [
        "Lỗi khi lập phần này: ZeroDivisionError.",
        "",
    ]
    assert not report.is_empty


def test_report_without_blocks_is_empty() -> None:
    report = made(SectionOf("a", "A", lambda _asked: ()), SectionOf("b", "B", lambda _asked: ()))
    assert report.is_empty
    assert report.sections[0].nothing == "Không có phát sinh."


def test_example_of_the_handbook_is_a_report() -> None:
    page = Path("docs/reports.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"```python\n(.*?)```", page, flags=re.DOTALL)
    room: dict[str, Any] = {}
    exec(code, room)
    people: AttendanceSummary = attendance()
    report = assemble(
        room["REPORT"], asked=ASKED, heading=HEADING, data={"people": people}, found=Completeness()
    )
    _words, table = report.sections[0].blocks
    assert isinstance(table, Table)
    assert table.total is not None
    assert table.total.cells == ("Cộng", 36, 324)
    assert len(table.rows) == 8, "a department without a late arrival is left out"


def test_catalogue_knows_every_file_and_no_other() -> None:
    names = {path.stem for path in Path("reporting/definitions").glob("[a-z]*")}  # a folder too
    assert len(catalogue()) == len(names)
    assert definition("weekly-briefing").slug == "giao-ban-tuan"
    with pytest.raises(NoSuchReport):
        definition("khac")
    assert title_of("weekly-briefing", HEADING.first_date, HEADING.last_date, language="en") == (
        "Weekly briefing week 47"
    )
    assert title_of("khac", HEADING.first_date, HEADING.last_date) == "khac"


@pytest.mark.parametrize(
    ("kind", "day", "first", "last", "before", "year_before", "code", "name"),
    [
        (K.DAY, "2026-03-01", "2026-03-01", "2026-03-01", "2026-02-28", "2025-03-02",
         "2026-03-01", "ngày 01/03/2026"),
        (K.DRAW, "2026-11-22", "2026-11-22", "2026-11-22", "2026-11-15", "2025-11-23",
         "2026-11-22", "kỳ quay 22/11/2026"),
        (K.WEEK, "2026-11-22", "2026-11-16", "2026-11-22", "2026-11-09", "2025-11-17",
         "2026-w47", "tuần 47"),
        (K.WEEK, "2027-01-02", "2026-12-28", "2027-01-03", "2026-12-21", "2025-12-29",
         "2026-w53", "tuần 53"),
        (K.MONTH, "2028-02-29", "2028-02-01", "2028-02-29", "2028-01-01", "2027-02-01",
         "2028-02", "tháng 02/2028"),
        (K.MONTH, "2026-12-31", "2026-12-01", "2026-12-31", "2026-11-01", "2025-12-01",
         "2026-12", "tháng 12/2026"),
        (K.QUARTER, "2026-11-22", "2026-10-01", "2026-12-31", "2026-07-01", "2025-10-01",
         "2026-q4", "quý IV/2026"),
        (K.YEAR, "2026-11-22", "2026-01-01", "2026-12-31", "2025-01-01", "2025-01-01",
         "2026", "năm 2026"),
        (K.AS_OF, "2026-03-31", "2026-03-31", "2026-03-31", "2026-02-28", "2025-03-31",
         "2026-03-31", "đến ngày 31/03/2026"),
    ],
)  # fmt: skip
def test_periods(
    kind: PeriodKind, day: str, first: str, last: str, before: str, year_before: str, code: str,
    name: str,
) -> None:  # fmt: skip
    period = period_of(kind, date.fromisoformat(day))
    assert period == Period(kind, date.fromisoformat(first), date.fromisoformat(last))
    assert period.before.first == date.fromisoformat(before)
    assert period.year_before.first == date.fromisoformat(year_before)
    assert (period.code, period.name()) == (code, name)
    assert period.before.kind is kind


@pytest.mark.parametrize(
    ("kind", "moment", "first"),
    [
        (K.WEEK, "2026-11-22T17:00", "2026-11-16"),  # Monday 00:00 in Vietnam
        (K.WEEK, "2026-11-22T16:59", "2026-11-09"),
        (K.DRAW, "2026-11-22T12:00", "2026-11-22"),  # 19:00: the evening's draw is over
        (K.DRAW, "2026-11-22T11:59", "2026-11-21"),
        (K.DAY, "2026-11-22T17:00", "2026-11-22"),
        (K.MONTH, "2026-11-30T17:00", "2026-11-01"),
        (K.QUARTER, "2026-12-31T17:00", "2026-10-01"),
        (K.YEAR, "2026-12-31T16:59", "2025-01-01"),
        (K.AS_OF, "2026-11-30T17:00", "2026-11-30"),
    ],
)
def test_last_whole_period_in_vietnam(kind: PeriodKind, moment: str, first: str) -> None:
    at = datetime.fromisoformat(moment).replace(tzinfo=UTC)
    assert last_ended(kind, at).first == date.fromisoformat(first)


def test_moment_of_the_end() -> None:
    week = period_of(K.WEEK, date(2026, 11, 22))
    assert week.ends_at == datetime(2026, 11, 22, 17, tzinfo=UTC)
    assert Scope().path is None


@pytest.mark.django_db
def test_reports_are_seen_by_who_has_their_capability(person: Any) -> None:
    from reporting.definitions import reports_for

    boss: User = person("executive")
    assert "weekly-briefing" in reports_for(boss)
    assert "weekly-briefing" not in reports_for(person("employee", username="e"))


@pytest.mark.parametrize("language", ["vi", "en"])
def test_no_two_reports_have_one_name(language: str) -> None:
    with translation.override(language):
        names = {code: name_of(each) for code, each in catalogue().items()}
    assert len(set(names.values())) == len(names)
    expected = {"vi": "Báo cáo quý", "en": "Report (quarter)"}
    assert names["quarterly-report"] == expected[language]
