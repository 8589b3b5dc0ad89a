"""What the API's framework says itself is told in Vietnamese, too."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.http import HttpRequest
from django.test import RequestFactory
from django.urls import get_resolver
from django.utils import translation
from rest_framework import exceptions, fields, relations, serializers, validators
from rest_framework.test import APIClient

from scripts.catalogue import ROOT

FOLDER = ROOT / "backend" / "locale" / "vi" / "LC_MESSAGES"


def sentences() -> Iterator[Any]:
    """Everything fields, relations, validators and exceptions may say."""
    for module in (fields, relations, serializers, validators, exceptions):
        for each in vars(module).values():
            if isinstance(each, type):
                told = vars(each)
                yield from told.get("default_error_messages", {}).values()
                yield from (told[name] for name in ("default_detail", "message") if name in told)


def said(language: str) -> list[str]:
    with translation.override(language):
        return [str(sentence) for sentence in sentences() if sentence]


def test_every_sentence_of_the_framework_has_vietnamese():
    english, vietnamese = said("en"), said("vi")
    assert len(english) > 60
    pairs = zip(english, vietnamese, strict=True)
    assert [en for en, vi in pairs if en and en == vi] == []


def test_the_compiled_catalogue_is_that_of_the_file():
    with (FOLDER / "django.po").open("rb") as file:
        compiled = io.BytesIO()
        write_mo(compiled, read_po(file, locale="vi", abort_invalid=True))
    assert Path(FOLDER / "django.mo").read_bytes() == compiled.getvalue()


@pytest.mark.parametrize(
    ("language", "sentence", "field"),
    [
        ("vi", "Yêu cầu chưa kèm mã đăng nhập.", "Phải là số nguyên."),
        ("en", "Authentication credentials were not provided.", "A valid integer is required."),
    ],
)
def test_faults_are_told_in_the_language_asked_for(
    api: Any, language: str, sentence: str, field: str
):
    headers = {"Accept-Language": language}
    answer = APIClient().get("/api/v1/products/", headers=headers)
    assert (answer.status_code, answer.json()["detail"].startswith(sentence)) == (401, True)
    client = api("sales_manager")
    (fault,) = client.get("/api/v1/products/?limit=x", headers=headers).json()["errors"]
    assert (fault["field"], fault["code"], fault["message"]) == ("limit", "invalid", field)
    bad = client.post(
        "/api/v1/territories/", "{", content_type="application/json", headers=headers
    ).json()
    assert (bad["code"], "JSON" in bad["detail"], "property" in bad["detail"]) == (
        "parse_error",
        True,
        False,
    )


def test_a_program_is_told_of_addresses_and_faults_by_a_problem_document(db: None):
    answer = APIClient().get("/api/v1/no-such-list/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")
    assert answer.json()["code"] == "address.unknown"
    assert APIClient().get("/no-such-page/")["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    ("path", "kind"), [("/api/v1/sales/", "application/problem+json"), ("/ban-ve/", "text/html")]
)
def test_our_own_fault_says_nothing_of_itself(path: str, kind: str):
    handler: Any = get_resolver().resolve_error_handler(500)
    request: HttpRequest = RequestFactory().get(path)
    answer = handler(request)
    assert (answer.status_code, answer["Content-Type"].split(";")[0]) == (500, kind)
