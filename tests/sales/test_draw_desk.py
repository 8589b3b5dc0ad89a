"""The desk of a draw's day, and the sheet in which a whole day is keyed."""

from datetime import UTC, date, datetime

import pytest

from backend.accounts.models import User
from sales.figures.draw_day import control_totals, draw_day
from sales.models import AgentDrawTotal, AgentStatus, Draw, ReturnSheet, ReturnTally, SalesRule
from sales.tickets.return_declaring import declare_return
from tests.sales.conftest import bulk, line

DAY = "2026-11-17"
SHEET = f"/ban-ve/nhap-bang/?ngay={DAY}"


@pytest.fixture
def clerk(page, person, company):
    return page(person("sales_manager", username="truc"))


def test_the_desk_tells_who_has_not_reported_and_the_control_totals(
    company, manager, clerk, django_assert_num_queries
):
    SalesRule.objects.create(
        key="return.cutoff", value=930, valid_from=date(2026, 1, 1), document="QĐ 1"
    )
    bulk(
        manager,
        [line(issued=100), line("BINH", issued=50), line("BINH", issued=5) | {"product": "LT5"}],
    )
    company.chi.status = AgentStatus.SUSPENDED
    company.chi.save()
    declare_return(
        agent="BINH", day=date(2026, 11, 17), tickets={"TT10": 3},
        by=User.objects.get(username="truc"), at=datetime(2026, 11, 17, 5, tzinfo=UTC),
    )  # fmt: skip
    with django_assert_num_queries(1):
        agents = draw_day(date(2026, 11, 17))
    assert [(a.code, a.issued, a.sheet_state, a.has_not_reported) for a in agents] == [
        ("AN", 100, "", True),
        ("BINH", 55, "declared", False),
    ]
    total = control_totals("", list(agents))
    assert (total.agents, total.supplied, total.reported, total.confirmed) == (2, 2, 1, 0)
    assert (total.issued, total.sold, total.revenue_amount) == (155, 155, 1_525_000)
    told = clerk.get(f"/ban-ve/ngay-quay/?ngay={DAY}").content.decode()
    assert "đã khóa 15:30 17/11" in told
    assert "AN Đại lý AN" in told
    assert "BINH Đại lý BINH" not in told
    assert "vé đại lý đang giữ" not in told
    Draw.objects.filter(date=DAY).update(status="scheduled")
    assert "vé đại lý đang giữ" in clerk.get(f"/ban-ve/ngay-quay/?ngay={DAY}").content.decode()
    assert clerk.get("/ban-ve/ngay-quay/?dia_ban=99999").status_code == 404


def test_a_sheet_is_saved_whole_or_not_at_all_and_names_the_cell(company, clerk):
    wrong = clerk.post(
        f"{SHEET}&viec=giao",
        {"ve:AN:TT10": "120", "ve:BINH:TT10": "mười", "ve:CHI:LT5": "5", "khac": "1"},
    )
    assert wrong.status_code == 400
    text = wrong.content.decode()
    assert "1 ô chưa đúng nên chưa lưu ô nào" in text
    assert "“mười” không phải số vé nguyên" in text
    assert 'value="120"' in text  # what was keyed stays
    company.binh.closed_date = "2026-11-01"
    company.binh.status = AgentStatus.ENDED
    company.binh.save()
    ended = clerk.post(f"{SHEET}&viec=giao", {"ve:AN:TT10": "1", "ve:BINH:TT10": "2"})
    assert "BINH: Đại lý BINH đã chấm dứt hợp đồng" in ended.content.decode()
    assert "chưa có số nào" in clerk.post(f"{SHEET}&viec=giao", {}).content.decode()
    assert AgentDrawTotal.objects.count() == 0
    done = clerk.post(f"{SHEET}&viec=giao", {"ve:AN:TT10": "1.200", "ve:AN:LT5": "5"}, follow=True)
    assert "đã lưu 1.205 vé của 1 đại lý" in done.content.decode()
    assert AgentDrawTotal.objects.get(product__code="TT10").issued == 1_200


def test_a_sheet_of_returns_declares_them_and_posts_nothing(company, manager, clerk):
    bulk(manager, [line(issued=100), line("BINH", issued=50)])
    wrong = clerk.post(f"{SHEET}&viec=tra", {"ve:AN:TT10": "7", "ve:XX:TT10": "1"})
    assert (wrong.status_code, ReturnSheet.objects.count()) == (400, 0)
    assert "Không có đại lý mã XX" in wrong.content.decode()
    clerk.post(f"{SHEET}&viec=tra", {"ve:AN:TT10": "7", "ve:BINH:TT10": "3"})
    tallies = ReturnTally.objects.order_by("step__sheet__agent__code")
    assert list(tallies.values_list("step__sheet__agent__code", "tickets")) == [
        ("AN", 7), ("BINH", 3),
    ]  # fmt: skip
    assert AgentDrawTotal.objects.filter(returned__gt=0).count() == 0


def test_a_sheet_that_is_sent_twice_is_saved_once(company, clerk):
    """A double click, a line that hangs, the way back and *Lưu* again."""

    def shown():
        text = clerk.get(SHEET).content.decode()
        return text.partition('name="lan_gui" value="')[2].partition('"')[0]

    first = {"lan_gui": shown()}
    wrong = clerk.post(f"{SHEET}&viec=giao", first | {"ve:AN:TT10": "x"})
    assert wrong.status_code == 400  # came to nothing, so it may be sent again
    for told in ("đã lưu 120 vé", "đã được ghi ở lần gửi trước"):
        done = clerk.post(f"{SHEET}&viec=giao", first | {"ve:AN:TT10": "120"}, follow=True)
        assert told in done.content.decode()
    assert AgentDrawTotal.objects.get().issued == 120
    clerk.post(f"{SHEET}&viec=giao", {"lan_gui": shown(), "ve:AN:TT10": "30"})
    assert AgentDrawTotal.objects.get().issued == 150
    back = {"lan_gui": shown(), "ve:AN:TT10": "7"}
    for _time in range(2):
        clerk.post(f"{SHEET}&viec=tra", back)
    assert ReturnSheet.objects.count() == 1
