"""The reports of the catalogue over one small company, and over nothing."""

import re
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from rest_framework.test import APIClient

from attendance.models import TerminalHour, TimesheetRow
from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import RegionSuccession
from backend.sealing import seal
from reporting import making
from reporting.builders.comparing import tells_the_same
from reporting.builders.content import Report, Sentence, Sentences, Table, Value, freeze
from reporting.builders.mail import subject
from reporting.builders.speaking import Language
from reporting.builders.writing import words
from reporting.defining import Asked
from reporting.definitions import catalogue, definition
from reporting.periods import period_of
from reporting.scopes import COMPANY, Place
from sales.draws.prize_tables import load_prize_tables
from sales.figures.prizes import prize_book
from sales.growth.planning import make_plan, move_plan
from sales.ledger.closing import close_draw
from sales.models import Agent, Draw, DrawStatus, PlanState, RecordingBatch, RuleKey, SalesRule
from sales.rules import load_rules
from tests import make
from tests.reporting.reading import leading_nowhere, left_in_vietnamese, links_of, wrong_plurals
from tests.sales.conftest import Company, bulk, company, line, manager  # noqa: F401
from tests.sales.draws import AUGUST_18

AT = datetime(2026, 12, 1, 2, tzinfo=UTC)
EMPTY = date(2020, 4, 6)  # a Monday without any draw, long before the company


def told(code: str, day: date, **scope: Any) -> Report:
    wanted = definition(code)
    report = making.draft(
        wanted, period=period_of(wanted.period, day), cut_off_at=AT, place=Place(**scope)
    ).report
    assert left_in_vietnamese(report) == []
    assert leading_nowhere(report) == []
    assert wrong_plurals(report) == []
    assert all(len(found) <= 5 for found in _summaries(report))
    return report


def _summaries(report: Report) -> list[tuple[Sentence, ...]]:
    blocks = [block for each in report.sections if each.code == "summary" for block in each.blocks]
    return [block.items for block in blocks if isinstance(block, Sentences)]


def sentences(report: Report, section: str, language: Language = "vi") -> list[str]:
    blocks = next(each.blocks for each in report.sections if each.code == section)
    found = next(block for block in blocks if isinstance(block, Sentences))
    return [words(each.vi if language == "vi" else each.en, language) for each in found.items]


def table(report: Report, section: str, title: str = "") -> Table:
    blocks = next(each.blocks for each in report.sections if each.code == section)
    return next(b for b in blocks if isinstance(b, Table) and b.title.startswith(title))


def total_of(found: Table) -> tuple[Value, ...]:
    assert found.total is not None
    return found.total.cells


@pytest.fixture
def november(company: Company, manager: APIClient) -> Company:  # noqa: F811
    """An sold 90 of 100 and Chi 50 of 50 on the 17th; a week before 60 and 80, a year before An 60.

    Bình has 20 tickets of the 17th and said nothing.
    """
    for day in ("2025-11-18", "2026-11-10"):
        make.draw(day)
    lines = [
        line("AN", "2026-11-17", issued=100, returned=10),
        line("CHI", "2026-11-17", issued=50, returned=0),
        line("BINH", "2026-11-17", issued=20),
        line("AN", "2026-11-10", issued=60),
        line("CHI", "2026-11-10", issued=80),
        line("AN", "2025-11-18", issued=70, returned=10),
    ]
    assert bulk(manager, lines).status_code == 201
    return company


def plan_of_november(maker: User, decider: User, *, tickets: int) -> None:
    rows = [{"month": 11, "product": "TT10", "tickets": tickets}]
    plan = make_plan(2026, rows, note="", by=maker, at=AT)
    move_plan(plan.pk, PlanState.SUBMITTED, by=maker, at=AT)
    move_plan(plan.pk, PlanState.APPROVED, by=decider, at=AT)


@pytest.mark.django_db
@pytest.mark.parametrize("code", sorted(catalogue()))
def test_nothing_happened_is_a_designed_state(code: str) -> None:
    """No section fails, every one says what it has not; all faces can be made; twice the same."""
    wanted = definition(code)
    period = period_of(wanted.period, EMPTY)
    one, two = (making.draft(wanted, period=period, cut_off_at=AT) for _ in range(2))
    asked = Asked(period, COMPANY.scope(date(2026, 12, 1)), AT + timedelta(minutes=2))
    heading = making.heading_of(wanted, asked, number=1)
    later = making.made_report(wanted, asked, heading, first=None)
    assert tells_the_same(one.report, later)
    assert [each.failure for each in one.report.sections if each.failure] == []
    assert one.report.is_empty
    assert all(each.nothing for each in one.report.sections)
    assert one.report.sections
    assert (freeze(one.report), one.faces) == (freeze(two.report), two.faces)
    assert left_in_vietnamese(one.report) == []
    assert wanted.about.vi
    assert wanted.about.en


def test_flash_of_a_draw(november: Company) -> None:
    report = told("daily-flash", date(2026, 11, 17))
    assert [each.failure for each in report.sections if each.failure] == []
    assert sentences(report, "summary") == [
        (
            "Kỳ quay 17/11/2026 (Quảng Ninh): doanh thu 1,6 triệu đồng, tăng 14,3 % so với kỳ cùng thứ tuần trước; "
            "tăng 166,7 % so với cùng kỳ năm trước."
        ),
        "Tiêu thụ 160 trên 170 vé (94,1 %), vé ế 10 (5,9 %).",
        "2 đại lý chưa báo vé ế, 70 vé đang giữ tạm tính là đã bán.",
    ]
    assert {agent.code for agent in report.completeness.agents} == {"BINH", "CHI"}
    only = told("daily-flash", date(2026, 11, 17), region=november.mong_cai)
    assert total_of(table(only, "sales", "Theo địa bàn"))[2:6] == (50, 0, 10_000, 500_000)
    assert only.heading.code == "nhanh-ngay-2026-11-17-06712-1"
    # Once the draw is closed what did not come back is sold: nobody has anything to say any more.
    close_draw(date(2026, 11, 17), by=RecordingBatch.objects.get().recorded_by, at=AT)
    closed = told("daily-flash", date(2026, 11, 17))
    assert closed.completeness.is_complete
    assert [text for text in sentences(closed, "summary") if "chưa báo" in text] == []


def test_a_week_is_held_against_its_plan(november: Company, person: Any) -> None:
    """400 tickets in November, an even part for each of its eight draws, seven of them this week."""
    plan_of_november(person("sales_manager", username="a"), person("executive"), tickets=400)
    report = told("weekly-briefing", date(2026, 11, 22))
    assert sentences(report, "summary")[0].startswith(
        "Tuần 47 (16/11–22/11): 7 kỳ quay, doanh thu 1,6 triệu đồng, đạt 45,7 % kế hoạch, tăng "
    )
    assert sentences(report, "summary", "en")[0].startswith(
        "Week 47 (16/11–22/11): 7 draws, revenue "
    )
    assert words(report.headline) == "doanh thu 1,6 triệu (45,7 % KH)"


def test_month_against_plan_and_last_year(november: Company, person: Any) -> None:
    plan_of_november(person("sales_manager", username="a"), person("executive"), tickets=400)
    report = told("monthly-report", date(2026, 11, 30))
    assert [each.failure for each in report.sections if each.failure] == []
    assert sentences(report, "summary")[:2] == [
        (
            "Tháng 11/2026: 8 kỳ quay, doanh thu 3,0 triệu đồng, đạt 75,0 % kế hoạch, tăng 166,7 % "
            "so với cùng kỳ năm trước (trên các kỳ có kỳ tương ứng)."
        ),
        "Tiêu thụ 300 trên 310 vé phát hành (96,8 %), vé ế 3,2 %.",
    ]
    assert sentences(report, "summary", "en")[1] == (
        "Sold 300 of 310 tickets issued (96.8%), unsold 3.2%."
    )
    regions = table(report, "regions")
    assert [(row.cells[0], row.cells[6], row.cells[7]) for row in regions.rows] == [
        ("06685", 1_700_000, 5667),
        ("06712", 1_300_000, 4333),
    ]
    movers = table(report, "agents")
    assert [row.cells for row in movers.rows] == [
        ("AN", movers.rows[0].cells[1], 600_000, 900_000, 300_000)
    ]
    year = told("yearly-report", date(2026, 11, 30))
    assert [row.cells[0] for row in table(year, "sales").rows] == ["11/2026"]
    # A plan of one month says nothing of the year's share.
    assert "kế hoạch" not in " ".join(sentences(year, "summary"))


def test_a_year_with_a_reorganisation_is_told_in_todays_units(
    november: Company,
    manager: APIClient,  # noqa: F811
) -> None:
    """Cao Thắng went into Hồng Gai on 01/07/2025; what it sold the year before is Hồng Gai's."""
    until = {"valid_from": date(2020, 1, 1), "valid_to": date(2025, 6, 30)}
    old = make.region("99", name="Cao Thắng", parent=november.province, **until)
    RegionSuccession.objects.create(
        old=old, new=november.hong_gai, share_bps=10_000, effective_date=date(2025, 7, 1)
    )
    make.agent("CU", region=old)
    for day in ("2024-12-03", "2025-12-02"):
        make.draw(day)
    lines = [line("CU", "2024-12-03", issued=40), line("AN", "2025-12-02", issued=50)]
    assert bulk(manager, lines).status_code == 201
    report = told("yearly-report", date(2025, 12, 31))
    regions = table(report, "regions")
    assert [(row.cells[0], row.cells[6], row.cells[10], row.cells[11]) for row in regions.rows] == [
        ("06685", 1_100_000, 400_000, 2_500)
    ]
    assert regions.note.startswith("theo đơn vị hành chính hiện nay")
    # Who keeps Hồng Gai alone reads the same: of the year, its draws and its products, and of the week.
    of_unit = told("yearly-report", date(2025, 12, 31), region=november.hong_gai)
    assert "tăng 25,0 % so với cùng kỳ năm trước" in sentences(of_unit, "summary")[0]
    assert total_of(table(of_unit, "products"))[10] == 400_000
    assert total_of(table(of_unit, "sales"))[5] == 400_000
    for region in (None, november.hong_gai):
        week = told("weekly-briefing", date(2025, 12, 7), region=region)
        assert "tăng 25,0 % so với cùng kỳ năm trước" in sentences(week, "summary")[0]
        units = table(week, "regions")
        assert [(row.cells[0], row.cells[8]) for row in units.rows] == [("06685", 2_500)]
        assert units.note.startswith("theo đơn vị hành chính hiện nay")


def test_every_agent_is_in_the_table(november: Company) -> None:
    report = told("sales-by-region-agent", date(2026, 11, 30))
    agents = table(report, "agents", "Đại lý theo")
    assert [(row.cells[0], row.cells[2], row.cells[3], row.cells[6]) for row in agents.rows] == [
        ("AN", 160, 150, 1_500_000),
        ("CHI", 130, 130, 1_300_000),
        ("BINH", 20, 20, 200_000),
    ]
    assert total_of(agents)[2:7] == (310, 300, 10, 9677, 3_000_000)


def test_debts_by_age_and_limit(november: Company) -> None:
    boss = RecordingBatch.objects.get().recorded_by
    for draw in Draw.objects.filter(status=DrawStatus.HELD):
        close_draw(draw.date, by=boss, at=AT)
    SalesRule.objects.create(
        key=RuleKey.DEBT_TERM_DAYS, value=3, valid_from=date(2025, 1, 1), document="QĐ 1"
    )
    Agent.objects.update(credit_limit_amount=1_500_000)
    report = told("debts", date(2026, 11, 22))
    assert subject(report).endswith(
        "Công nợ đến ngày 22/11/2026: còn nợ 3,2 triệu, quá hạn 3,2 triệu"
    )
    assert [each.failure for each in report.sections if each.failure] == []
    # Less 12 % commission: An 60 + 90 + 60, Chi 80 + 50, Bình 20 tickets of 10,000 đồng.
    assert sentences(report, "summary")[:2] == [
        "3 đại lý còn nợ 3,2 triệu đồng, trong đó quá hạn 3,2 triệu đồng (100,0 %) ở 3 đại lý.",
        "Quá hạn nhiều nhất là Đại lý AN (Hồng Gai): 1,8 triệu đồng.",
    ]
    ageing = table(report, "ageing")
    assert [(row.cells[0], *row.cells[3:8], row.cells[11]) for row in ageing.rows] == [
        ("AN", 1_848_000, 0, 792_000, 528_000, 528_000, 348_000),
        ("CHI", 1_144_000, 0, 440_000, 704_000, 0, 0),
        ("BINH", 176_000, 0, 176_000, 0, 0, 0),
    ]
    assert [row.cells[4] for row in table(report, "over").rows] == [348_000]
    region = told("debts", date(2026, 11, 22), region=november.mong_cai)
    assert total_of(table(region, "ageing"))[3] == 1_144_000


def test_prizes_of_a_month(november: Company, manager: APIClient) -> None:  # noqa: F811
    """A fifth prize paid by the company, one of the first waiting; 20 series, two symbols."""
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date="2026-11-17"), AUGUST_18, ["2KX", "5KX"], series_count=20)
    with time_machine.travel(datetime(2026, 11, 20, 9, tzinfo=VN), tick=False):
        for number in ("10776", "55349"):
            ticket = {"number": number, "symbol": "3KX", "draw_date": "2026-11-17"}
            told_ = manager.post("/api/v1/claims/", ticket).json()
            if number == "10776":
                manager.post(f"/api/v1/claims/{told_['id']}/payment/", {})
    # Presented after the day it is asked for, nothing waits yet, in no part of the report.
    before = told("prizes", date(2026, 10, 31))
    assert not [
        block for each in before.sections if each.code == "waiting" for block in each.blocks
    ]
    assert not [each for each in prize_book(date(2026, 11, 1), date(2026, 11, 19), on=date(2026, 11, 19)).draws
                if each.waiting_amount]  # fmt: skip
    report = told("prizes", date(2026, 11, 30))
    assert [each.failure for each in report.sections if each.failure] == []
    assert sentences(report, "summary") == [
        ("Đã trả thưởng 200.000 đồng, bằng 6,7 % doanh thu, trong đó đại lý trả 0,0 %."),
        "1 phiếu lĩnh thưởng chờ trả, tổng 10,0 triệu đồng.",
    ]
    draws = table(report, "draws")
    # With 2 symbols of 20 series special prizes are 2 × 500 m and 18 × 25 m: 7.13 of 20 billion, of
    # 160 tickets of 10,000 đồng 35.65 %; 12.5 % of their revenue was paid.
    assert [(row.cells[0], *row.cells[2:5], *row.cells[8:10]) for row in draws.rows] == [
        ("2026-11-10", 1_400_000, None, 0, 0, 0),
        ("2026-11-17", 1_600_000, 570_400, 200_000, 10_000_000, 1_250),
    ]
    assert [row.cells[1:4] for row in table(report, "waiting").rows] == [
        ("55349 3KX", 10_000_000, "2026-11-20")
    ]
    assert [row.cells[1:3] for row in table(report, "presented").rows] == [
        ("55349 3KX", 10_000_000), ("10776 3KX", 200_000),
    ]  # fmt: skip


def test_big_prizes_lead_to_exactly_those_claims(
    november: Company,
    manager: APIClient,  # noqa: F811
    page: Any,
    person: Any,
) -> None:
    load_rules()
    load_prize_tables()
    make.result(Draw.objects.get(date="2026-11-17"), AUGUST_18, ["2KX", "5KX"], series_count=20)
    for day, symbol, number in ((17, "3KX", "55349"), (17, "3KX", "10776"), (18, "4KX", "55349")):
        with time_machine.travel(datetime(2026, 11, day, 21, tzinfo=VN), tick=False):
            ticket = {"number": number, "symbol": symbol, "draw_date": "2026-11-17"}
            assert manager.post("/api/v1/claims/", ticket).status_code == 201
    report = told("daily-flash", date(2026, 11, 17))
    assert "1 giải lớn được xuất trình trong ngày, tổng 10,0 triệu đồng." in sentences(
        report, "summary"
    )
    (address,) = {link for link in links_of(report) if link.startswith("/ban-ve/tra-thuong/")}
    html = page(person("executive")).get(address).content.decode()
    assert ("55349 3KX" in html, "10776 3KX" in html, "55349 4KX" in html) == (True, False, False)


def test_tet_is_compared_with_the_same_lunar_days_by_an_average_draw(
    november: Company,
    manager: APIClient,  # noqa: F811
) -> None:
    """Tết fell on 29/01/2025 and on 17/02/2026, 384 days later; two draws against one."""
    for day in ("2025-01-20", "2026-02-10", "2026-02-11"):
        make.draw(day)
    lines = [
        line("AN", "2025-01-20", issued=40),
        line("AN", "2026-02-10", issued=60),
        line("AN", "2026-02-11", issued=40),
    ]
    assert bulk(manager, lines).status_code == 201
    report = told("monthly-report", date(2026, 2, 28))
    assert (
        "So cùng kỳ âm lịch quanh Tết (13/01/2025–09/02/2025), bình quân mỗi kỳ quay tăng 25,0 %."
        in sentences(report, "summary")
    )
    assert "Tết" not in " ".join(sentences(told("monthly-report", date(2026, 11, 30)), "summary"))


@pytest.fixture
def staff(db: None) -> dict[str, Any]:
    """An of KD: late 12 minutes, 45 hours overtime in November, 30 before; Bình of TCHC: absent."""
    kd, tchc = make.department("KD"), make.department("TCHC")
    an = make.employee("NV1", "Nguyễn Văn An", department=kd)
    binh = make.employee("NV2", "Trần Thị Bình", department=tchc)
    common = {"scheduled": 480, "computed_at": AT}
    TimesheetRow.objects.bulk_create(
        [
            TimesheetRow(employee=an, work_date=date(2026, 11, 2), status="present", late=12,
                         ot_weekday_day=2_000, **common),
            TimesheetRow(employee=an, work_date=date(2026, 11, 3), status="present",
                         ot_restday_night=700, **common),
            TimesheetRow(employee=an, work_date=date(2026, 3, 2), status="present",
                         ot_weekday_day=1_800, late=5, **common),
            TimesheetRow(employee=binh, work_date=date(2026, 11, 2), status="absent", **common),
        ]
    )  # fmt: skip
    return {"kd": kd, "tchc": tchc}


def test_attendance_of_a_month(staff: dict[str, Any]) -> None:
    report = told("attendance-month", date(2026, 11, 30))
    assert [each.failure for each in report.sections if each.failure] == []
    assert sentences(report, "summary") == [
        (
            "2 nhân viên đi làm 2 ngày công (66,7 % số phải làm); 1 lượt đi muộn, 1 ngày vắng, "
            "0 ngày công còn phải làm rõ."
        ),
        "1 lượt đi muộn của 1 người, tổng 0:12 giờ.",
        "1 người làm thêm, tổng 45:00 giờ; 1 người vượt giới hạn tháng hoặc năm.",
    ]
    # 45 of 40 hours a month, 75 of 200 a year.
    assert [row.cells for row in table(report, "overtime").rows] == [
        ("NV1", "Nguyễn Văn An", "Phòng KD", 2_700, 11_250, 4_500, 3_750)
    ]
    assert [row.cells for row in table(report, "late").rows] == [
        ("NV1", "Nguyễn Văn An", "Phòng KD", 1, 12, 0, 0),
        ("NV2", "Trần Thị Bình", "Phòng TCHC", 0, 0, 0, 1),
    ]
    other = told("attendance-month", date(2026, 11, 30), department=staff["tchc"])
    assert [each.code for each in other.sections] == ["summary", "overtime", "late"]
    assert [row.cells[1:] for row in table(other, "late").rows] == [
        ("Trần Thị Bình", "Phòng TCHC", 0, 0, 0, 1)
    ]


def test_lateness_of_a_year_leads_to_its_days(
    staff: dict[str, Any], page: Any, person: Any
) -> None:
    """The sentence of a year told of two late arrivals and led to December."""
    report = told("yearly-report", date(2026, 12, 31))
    assert "2 lượt đi muộn" in " ".join(sentences(report, "summary"))
    (address, unclear) = dict.fromkeys(link for link in links_of(report) if "/cham-cong/" in link)
    boss, part = person("executive"), person("hr", username="part")
    part.departments.set([staff["tchc"]])
    html = page(boss).get(address).content.decode()
    assert all(words in html for words in ("01/01/2026", "31/12/2026", "NV1", "NV2", "75:00"))
    foot = html.split("<tfoot>")[1].split("</tfoot>")[0]
    assert re.findall(r"<td[^>]*>([^<]*)", foot) == ["3", "1", "2", "17", "0", "75:00", "0"]
    assert "<tfoot>" not in page(boss).get(unclear).content.decode(), "nothing is to be clarified"
    theirs = page(part).get(address).content.decode()
    assert ("NV1" in theirs, "NV2" in theirs) == (False, True)
    assert "NV1" not in page(part).get(address + "&phong=KD").content.decode()


def test_health_of_the_terminals(db: None) -> None:
    bad = make.terminal(
        "M2", clock_offset_seconds=-95, last_record_count=850, record_capacity=1_000
    )
    make.terminal("M9", enabled=False)
    make.punches("NV1", "2026-11-16 07:28", "2026-11-22 17:02", "2026-11-23 07:30")
    hour = datetime(2026, 11, 17, 1, tzinfo=UTC)
    TerminalHour.objects.create(terminal=bad, hour=hour, contacts=3, failures=2)
    TerminalHour.objects.create(terminal=bad, hour=hour + timedelta(hours=1), failures=4)
    TerminalHour.objects.create(terminal=bad, hour=hour + timedelta(days=7), failures=9)
    report = told("terminal-health", date(2026, 11, 22))
    assert sentences(report, "summary") == [
        "2 máy đang dùng, 2 lượt chấm trong kỳ; 1 máy có lần liên lạc hỏng.",
        "1 máy lệch giờ quá một phút.",
        "1 máy đã dùng từ 80 % bộ nhớ.",
    ]
    assert [(row.cells[0], *row.cells[4:10]) for row in table(report, "terminals").rows] == [
        ("M2", 3, 6, 1, 0, -95, 8_500),
        ("M1", 0, 0, 0, 2, None, None),
    ]


def test_the_year_for_authorities_names_the_persons_but_not_their_numbers(
    november: Company,
) -> None:
    load_rules()
    Agent.objects.filter(code="AN").update(tax_code="••••••••1234", tax_sealed=seal("022099001234"))
    by = User.objects.get(username="sales_manager")
    close_draw(date(2026, 11, 17), by=by, at=AT)
    report = told("statutory-year", date(2026, 12, 1))
    listed = table(report, "people")
    # Commission of 12 %, below 1,000 million; BINH returned nothing of 20.
    assert [each.cells for each in listed.rows] == [
        ("AN", "Đại lý AN", 108_000, 0, 0, 0, ""),
        ("BINH", "Đại lý BINH", 24_000, 0, 0, 0, "chưa có số định danh"),
        ("CHI", "Đại lý CHI", 60_000, 0, 0, 0, "chưa có số định danh"),
    ]
    assert total_of(listed)[2] == 192_000
    assert "022099001234" not in freeze(report)
    assert "mức không phải nộp hoặc phần chịu thuế khi vượt mức chưa được xác nhận" in freeze(
        report
    )
    assert "people" not in [
        each.code for each in told("statutory-quarter", date(2026, 12, 1)).sections
    ]
