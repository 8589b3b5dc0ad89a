"""Files of tickets given out and brought back: a batch of the ledger of tickets (giao vé, vé trả)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import F, OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from sales.engine.bodies import Fault
from sales.engine.lines import Line
from sales.ledger.recording import LinesRefused, record_sales, sales_faults
from sales.ledger.steps import Begins
from sales.models import ConsignmentEntry, ImportFile, RecordingBatch, Source


class UndoRefused(Problem):
    """`details["errors"]` names the agent and draw of each line that cannot be taken back."""

    status = 409
    code = "import.undo_refused"
    message = _(
        "Có dòng của tệp không lấy lại được, nên chưa hoàn tác dòng nào. Hãy điều chỉnh những gì đã ghi "
        "sau tệp này rồi hoàn tác lại."
    )

    def __init__(self, lines: Sequence[Line], refused: LinesRefused) -> None:
        errors = refused.details["errors"]
        super().__init__(details={"errors": [_of_line(lines[e["row"] - 1], e) for e in errors]})


def _of_line(line: Line, error: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with taking a line back, by whose it is: it has no row of the file."""
    told = {name: value for name, value in error.items() if name not in ("row", "field")}
    return {"agent": line.agent, "draw_date": line.draw_date, "product": line.product} | told


def faults(lines: Sequence[Line], by: User, at: datetime) -> list[Fault]:
    return sales_faults(lines, by=by, at=at)


def record(
    lines: Sequence[Line], by: User, at: datetime, sent: datetime, _note: str, begins: Begins
) -> RecordingBatch | None:
    made = record_sales(by=by, at=at, lines=lines, source=Source.IMPORT, begins=begins, sent=sent)
    return made.batch


# Whoever corrects an entry of the batch holds its total, too.
_HOLD = """
    select from sales_agentdrawtotal total
    where exists (
        select from sales_consignmententry entry
        where entry.batch_id = %s and (entry.agent_id, entry.product_id, entry.draw_id)
            = (total.agent_id, total.product_id, total.draw_id)
    )
    order by agent_id, product_id, draw_id for update of total
"""


def undo(
    file: ImportFile, _lines: Sequence[Any], reason: str, by: User, at: datetime, begins: Begins
) -> RecordingBatch | None:
    """What corrects every entry of the batch, as corrected since, in one batch. Raises UndoRefused."""
    with connection.cursor() as cursor:  # so that nobody corrects what we are about to take back
        cursor.execute(_HOLD, [file.batch_id])
    lines = _reversals(file, reason)
    if not lines:
        return None
    try:
        return record_sales(by=by, at=at, lines=lines, source=Source.IMPORT, begins=begins).batch
    except LinesRefused as refused:
        raise UndoRefused(lines, refused) from refused


def _reversals(file: ImportFile, reason: str) -> list[Line]:
    since = ConsignmentEntry.objects.filter(corrects=OuterRef("pk")).values("corrects")
    entries = (
        ConsignmentEntry.objects.filter(batch=file.batch_id)
        .annotate(
            left=F("issued") + Coalesce(Subquery(since.annotate(n=Sum("issued")).values("n")), 0),
            left_returned=F("returned")
            + Coalesce(Subquery(since.annotate(n=Sum("returned")).values("n")), 0),
        )
        .order_by("pk")
        .values_list("pk", "draw_date", "agent__code", "product__code", "left", "left_returned")
    )
    return [
        Line(day, agent, product, -issued, -returned, corrects=pk, reason=reason)
        for pk, day, agent, product, issued, returned in entries
        if issued or returned
    ]
