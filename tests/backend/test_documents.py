"""What the documents promise can be checked against the source."""

import re
from pathlib import Path

import pytest

from scripts import licence_table
from scripts.launcher.checking import CHECKS

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGES = sorted([*PROJECT.glob("*.md"), *PROJECT.glob("docs/*.md")])
READERS = re.compile(r"env_(?:str|bool|int|list|secret)\(\s*\"([A-Z_]+)\"")


def read(name: str) -> str:
    return (PROJECT / name).read_text(encoding="utf-8")


def settings_read() -> set[str]:
    """Every variable the program reads from its environment."""
    sources = [p for room in ("backend", "attendance", "sales", "reporting")
               for p in (PROJECT / room).rglob("*.py")]  # fmt: skip
    return {name for source in sources for name in READERS.findall(source.read_text("utf-8"))}


@pytest.mark.parametrize("name", sorted(settings_read()))
def test_every_setting_is_documented(name: str) -> None:
    assert f"`{name}`" in read("docs/deploy.md")


def test_no_setting_is_documented_that_nobody_reads() -> None:
    compose = read("docker-compose.yml")
    documented = set(re.findall(r"^\| `([A-Z_]+)`", read("docs/deploy.md"), re.MULTILINE))
    assert [n for n in sorted(documented - settings_read()) if n not in compose] == []


def test_the_licence_table_fits_the_lock_files() -> None:
    assert read("docs/licences.md") == licence_table.page()


def test_files_of_others_have_their_licence_beside_them() -> None:
    """Fonts, style sheets and scripts that we did not write."""
    folders = {p.parent for p in (PROJECT / "backend" / "static").rglob("*.woff2")}
    assert folders
    for folder in folders:
        assert [p for p in folder.iterdir() if re.search("licen[cs]e|OFL", p.name, re.IGNORECASE)]


def test_the_readme_is_short_and_names_the_two_commands() -> None:
    text = read("README.md")
    assert text.count("\n") < 120
    assert "./scripts/start" in text
    assert "./scripts/test" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\((?!https?:|#)([^)#\s]+)", page.read_text(encoding="utf-8"))
    assert [t for t in targets if not (page.parent / t).exists()] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_scripts_that_are_named_exist(page: Path) -> None:
    named = set(re.findall(r"\./(scripts/[a-z-]+)\b", page.read_text(encoding="utf-8")))
    assert [name for name in sorted(named) if not (PROJECT / name).exists()] == []


def test_ci_runs_the_check_and_the_readmes_test_command_and_nothing_else() -> None:
    lines = [line for line in read(".ci/run").splitlines() if line and not line.startswith("#")]
    assert [line for line in lines if line.startswith("./")] == [
        "./scripts/check",
        "./scripts/test",
    ]
    assert len(lines) == 5  # set -e, cd and export are the other three


def test_the_development_page_names_every_check() -> None:
    text = read("docs/development.md")
    assert [check.name for check in CHECKS if check.name not in text] == []
