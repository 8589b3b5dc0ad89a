"""What is mailed of an edition: in each language the letter and its files."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from backend.pdf import PdfUnavailable
from reporting import delivery
from reporting.builders.content import Report
from reporting.builders.mail import Letter
from reporting.builders.speaking import Language, speaking
from reporting.faces import CONTENT_TYPES, file_name
from reporting.in_english import KINDS as ENGLISH_KINDS
from reporting.in_english import english_report
from reporting.in_english import file_of as english_of
from reporting.models import FileKind

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Mail:
    """What is sent in one language: the letter, and the files that go with it by their names."""

    letter: Letter
    files: dict[str, tuple[bytes, str]]


def mails_of(
    report: Report, *, sha256: str, made: Mapping[FileKind, bytes], in_english: bool
) -> dict[Language, Mail]:
    """The mail with these faces, and if wanted the one in English with files of its own."""
    mails: dict[Language, Mail] = {"vi": _mail(report, sha256, made)}
    if in_english:
        mails["en"] = _english_mail(report, sha256)
    return mails


def _mail(report: Report, sha256: str, made: Mapping[FileKind, bytes], suffix: str = "") -> Mail:
    files = {
        file_name(f"{report.heading.code}{suffix}", kind): (content, CONTENT_TYPES[kind])
        for kind, content in made.items()
        if kind in delivery.ATTACHED
    }
    sizes = {name: len(content) for name, (content, _kind) in files.items()}
    letter, attached = delivery.write(report, sha256=sha256, files=sizes)
    return Mail(letter, {name: files[name] for name in attached})


def _english_mail(report: Report, sha256: str) -> Mail:
    """The same frozen numbers, letter and files in English."""
    translated, made = english_report(report), {}
    for kind in (each for each in ENGLISH_KINDS if each in delivery.ATTACHED):
        try:
            made[kind] = english_of(translated, kind, sha256=sha256)
        except PdfUnavailable as missing:
            logger.warning("no PDF: %s", missing)
    with speaking("en"):
        return _mail(translated, sha256, made, suffix="-en")
