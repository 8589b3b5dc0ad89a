"""Numbers told while they are drawn: who may, when, corrected how, and what the public sees of them."""

import asyncio
import json
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem
from sales.draws.live import Change, LiveSheet, live_sheet, tell_numbers
from sales.models import Draw, LiveNumber
from sales.public.stream import Broadcaster, event_of
from tests import make
from tests.sales.conftest import Company
from tests.sales.draws import AUGUST_18

TUESDAY = date(2026, 11, 17)
EVENING = datetime(2026, 11, 17, 18, 20, tzinfo=VN)
ADDRESS = "/ban-ve/ket-qua/2026-11-17/truc-tiep/"
EMPTY = ("",) * 27


@pytest.fixture(autouse=True)
def evening(company: Company) -> Any:
    with time_machine.travel(EVENING, tick=False):
        yield


def now_shown() -> tuple[str, ...]:
    sheet = live_sheet(at=EVENING)
    assert sheet is not None
    assert sheet.day == TUESDAY
    return sheet.numbers


def test_numbers_are_told_corrected_and_taken_back_by_new_rows(person: Callable[..., User]):
    clerk = person("sales_manager")

    def tell(place: int, seen: str, number: str) -> int:
        change = {place: Change(seen, number)}
        return len(tell_numbers(TUESDAY, change, by=clerk, at=EVENING))

    versions = set()
    for place, seen, number in ((2, "", "55349"), (2, "55349", "55348"), (24, "", "04")):
        assert tell(place, seen, number) == 1
        sheet = live_sheet(at=EVENING)
        assert sheet is not None
        versions.add(sheet.version)
    assert len(versions) == 3
    assert tell(24, "", "04") == 0  # told already, by whomever
    assert now_shown() == ("", "55348", *EMPTY[2:23], "04", *EMPTY[24:])
    assert tell(24, "04", "") == 1
    assert now_shown()[23] == ""
    rows = LiveNumber.objects.order_by("pk").values_list("place", "number", "by__username")
    assert [row[:2] for row in rows] == [(2, "55349"), (2, "55348"), (24, "04"), (24, "")]
    with pytest.raises(Exception, match="Cannot update or delete"), transaction.atomic():
        LiveNumber.objects.update(number="00")
    with pytest.raises(IntegrityError), transaction.atomic():
        LiveNumber.objects.create(
            draw=Draw.objects.get(date=TUESDAY), place=24, number="123", by=clerk, at=EVENING
        )


@pytest.mark.parametrize(
    ("day", "changes", "code"),
    [
        ("2026-11-17", {2: Change("", "123")}, "live.refused"),
        ("2026-11-17", {24: Change("", "4a")}, "live.refused"),
        ("2026-11-17", {1: Change("11111", "29183")}, "live.changed_meanwhile"),
        ("2026-11-18", {2: Change("", "55349")}, "result.not_drawn_yet"),
        ("2025-01-01", {2: Change("", "55349")}, "draw.unknown"),
        ("2026-11-16", {2: Change("", "55349")}, "live.already_published"),
    ],
)
def test_what_cannot_be_told_leaves_nothing(
    person: Callable[..., User], day: str, changes: dict[int, Change], code: str
):
    make.result(Draw.objects.get(date="2026-11-16"), AUGUST_18, ("2KX",), series_count=20)
    with pytest.raises(Problem) as refused:
        tell_numbers(
            date.fromisoformat(day), {3: Change("", "37265"), **changes},
            by=person("sales_manager"), at=EVENING,
        )  # fmt: skip
    assert refused.value.code == code
    assert not LiveNumber.objects.exists()


def test_the_page_sends_a_field_and_refuses_in_words(
    page: Callable[..., Client], person: Callable[..., User], company: Company
):
    clerk = page("sales_manager")
    json_please = {"Accept": "application/json"}
    answer = clerk.post(ADDRESS, {"so_2": "55349", "cu_2": ""}, headers=json_please)
    assert answer.json() == {"told": {"2": "55349"}}
    wrong = clerk.post(ADDRESS, {"so_3": "1", "cu_3": ""}, headers=json_please)
    assert wrong.status_code == 400
    assert "5 chữ số" in wrong.json()["problem"]
    whole = {f"so_{n}": number for n, number in enumerate(AUGUST_18, 1)}
    seen = {f"cu_{n}": "" for n in range(1, 28)} | {"cu_2": "55349"}
    text = clerk.post(ADDRESS, whole | seen, follow=True).content.decode()
    assert "Đã báo 26 số." in text
    assert now_shown() == AUGUST_18
    stale = clerk.post(ADDRESS, {"so_2": "11111", "cu_2": ""})
    assert stale.status_code == 409
    assert "Người khác vừa báo số khác" in stale.content.decode()
    region = page(person("sales_manager", username="vung", region=company.hong_gai))
    refused = region.post(ADDRESS, {"so_2": "", "cu_2": "55349"}, headers=json_please)
    assert refused.status_code == 403
    assert page("executive").get(ADDRESS).status_code == 403
    assert LiveNumber.objects.count() == 27
    assert clerk.get("/ban-ve/ket-qua/2026-02-30/truc-tiep/").status_code == 404


def test_the_public_sees_told_numbers_marked_until_the_result_is_published(
    public: Client, person: Callable[..., User]
):
    clerk = person("sales_manager")
    told = {2: Change("", "11111"), 24: Change("", "04")}
    tell_numbers(TUESDAY, told, by=clerk, at=EVENING)
    answer = public.get("/truc-tiep/")
    text = answer.content.decode()
    assert '<b data-place="1">11111</b>' in text
    assert '<b data-place="0">–</b>' in text
    assert "Chưa đối chiếu." in text
    assert 'content="5"' in text  # without scripts the page asks again
    assert "max-age=5" in answer.headers["Cache-Control"]
    assert "11111" not in public.get("/ket-qua/").content.decode()
    assert public.get("/ket-qua/2026-11-17/").status_code == 404
    data = json.loads(public.get("/du-lieu/truc-tiep.json").content)
    assert (data["compared"], data["numbers"]["first"]) == (False, "11111")
    make.result(Draw.objects.get(date=TUESDAY), AUGUST_18, ("2KX",), series_count=20)
    after = public.get("/truc-tiep/").content.decode()
    assert "11111" not in after  # what was published counts, not what was told
    assert f'<b data-place="0">{AUGUST_18[0]}</b>' in after
    assert "Chưa đối chiếu." not in after
    with time_machine.travel(datetime(2026, 11, 18, 18, 14, tzinfo=VN), tick=False):
        assert AUGUST_18[0] in public.get("/truc-tiep/").content.decode()
    with time_machine.travel(datetime(2026, 11, 18, 18, 15, tzinfo=VN), tick=False):
        assert AUGUST_18[0] not in public.get("/truc-tiep/").content.decode()


def test_watchers_share_one_reader_skip_what_they_missed_and_hear_a_heartbeat():
    numbers = ["00001", "00002", "00003"]
    sheets = [
        LiveSheet(TUESDAY, "Quảng Ninh", (number, *EMPTY[1:]), is_published=False, version=number)
        for number in numbers
    ]
    reads = 0
    current = sheets[0]

    def read() -> LiveSheet:
        nonlocal reads
        reads += 1
        return current

    async def evening() -> None:
        nonlocal current
        broadcaster = Broadcaster(read, every=0.02, heartbeat=0.5)
        first = [broadcaster.watch("") for _ in range(50)]
        assert {await anext(watcher) for watcher in first} == {event_of(sheets[0])}
        resumed = broadcaster.watch("00001")  # has it already
        waiting = asyncio.ensure_future(anext(resumed))
        await asyncio.sleep(0.1)
        assert not waiting.done()
        current = sheets[1]
        assert await waiting == event_of(sheets[1])
        current = sheets[2]
        await asyncio.sleep(0.1)
        assert {await anext(watcher) for watcher in first} == {
            event_of(sheets[2])
        }  # not the second
        assert await anext(first[0]) == b":\n\n"
        before = reads
        assert before < 100  # fifty-one watchers, one reader
        for watcher in (*first, resumed):
            await watcher.aclose()
        await asyncio.sleep(0.1)
        resting = reads
        await asyncio.sleep(0.1)
        assert reads == resting  # nobody watches, nobody reads

    asyncio.run(evening())
