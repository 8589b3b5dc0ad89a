"""Logging in, the menu by role, and the page frame."""

import pytest
from django.test import Client

from backend.org.models import Company
from tests.conftest import PASSWORD


@pytest.mark.django_db
def test_a_stranger_is_sent_to_the_login_page():
    answer = Client().get("/")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/dang-nhap/?next=/"


def test_logging_in_with_the_right_password_shows_the_start_page(person):
    person("executive")
    client = Client()
    wrong = client.post("/dang-nhap/", {"username": "executive", "password": "sai-mat-khau"})
    assert wrong.status_code == 200
    right = client.post("/dang-nhap/", {"username": "executive", "password": PASSWORD}, follow=True)
    assert right.redirect_chain == [("/", 302)]
    assert "Lãnh đạo" in right.content.decode()


def test_eight_wrong_passwords_lock_that_person_out_from_that_address(person):
    person("hr")
    client = Client()
    for _ in range(8):
        answer = client.post("/dang-nhap/", {"username": "hr", "password": "sai-mat-khau"})
    assert answer.status_code == 429
    right = client.post("/dang-nhap/", {"username": "hr", "password": PASSWORD})
    assert right.status_code == 429
    assert "Tạm khoá" in right.content.decode()


def test_the_menu_shows_only_what_the_role_may_open(page):
    assert "/quan-tri/" in page("administrator").get("/").content.decode()
    assert "/quan-tri/" not in page("hr").get("/").content.decode()


def test_demonstration_data_are_marked_on_every_page(page):
    client = page("hr")
    assert "Dữ liệu trình diễn" not in client.get("/").content.decode()
    Company.objects.create(name="A", short_name="A", is_demonstration=True)
    assert "Dữ liệu trình diễn" in client.get("/").content.decode()


def broken_card(_user, _at):
    raise LookupError("no such draw")


def test_a_card_that_fails_says_so_and_the_others_stand(page, settings, caplog):
    settings.HOME_CARDS = [f"{__name__}.broken_card", *settings.HOME_CARDS]
    client = page("hr")
    shown = client.get("/").content.decode()
    assert shown.index("Không đọc được mục này") < shown.index("Đang có mặt")
    assert "test_shell.broken_card failed" in caplog.text
