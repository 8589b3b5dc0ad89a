"""`scripts/messages`: the English catalogue of texts that are written in Vietnamese in the source.

Vietnamese is the language of the source, so there is one catalogue, English. Needs Babel and
nothing of the system: GNU gettext is not asked for.
"""

import argparse
import io
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "backend" / "locale" / "en" / "LC_MESSAGES"
APPS = ("backend", "attendance", "sales", "reporting")
KEYWORDS = {
    "_": None, "_lazy": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}  # fmt: skip
#: Fixed, so that the same texts make the same file.
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|\{\w*\}")


Identifier = str | tuple[str, ...]


class English(Catalog):
    """Without the name of the tool in its head: another Babel is to write the same file."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        return [pair for pair in super().mime_headers if pair[0] != "Generated-By"]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="scripts/messages", description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, fail when stale")
    check = parser.parse_args(arguments).check
    wanted = catalogue(known())
    faults = list(faults_of(wanted))
    files = {FOLDER / "django.po": po_bytes(wanted), FOLDER / "django.mo": mo_bytes(wanted)}
    stale = [path for path, content in files.items() if not same(path, content)]
    if check:
        faults += [f"stale, run ./scripts/messages: {path.relative_to(ROOT)}" for path in stale]
    else:
        FOLDER.mkdir(parents=True, exist_ok=True)
        for path in stale:
            path.write_bytes(files[path])
    for fault in faults:
        print(fault, file=sys.stderr)
    print(f"{len(wanted)} texts, {len(faults)} to mend.")
    return 1 if faults else 0


def same(path: Path, content: bytes) -> bool:
    return path.exists() and path.read_bytes() == content


def known() -> Catalog:
    """The translations there are."""
    path = FOLDER / "django.po"
    if not path.exists():
        return Catalog(locale="en")
    with path.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def catalogue(old: Catalog) -> Catalog:
    """What the source says now, with the translations of `old`; texts that are gone are left out."""
    new = English(
        locale="en", project="Giao Ban", version="1", copyright_holder="Giao Ban",
        msgid_bugs_address="-", last_translator="-", language_team="-",
        creation_date=EPOCH, revision_date=EPOCH, fuzzy=False, header_comment="# English.",
    )  # fmt: skip
    for place, identifier, context in sorted(texts(), key=lambda found: found[0]):
        before = old.get(many(identifier)[0], context)
        strings = many(before.string) if before else ("",)
        if isinstance(identifier, tuple):
            new.add(identifier, (strings[0], strings[-1]), [(place, 0)], context=context)
        else:
            new.add(identifier, strings[0], [(place, 0)], context=context)
    return new


def many(text: Any) -> tuple[str, ...]:
    """A message's text in all its numbers."""
    return tuple(text) if isinstance(text, (list, tuple)) else (text or "",)


def texts() -> Iterator[tuple[str, Identifier, str | None]]:
    """(file, text or its singular and plural, context) of everything marked for translation."""
    for path in source_files():
        text = path.read_text(encoding="utf-8")
        place = path.relative_to(ROOT).as_posix()
        if path.suffix == ".html":
            text = templatize(text, origin=place)
        for _line, found, _comments, context in extract(
            "python", io.BytesIO(text.encode()), KEYWORDS, options={"encoding": "utf-8"}
        ):
            words = tuple(word for word in many(found) if word)
            if words:
                yield place, words if len(words) > 1 else words[0], context


def source_files() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*")):
            if path.suffix in (".py", ".html") and "migrations" not in path.parts:
                yield path


def faults_of(wanted: Catalog) -> Iterator[str]:
    for message in wanted:
        if message.id:
            yield from faults_in(message)


def faults_in(message: Message) -> Iterator[str]:
    """No translation, or one that loses or invents a placeholder."""
    place = message.locations[0][0]
    identifiers, strings = many(message.id), many(message.string)
    if not all(strings):
        yield f"{place}: no English for {identifiers[0]!r}"
        return
    names = {name for text in identifiers for name in PLACEHOLDER.findall(text)}
    # "One region" may leave its number out; the plural may not.
    lost = names - set(PLACEHOLDER.findall(strings[-1]))
    invented = {name for text in strings for name in PLACEHOLDER.findall(text)} - names
    if lost or invented:
        yield f"{place}: other placeholders in the English of {identifiers[0]!r}"


def po_bytes(wanted: Catalog) -> bytes:
    file = io.BytesIO()
    write_po(file, wanted, width=0, sort_by_file=True, include_lineno=False, omit_header=False)
    return file.getvalue()


def mo_bytes(wanted: Catalog) -> bytes:
    file = io.BytesIO()
    write_mo(file, wanted)
    return file.getvalue()


if __name__ == "__main__":
    sys.exit(main())
