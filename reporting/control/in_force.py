"""Under which issue of which controlled document a report or a form is made on a day."""

from datetime import date

from reporting.builders.content import ControlledUnder
from reporting.control.footers import identity
from reporting.control.rules import in_force
from reporting.models import ControlledDocument, DocumentIssue


def controlled_under(report: str, *, on: date) -> tuple[ControlledUnder | None, str]:
    """The issue in force and the SHA-256 of its Word template ("" without one); (None, "") without issue."""
    document = ControlledDocument.objects.filter(report=report).first()
    issue = _held(document, on)
    if document is None or issue is None:
        return None, ""
    return ControlledUnder(document.code, issue.number, issue.effective_date), issue.sha256


def foot_of_form(form: str, on: date) -> str:
    """ "BM-01 · Lần ban hành 2 · Hiệu lực từ 01/12/2026"; "" for a form with no issue in force."""
    document = ControlledDocument.objects.filter(form=form).first()
    issue = _held(document, on)
    if document is None or issue is None:
        return ""
    return identity(document.code, issue.number, issue.effective_date)


def _held(document: ControlledDocument | None, on: date) -> DocumentIssue | None:
    """The issue of the document that is in force on the day."""
    if document is None:
        return None
    issues = {issue.number: issue for issue in document.issues.all()}
    held = in_force((issue.facts for issue in issues.values()), on)
    return issues[held.number] if held else None
