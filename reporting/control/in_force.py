"""Under which issue of which controlled document a report is made on a day."""

from datetime import date

from reporting.builders.content import ControlledUnder
from reporting.control.rules import in_force
from reporting.models import ControlledDocument


def controlled_under(report: str, *, on: date) -> tuple[ControlledUnder | None, str]:
    """The issue in force and the SHA-256 of its Word template ("" without one); (None, "") without issue."""
    document = ControlledDocument.objects.filter(report=report).first()
    if document is None:
        return None, ""
    issues = {issue.number: issue for issue in document.issues.all()}
    held = in_force((issue.facts for issue in issues.values()), on)
    if held is None:
        return None, ""
    return (
        ControlledUnder(document.code, held.number, held.effective),
        issues[held.number].sha256,
    )
