"""The English catalogue: complete, and watched by scripts/check."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from scripts import catalogue


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: Any) -> Path:
    """The tool at work on a tiny source tree of its own."""
    app = tmp_path / "backend"
    (app / "templates").mkdir(parents=True)
    (app / "mail.py").write_text(
        "from django.utils.translation import gettext as _, ngettext\n"
        "A = _('Xin chào %(name)s')\nB = ngettext('{n} thư', '{n} thư', 2)\n"
    )
    (app / "templates" / "a.html").write_text(
        '{% load i18n %}{% translate "Đăng xuất" %}{% blocktranslate %}Chào {{ ai }}{% endblocktranslate %}'
    )
    monkeypatch.setattr(catalogue, "ROOT", tmp_path)
    monkeypatch.setattr(catalogue, "FOLDER", app / "locale" / "en" / "LC_MESSAGES")
    return app


def translate(copy: Path, msgid: str, msgstr: str) -> None:
    path = copy / "locale" / "en" / "LC_MESSAGES" / "django.po"
    text = path.read_text().replace(
        f'msgid "{msgid}"\nmsgstr ""', f'msgid "{msgid}"\nmsgstr "{msgstr}"'
    )
    path.write_text(text)


def test_a_text_without_english_is_named(copy, capsys):
    assert catalogue.main([]) == 1
    told = capsys.readouterr().err
    assert "backend/mail.py: no English for 'Xin chào %(name)s'" in told
    assert "backend/mail.py: no English for '{n} thư'" in told
    assert "backend/templates/a.html: no English for 'Đăng xuất'" in told
    assert "backend/templates/a.html: no English for 'Chào %(ai)s'" in told


def test_a_translation_that_loses_a_placeholder_is_named(copy, capsys):
    catalogue.main([])
    translate(copy, "Xin chào %(name)s", "Hello")
    capsys.readouterr()
    catalogue.main([])
    assert "other placeholders in the English of 'Xin chào %(name)s'" in capsys.readouterr().err


def test_a_stale_catalogue_fails_the_check_and_is_not_touched(copy, capsys):
    catalogue.main([])
    translate(copy, "Đăng xuất", "Log out")
    before = (copy / "locale" / "en" / "LC_MESSAGES" / "django.mo").read_bytes()
    capsys.readouterr()
    assert catalogue.main(["--check"]) == 1
    assert "stale, run ./scripts/messages: backend/locale/en/LC_MESSAGES/django.mo" in (
        capsys.readouterr().err
    )
    assert (copy / "locale" / "en" / "LC_MESSAGES" / "django.mo").read_bytes() == before


def test_texts_that_are_gone_leave_and_the_others_keep_their_english(copy):
    catalogue.main([])
    translate(copy, "Đăng xuất", "Log out")
    shutil.copy(copy / "templates" / "a.html", copy / "templates" / "b.html")
    (copy / "mail.py").unlink()
    catalogue.main([])
    text = (copy / "locale" / "en" / "LC_MESSAGES" / "django.po").read_text()
    assert "Xin chào" not in text
    assert (
        '#: backend/templates/a.html backend/templates/b.html\nmsgid "Đăng xuất"\nmsgstr "Log out"'
        in text
    )


def test_pages_speak_english_to_whoever_chose_it(page):
    client = page("hr")
    assert "Hôm nay" in client.get("/").content.decode()
    client.post("/ngon-ngu/", {"language": "en"})
    text = client.get("/").content.decode()
    assert "Today" in text
    assert "Human resources" in text
