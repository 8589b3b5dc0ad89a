"""The holidays shipped with the program."""

from datetime import date

import pytest

from attendance.models import CalendarDay
from attendance.roster.drafting import Why, choices_of, draft_year, package_says
from attendance.roster.holidays import load_calendar

pytestmark = pytest.mark.django_db


def kinds(*days: date) -> list[tuple[str, str]]:
    found = {day.date: day for day in CalendarDay.objects.all()}
    return [(found[day].kind, found[day].status) for day in days]


def test_new_year_2026_was_swapped_with_a_saturday():
    load_calendar()
    assert kinds(date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 10)) == [
        ("holiday", "confirmed"),
        ("swapped_rest", "confirmed"),
        ("makeup_work", "confirmed"),
    ]


def test_culture_day_waits_for_its_document():
    load_calendar()
    assert kinds(date(2026, 11, 24)) == [("holiday", "draft")]


#: The days of the facts we seed from, line by line: lễ, nghỉ bù, hoán đổi, làm bù; ? is a draft.
DAYS = {
    2024: "01/01 08/02? 09/02? 10/02 11/02 12/02 13/02b? 14/02b? 18/04 29/04h? 30/04 01/05 04/05l?"
    " 02/09 03/09?",
    2025: "01/01 27/01? 28/01? 29/01 30/01 31/01 07/04 26/04l? 30/04 01/05 02/05h? 01/09? 02/09",
    2026: "01/01 02/01h 10/01l 16/02? 17/02 18/02 19/02 20/02? 26/04 27/04b? 30/04 01/05 22/08l?"
    " 31/08h? 01/09? 02/09 24/11?",
    2027: "01/01 06/02 07/02 08/02? 16/04 30/04 01/05 03/05b? 02/09 24/11?",
}
LETTERS = {"holiday": "", "comp_rest": "b", "swapped_rest": "h", "makeup_work": "l"}


@pytest.mark.parametrize("year", DAYS)
def test_the_seed_is_what_the_facts_say(year: int):
    load_calendar()
    days = CalendarDay.objects.filter(date__year=year).order_by("date")
    assert DAYS[year] == " ".join(
        f"{day.date:%d/%m}{LETTERS[day.kind]}{'?' * (day.status == 'draft')}" for day in days
    )


@pytest.mark.parametrize("year", DAYS)
def test_the_seed_is_named_and_founded_as_a_draft_would_be(year: int):
    load_calendar()
    seeded = {day.date: day for day in CalendarDay.objects.filter(date__year=year)}
    holidays = {day.date for day in seeded.values() if day.kind == "holiday"}
    draft = draft_year(year, choices_of(year, holidays), package=package_says(year))
    swaps = {day.on for day in draft.days if day.why == Why.PACKAGE}
    assert [
        (day.on, day.kind, day.name, day.document) for day in draft.days if day.on not in swaps
    ] == [
        (day.date, day.kind, day.name, day.document)
        for day in sorted(seeded.values(), key=lambda day: day.date)
        if day.kind in ("holiday", "comp_rest")
    ]
    assert swaps <= set(seeded)


def test_what_the_facts_give_a_document_for_has_it():
    load_calendar()
    swap = CalendarDay.objects.filter(document="12729/VPCP-KGVX ngày 25/12/2025")
    assert sorted(swap.values_list("date", flat=True)) == [date(2026, 1, 2), date(2026, 1, 10)]
    assert not CalendarDay.objects.filter(status="confirmed", document="").exists()


def test_a_makeup_day_is_a_weekend_day_and_a_moved_rest_is_not():
    load_calendar()
    makeup = CalendarDay.objects.filter(kind="makeup_work")
    rest = CalendarDay.objects.filter(kind__in=["comp_rest", "swapped_rest"])
    assert {day.date.weekday() for day in makeup} == {5}
    assert all(day.date.weekday() < 5 for day in rest)


def test_loading_again_keeps_what_hr_confirmed():
    assert load_calendar() == 55
    CalendarDay.objects.filter(date=date(2026, 11, 24)).update(status="confirmed", document="NQ 1")
    assert load_calendar() == 0
    assert kinds(date(2026, 11, 24)) == [("holiday", "confirmed")]
