"""Tokens of the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axes.models import AccessLog
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import connection
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from knox.models import AuthToken
from rest_framework.test import APIClient

from backend import clock
from backend.accounts.forgetting import forget_ended
from backend.accounts.models import User
from backend.api.tokens import ApiTokenAuthentication
from backend.jobs.models import Schedule
from backend.jobs.standing import ensure_standing_schedules
from tests.conftest import PASSWORD


def login(username: str, password: str = PASSWORD, **extra: Any) -> Any:
    return APIClient().post(
        "/api/v1/auth/login/", {"username": username, "password": password}, **extra
    )


def reads(token: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    return client.get("/api/v1/products/").status_code


def test_a_token_opens_until_logout(person: Callable[..., User]):
    person("sales_manager")
    answer = login("sales_manager")
    assert answer.status_code == 200
    token = answer.json()["token"]
    assert token.startswith("gb_")
    assert reads(token) == 200
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Token {token}")
    assert client.post("/api/v1/auth/logout/").status_code == 204
    assert reads(token) == 401


def test_who_took_a_token_from_where_is_noted(person: Callable[..., User]):
    person("sales_manager")
    login("sales_manager", "sai-mật-khẩu")
    assert not AccessLog.objects.exists()
    answer = login("sales_manager", REMOTE_ADDR="10.0.0.9", HTTP_USER_AGENT="python/3")
    noted = AccessLog.objects.get()
    assert (noted.username, noted.ip_address, noted.user_agent, noted.path_info) == (
        "sales_manager", "10.0.0.9", "python/3", "/api/v1/auth/login/",
    )  # fmt: skip
    assert not answer.cookies


def test_the_database_keeps_no_token(person: Callable[..., User]):
    person("sales_manager")
    token = login("sales_manager").json()["token"]
    with connection.cursor() as cursor:
        cursor.execute("select t::text from knox_authtoken t")
        (row,) = cursor.fetchone()
    assert token not in row
    assert token[:15] in row  # the part that finds it again


def test_a_token_ends_by_itself(person: Callable[..., User]):
    person("sales_manager")
    token = login("sales_manager").json()["token"]
    lifetime = AuthToken.objects.get().expiry - AuthToken.objects.get().created
    assert timedelta(hours=9, minutes=59) < lifetime < timedelta(hours=10, minutes=1)
    AuthToken.objects.update(expiry=AuthToken.objects.get().created - timedelta(seconds=1))
    assert reads(token) == 401
    login("sales_manager")
    assert AuthToken.objects.count() == 1


def test_a_token_tells_all_of_its_person(person: Callable[..., User]):
    user = person("sales_manager")
    token = login("sales_manager").json()["token"]
    told, own = ApiTokenAuthentication().authenticate_credentials(token.encode())
    user.refresh_from_db()  # the login has told when it was
    for read, kept in ((told, user), (own, AuthToken.objects.get())):
        fields = [field.attname for field in kept._meta.concrete_fields]
        assert {name: getattr(read, name) for name in fields} == {
            name: getattr(kept, name) for name in fields
        }


def test_a_disabled_person_has_no_token(person: Callable[..., User]):
    user = person("sales_manager")
    token = login("sales_manager").json()["token"]
    User.objects.filter(pk=user.pk).update(is_active=False)
    assert reads(token) == 401
    assert login("sales_manager").status_code == 401


@pytest.mark.parametrize(
    "header", ["Token", "Token a b", "Token xyz", "Token \xff\xfe", "Bearer x"]
)
def test_wrong_headers_are_refused(db: None, header: str):
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=header)
    answer = client.get("/api/v1/products/")
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


def test_a_new_password_ends_the_tokens_of_the_old_one(
    person: Callable[..., User], page: Callable[..., Client]
):
    user = person("sales_manager")
    token = login("sales_manager").json()["token"]
    new = {"password1": "một-mật-khẩu-khác-2", "password2": "một-mật-khẩu-khác-2"}
    answer = page("administrator").post(f"/quan-tri/accounts/user/{user.pk}/password/", new)
    assert answer.status_code == 302
    assert reads(token) == 401


def test_wrong_passwords_are_refused_and_then_locked(person: Callable[..., User]):
    person("sales_manager")
    codes = [
        login("sales_manager", "sai-mật-khẩu", HTTP_USER_AGENT=f"browser {n}").json()["code"]
        for n in range(9)
    ]
    assert codes == ["login.refused"] * 7 + ["login.locked"] * 2
    locked = login("sales_manager")
    assert (locked.status_code, locked.json()["code"]) == (429, "login.locked")
    # A stranger cannot lock the person out of their own place.
    assert login("sales_manager", REMOTE_ADDR="10.0.0.9").status_code == 200


def test_behind_a_proxy_a_stranger_locks_out_himself_alone(
    person: Callable[..., User], settings: Any
):
    settings.PROXY_NETWORKS = ["127.0.0.1/32"]
    person("sales_manager")
    for _ in range(9):
        answer = login("sales_manager", "sai-mật-khẩu", HTTP_X_FORWARDED_FOR="203.0.113.5")
    assert answer.json()["code"] == "login.locked"
    assert login("sales_manager", HTTP_X_FORWARDED_FOR="203.0.113.5").status_code == 429
    assert login("sales_manager", HTTP_X_FORWARDED_FOR="198.51.100.7").status_code == 200


def test_one_password_tried_on_many_names_locks_its_caller_alone(
    person: Callable[..., User], page: Callable[..., Client], settings: Any
):
    settings.PROXY_NETWORKS, settings.LOGIN_NAMES = ["127.0.0.1/32"], 10
    user = person("sales_manager")
    seen = {"stranger": "203.0.113.5", "other": "198.51.100.7"}
    codes = [
        login(f"tên-{n}", "Xoso@2026", HTTP_X_FORWARDED_FOR=seen["stranger"]).json()["code"]
        for n in range(11)
    ]
    assert codes == ["login.refused"] * 9 + ["login.locked"] * 2
    assert login("sales_manager", HTTP_X_FORWARDED_FOR=seen["stranger"]).status_code == 429
    assert login("sales_manager", HTTP_X_FORWARDED_FOR=seen["other"]).status_code == 200
    # Who shares the stranger's address is let in again by the administrator.
    action = {"action": "unlock", "_selected_action": [user.pk]}
    page("administrator").post("/quan-tri/accounts/user/", action)
    assert login("sales_manager", HTTP_X_FORWARDED_FOR=seen["stranger"]).status_code == 200


def test_a_subscriber_of_ipv6_guesses_no_oftener_than_others(person: Callable[..., User]):
    person("sales_manager")
    for number in range(9):
        answer = login("sales_manager", "sai-mật-khẩu", REMOTE_ADDR=f"2001:db8:1:2::{number}")
    assert answer.json()["code"] == "login.locked"


def test_the_oldest_tokens_give_way(person: Callable[..., User]):
    user = person("sales_manager")
    first = login("sales_manager").json()["token"]
    for _ in range(19):
        AuthToken.objects.create(user)
    assert reads(first) == 200
    login("sales_manager")
    assert AuthToken.objects.count() == 20
    assert reads(first) == 401


def test_login_says_what_is_missing(db: None):
    answer = APIClient().post("/api/v1/auth/login/", {"username": "x"})
    assert (answer.status_code, answer.json()["code"]) == (400, "request.invalid")
    assert [(f["field"], f["code"]) for f in answer.json()["errors"]] == [("password", "required")]
    for body in ("{", "[" * 100_000):
        answer = APIClient().post("/api/v1/auth/login/", body, content_type="application/json")
        assert (answer.status_code, answer.json()["code"]) == (400, "parse_error")


def test_the_schema_describes_every_route(db: None, capsys: pytest.CaptureFixture[str]):
    call_command("spectacular", validate=True, fail_on_warn=True)
    schema = capsys.readouterr().out
    assert schema.startswith("openapi: 3.1")
    for path in ("/api/v1/sales/bulk/:", "/api/v1/auth/login/:", "/api/v1/sales/summary/:"):
        assert path in schema
    answer = APIClient().get("/api/v1/schema/")
    assert answer.status_code == 200


def test_strangers_do_not_have_the_schema_made_anew(db: None, monkeypatch: pytest.MonkeyPatch):
    """It takes seconds, and nobody needs to be known for it."""
    first = APIClient().get("/api/v1/schema/")
    as_json = APIClient().get("/api/v1/schema/", headers={"Accept": "application/json"})
    monkeypatch.setattr(SchemaGenerator, "get_schema", lambda *_, **__: pytest.fail("made anew"))
    again = APIClient().get("/api/v1/schema/?lang=zz&version=9")
    assert (again.status_code, again.content) == (200, first.content)
    assert first.content.startswith(b"openapi: 3.1")
    again = APIClient().get("/api/v1/schema/", headers={"Accept": "application/json"})
    assert again.content == as_json.content
    assert again.json()["openapi"].startswith("3.1")


def test_what_is_over_of_logins_is_forgotten_every_night(person: Callable[..., User]):
    person("sales_manager")
    token = login("sales_manager").json()["token"]
    Client().post("/dang-nhap/", {"username": "sales_manager", "password": PASSWORD})
    ensure_standing_schedules(at=clock.now())
    assert Schedule.objects.filter(code="logins-expire", enabled=True).exists()
    forget_ended(at=clock.now())
    assert reads(token) == 200
    assert (Session.objects.count(), AccessLog.objects.count()) == (1, 2)
    forget_ended(at=clock.now() + timedelta(days=15))
    assert (Session.objects.count(), AuthToken.objects.count()) == (0, 0)
    assert AccessLog.objects.count() == 2
    forget_ended(at=clock.now() + timedelta(days=366))
    assert not AccessLog.objects.exists()
