"""Reports owed to authorities: the register as it is known, with some of it kept already."""

from datetime import datetime, timedelta
from functools import cache
from typing import Final

from django.db import transaction

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Department
from backend.papers import paper_of
from backend.pdf import PdfUnavailable, pdf
from reporting.models import Obligation, ObligationStepKind
from reporting.obligations.known import load_known
from reporting.obligations.recording import Done, record
from reporting.obligations.register import Owed, owed

UNIT: Final = "KTTC"
#: The newest period of the monthly return stays to be done.
LEFT: Final = "thue-gtgt-ttdb"


def create_obligations(*, clerk: User, chief: User, at: datetime) -> None:
    """Enter what is known, owed since half a year, and record what was done; nothing when it is there already."""
    if Obligation.objects.exists():
        return
    today = at.astimezone(VN).date()
    unit = Department.objects.filter(code=UNIT).first() or Department.objects.earliest("pk")
    with transaction.atomic():
        load_known(unit=unit, starts_on=(today - timedelta(days=180)).replace(day=1))
        lines = owed(on=today, first=today - timedelta(days=200), last=today)
        for line in lines:
            _do(line, clerk=clerk, chief=chief, at=at)


def _do(line: Owed, *, clerk: User, chief: User, at: datetime) -> None:
    """Prepared, approved and submitted two days before it was due; of one, only prepared."""
    each, period = line.obligation, line.period
    paper = _paper()
    if paper is None or line.due > at.astimezone(VN).date():
        return
    day = max(period.last + timedelta(days=1), line.due - timedelta(days=2))
    then = datetime.combine(day, at.timetz())
    done = Done(ObligationStepKind.PREPARED, paper=paper_of(paper, name=f"{each.code}.pdf"))
    record(each, period, done, by=clerk, at=then)
    if each.code == LEFT and line.due > at.astimezone(VN).date() - timedelta(days=31):
        return
    record(each, period, Done(ObligationStepKind.APPROVED), by=chief, at=then + timedelta(hours=1))
    receipt = Done(
        ObligationStepKind.SUBMITTED, submitted_on=day, receipt_number=f"TD-{day:%Y%m%d}"
    )
    record(each, period, receipt, by=clerk, at=then + timedelta(hours=2))


@cache
def _paper() -> bytes | None:
    """One page for all, for laying out each costs a start seconds; None on a server that makes no PDF."""
    text = "Báo cáo đã nộp (dữ liệu trình diễn)."
    try:
        return pdf(f"<html lang='vi'><title>{text}</title><p>{text}</p></html>")
    except PdfUnavailable:
        return None
