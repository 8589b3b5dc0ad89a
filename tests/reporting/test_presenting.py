"""The page everybody is on: who may turn it, what followers are told, what slides are made of."""

import asyncio

import pytest
from django.core import signing
from django.db import connection

from reporting.briefings.presenting import CHANNEL, Shown, admitted, point, show, shown, ticket
from reporting.builders.slides import LETTERS, ROWS, Slide, report_slides, text_slide
from reporting.following.rooms import Rooms
from reporting.models import AgendaItem, Presentation
from tests.reporting.samples import briefing as sample


@pytest.mark.django_db
def test_only_who_leads_turns_the_page(briefing, people, page):
    address = f"/giao-ban/{briefing.pk}/trang/"
    secretary, kd = page(people["secretary"]), page(people["kd"])
    assert kd.get(address).json() == {"page": 0, "blank": False, "version": 0, "deck": 0}
    assert kd.post(address, {"page": 3}).status_code == 403
    assert kd.post(address, {"x": 3, "y": 4}).status_code == 403
    assert page(people["tchc"]).get(address).status_code == 404
    for wrong in ("-1", "2000", "x", ""):
        assert secretary.post(address, {"page": wrong}).status_code == 400
    assert not Presentation.objects.exists()
    assert secretary.post(address, {"page": 3}).json()["version"] == 1
    answer = kd.get(address)
    assert (answer.json(), answer["ETag"]) == (
        {"page": 3, "blank": False, "version": 1, "deck": 0}, '"1"',
    )  # fmt: skip
    assert kd.get(address, HTTP_IF_NONE_MATCH='"1"').status_code == 304
    secretary.post(address, {"page": 3, "blank": "1"})
    assert kd.get(address, HTTP_IF_NONE_MATCH='"1"').json()["blank"] is True


@pytest.mark.django_db
def test_pages_are_counted_in_the_agenda_as_it_stands(briefing, people, page):
    """Who opened the slides before an item came or went is told, and has them made anew."""
    address = f"/giao-ban/{briefing.pk}/trang/"
    secretary = page(people["secretary"])
    slides = f"/giao-ban/{briefing.pk}/trinh-chieu/"
    assert "Không còn việc nào mở" in secretary.get(slides).content.decode()
    secretary.post(f"/giao-ban/{briefing.pk}/buoc/", {"act": "item", "title": "Vé Tết"})
    assert secretary.post(address, {"page": 1}).json()["deck"] == 1
    item = AgendaItem.objects.get()
    secretary.post(f"/giao-ban/{briefing.pk}/buoc/", {"act": "withdraw", "item": item.pk})
    assert secretary.post(address, {"page": 1}).json()["deck"] == 2
    assert 'data-deck="2"' in page(people["kd"]).get(slides).content.decode()


@pytest.mark.django_db
def test_a_ticket_opens_one_briefing_for_one_person_while_he_is_invited(briefing, people):
    mine = ticket(briefing, people["kd"])
    assert admitted(mine) == briefing.pk
    assert admitted(mine + "x") is None
    assert admitted(signing.dumps([briefing.pk, people["kd"].pk], salt="other")) is None
    briefing.participants.filter(user=people["kd"]).delete()
    assert admitted(mine) is None


@pytest.mark.django_db(transaction=True)
def test_followers_are_told_when_it_is_kept_and_never_before(briefing, people):
    connection.ensure_connection()
    with connection.cursor() as cursor:
        cursor.execute(f"LISTEN {CHANNEL}")
    show(briefing, page=2, is_blank=False, by=people["chair"], at=briefing.starts_at)
    point(briefing, x=250, y=500, by=people["chair"])
    line = connection.connection
    line.poll()
    told = [notify.payload for notify in line.notifies]
    number = briefing.pk
    assert told == [
        f'{{"briefing":{number},"shown":{{"page":2,"blank":false,"version":1,"deck":0}}}}',
        f'{{"briefing":{number},"point":[250,500]}}',
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"UNLISTEN {CHANNEL}")
    assert shown(number, at=briefing.starts_at) == Shown(2, False, 1, 0)


def test_a_follower_hears_the_newest_page_and_never_an_older_one():
    async def read(_briefing):
        return Shown(1, False, 5, 3)

    async def follow():
        rooms = Rooms(read, heartbeat=0.05)
        rooms.changed(True)
        events = rooms.follow(7, -1)
        heard = [await anext(events)]
        rooms.heard('{"briefing":7,"shown":{"page":9,"blank":false,"version":4,"deck":3}}')  # late
        rooms.heard("nonsense")
        rooms.heard(
            '{"briefing":8,"shown":{"page":9,"blank":false,"version":9,"deck":3}}'
        )  # another's
        heard.append(await anext(events))
        rooms.heard('{"briefing":7,"shown":{"page":2,"blank":true,"version":6,"deck":3}}')
        rooms.heard('{"briefing":7,"shown":{"page":3,"blank":false,"version":7,"deck":3}}')
        rooms.heard('{"briefing":7,"point":[1,2]}')
        heard += [await anext(events), await anext(events)]
        rooms.changed(False)  # the line to the database broke: followers are let go
        heard += [event async for event in events]
        return heard

    assert asyncio.run(follow()) == [
        b'id: 5\nevent: page\ndata: {"page":1,"blank":false,"version":5,"deck":3}\n\n',
        b":\n\n",
        b'id: 7\nevent: page\ndata: {"page":3,"blank":false,"version":7,"deck":3}\n\n',
        b"event: point\ndata: [1,2]\n\n",
    ]


def test_slides_of_an_edition_show_one_number_or_picture_each():
    slides = report_slides(sample())
    assert all(bool(s.big) + bool(s.svg) <= 1 for s in slides)
    assert {s.title for s in slides if s.big} >= {"Doanh thu", "Tỷ lệ tiêu thụ"}
    assert slides[0].title == "Số liệu chưa đủ"  # before any number
    told = Slide("x", rows=(("Phường A", "1.508,1", "−0,6 %", "16/11"), ("Cộng", "–", "+3 %", "2")))
    assert told.numeric == (False, True, True, False)
    pictures = [s for s in slides if s.svg]
    units = {s.title: s.unit for s in pictures}
    assert units["Doanh thu từng kỳ quay"] == "triệu đồng"
    assert units["Tỷ lệ đi làm theo phòng ban"] == ""  # its labels say %
    # Slides of several reports follow each other: each says whose it is, and of which section.
    assert all("Báo cáo giao ban tuần 47 · bản số" in s.kicker for s in slides)
    assert next(s for s in slides if s.title == "Theo kỳ quay").kicker.startswith("Bán vé · ")
    assert pictures
    assert all(s.head and s.rows and s.has_more for s in pictures)


def test_a_text_of_40_000_letters_is_cut_on_the_slide_and_whole_behind_it():
    text = "Kế hoạch Tết. " * 2_858
    slide = text_slide("Tết", text)
    assert sum(map(len, slide.lines)) <= LETTERS + 1
    assert slide.lines[-1] == "…"
    assert slide.whole == text
    assert not text_slide("Ngắn", "Một câu").has_more
    assert ROWS >= 5


@pytest.mark.django_db
def test_what_was_typed_cannot_become_markup_on_a_slide(briefing, people, page):
    secretary = page(people["secretary"])
    evil = '<img src=x onerror=alert(1)>"'
    sent = {"act": "item", "title": evil, "text": evil, "notes": evil}
    assert secretary.post(f"/giao-ban/{briefing.pk}/buoc/", sent).status_code == 302
    html = secretary.get(f"/giao-ban/{briefing.pk}/trinh-chieu/").content.decode()
    assert "<img" not in html
    assert html.count("&lt;img src=x") >= 3
    reader = page(people["kd"])
    answer = reader.get(f"/giao-ban/{briefing.pk}/trinh-chieu/")
    assert answer.content.decode().count("&lt;img src=x") == 2  # without the notes
    reader.post("/ngon-ngu/", {"language": "en"})
    english = reader.get(f"/giao-ban/{briefing.pk}/trinh-chieu/").content.decode()
    assert "<p>Chair: Phạm Giám Đốc</p>" in english
    assert english.count('class="slide') == html.count('class="slide')
