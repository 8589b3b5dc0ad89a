"""A conclusion typed during a briefing is a task at once; taking it back cancels the task."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from reporting.briefings.leading import require_leader
from reporting.models import (
    Briefing,
    BriefingState,
    Conclusion,
    Task,
    TaskOwner,
    TaskProgress,
)
from reporting.tasks.conclusion_line import Fault, read_conclusion
from reporting.tasks.kpis import KPIS, Gauge, known_kpis
from reporting.tasks.states import State
from reporting.tasks.units import Unit, known_units, unit_of

_WORDS: Final = {
    "no_text": gettext_lazy(
        "Chưa có nội dung kết luận. Hãy gõ việc phải làm trước các dấu @ và #."
    ),
    "too_long": gettext_lazy("Kết luận dài {piece} ký tự; mỗi kết luận nhiều nhất 2.000 ký tự."),
    "no_unit": gettext_lazy("Chưa có đơn vị thực hiện. Hãy thêm @ và mã phòng ban, ví dụ @KD."),
    "unknown_unit": gettext_lazy("Không có đơn vị «{piece}».{near}"),
    "no_day": gettext_lazy("Chưa có hạn. Hãy thêm # và ngày, ví dụ #30/11."),
    "two_days": gettext_lazy("Có nhiều hơn một hạn ({piece}). Hãy để lại một."),
    "not_a_day": gettext_lazy(
        "Hạn «{piece}» không phải một ngày. Hãy viết ngày/tháng, ví dụ #30/11."
    ),
    "past_day": gettext_lazy("Hạn «{piece}» đã qua. Hãy viết một ngày từ hôm nay trở đi."),
    "far_day": gettext_lazy("Hạn «{piece}» quá xa. Hãy viết một ngày trong ba năm tới."),
    "two_kpis": gettext_lazy("Có nhiều hơn một chỉ tiêu ({piece}). Hãy để lại một."),
    "unknown_kpi": gettext_lazy("Không có chỉ tiêu «{piece}».{near}"),
}


class ConclusionRefused(Problem):
    """The line cannot be a conclusion; `details["errors"]` names each wrong piece."""

    code = "conclusion.refused"

    def __init__(self, faults: Sequence[Fault]) -> None:
        words = [_told(fault) for fault in faults]
        errors = [
            {"code": fault.code, "piece": fault.piece, "message": told}
            for fault, told in zip(faults, words, strict=True)
        ]
        super().__init__(" ".join(words), details={"errors": errors})


class NotInSession(Problem):
    """Conclusions belong to a briefing that has begun and is not closed."""

    status = 409
    code = "briefing.not_open"
    message = gettext_lazy("Phiên họp chưa khai mạc hoặc đã bế mạc nên không ghi được kết luận.")


def conclude(briefing: Briefing, line: str, *, by: User, at: datetime) -> Task:
    """Keep the line as the next conclusion, with its task, owners and first step: all or nothing.

    Raises NotLeading, NotInSession, ConclusionRefused.
    """
    require_leader(briefing, by)
    read = read_conclusion(
        line, today=at.astimezone(VN).date(), units=known_units(), kpis=known_kpis()
    )
    if isinstance(read, tuple):
        raise ConclusionRefused(read)
    owners = [unit for key in read.units if (unit := unit_of(key)) is not None]
    measured = Gauge(at=at).measure(read.kpi, owners[0]) if read.kpi else None
    with transaction.atomic():
        number = _next_number(briefing)
        conclusion = Conclusion.objects.create(
            briefing=briefing, number=number, text=read.text, line=line, by=by, at=at
        )
        task = Task.objects.create(
            conclusion=conclusion,
            first_due_date=read.due,
            due_date=read.due,
            changed_at=at,
            kpi=read.kpi,
            kpi_value=measured.value if measured else None,
            kpi_first_date=measured.first if measured else None,
            kpi_last_date=measured.last if measured else None,
        )
        TaskOwner.objects.bulk_create(_owners(task, owners))
        TaskProgress.objects.create(
            task=task, number=1, state=State.NEW, percent=0, due_date=read.due, by=by, at=at
        )
    return task


def _next_number(briefing: Briefing) -> int:
    """Numbers follow each other because the briefing's row is locked. Raises NotInSession."""
    (locked,) = lock_rows(Briefing.objects.filter(pk=briefing.pk))
    if locked.state != BriefingState.OPEN:
        raise NotInSession
    last = Conclusion.objects.filter(briefing=briefing).aggregate(last=Max("number"))["last"]
    return (last or 0) + 1


def _owners(task: Task, units: Sequence[Unit]) -> list[TaskOwner]:
    return [
        TaskOwner(task=task, is_lead=place == 0, **{type(unit).__name__.lower(): unit})
        for place, unit in enumerate(units)
    ]


def _told(fault: Fault) -> str:
    near = ""
    if fault.code == "unknown_unit" and fault.near:
        near = " " + _("Có phải là {near}?").format(
            near=", ".join(f"@{key.partition('-')[2]}" for key in fault.near)
        )
    elif fault.code == "unknown_unit":
        near = " " + _("Hãy dùng mã phòng ban, chi nhánh hoặc địa bàn.")
    elif fault.code == "unknown_kpi":
        near = " " + _("Dùng được: {near}.").format(
            near=", ".join(KPIS[code].aliases[0] for code in fault.near)
        )
    return str(_WORDS[fault.code]).format(piece=fault.piece[:60], near=near)
