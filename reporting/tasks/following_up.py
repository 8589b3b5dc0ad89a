"""Tasks as people read them: whose, until when, how far, and the figure then and now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from backend.clock import VN
from reporting.builders.speaking import t
from reporting.models import Briefing, BriefingState, Task, TaskOwner, TaskQuerySet, TaskState
from reporting.tasks.kpis import KPIS, Gauge, shown
from reporting.tasks.states import OPEN, State
from reporting.tasks.units import unheard


@dataclass(frozen=True, slots=True)
class TaskLine:
    """One task. `kpi_then` is the figure of the week before the decision, `kpi_now` of the last."""

    task: Task
    owners: str
    state: State
    state_name: str
    percent: int
    due: date
    days_late: int
    kpi: str = ""
    kpi_then: str = ""
    kpi_now: str = ""

    @property
    def mood(self) -> str:
        """The colour of its chip."""
        if self.days_late > 0:
            return "bad"
        moods = {State.CONFIRMED: "good", State.REPORTED: "info", State.DOING: "info"}
        return moods.get(self.state, "")


def task_lines(tasks: TaskQuerySet, *, at: datetime, measures: bool = True) -> list[TaskLine]:
    """The tasks in their order; with `measures` the figures now are read too."""
    gauge = Gauge(at=at)
    found = tasks.select_related("conclusion__briefing__series").prefetch_related(
        "owners__department", "owners__site__region", "owners__region"
    )
    on = at.astimezone(VN).date()
    return [_line(task, on, gauge if measures else None) for task in found]


def opening(briefing: Briefing, *, at: datetime) -> list[TaskLine]:
    """What earlier briefings of the series have left open: the first thing the next one looks at."""
    earlier = Briefing.objects.filter(
        series=briefing.series_id, starts_at__lt=briefing.starts_at
    ).exclude(state=BriefingState.CANCELLED)
    tasks = Task.objects.open().filter(conclusion__briefing__in=earlier.values("pk"))
    return task_lines(tasks, at=at)


def decided(briefing: Briefing, *, at: datetime) -> list[TaskLine]:
    """The briefing's own conclusions in their order, cancelled ones too."""
    tasks = Task.objects.filter(conclusion__briefing=briefing)
    return task_lines(tasks.order_by("conclusion__number"), at=at, measures=False)


def unheard_owners(briefing: Briefing) -> list[str]:
    """Units that have to do something of the briefing, and no account that hears of it."""
    tasks = Task.objects.open().filter(conclusion__briefing=briefing)
    owners = TaskOwner.objects.filter(task__in=tasks).select_related("department", "site", "region")
    return unheard(owner.unit for owner in owners.order_by("pk"))


def owners_in_words(task: Task) -> str:
    """ "Phòng Kinh doanh (chủ trì), Phòng Kho vé"."""
    owners = sorted(task.owners.all(), key=lambda owner: (not owner.is_lead, owner.pk))
    names = [str(owner.unit) for owner in owners]
    return f"{names[0]} ({t('chủ trì')}), {', '.join(names[1:])}" if len(names) > 1 else names[0]


def counted(lines: Iterable[TaskLine]) -> tuple[int, int]:
    """How many there are, and how many of them are late."""
    kept = list(lines)
    return len(kept), sum(line.days_late > 0 for line in kept)


def _line(task: Task, on: date, gauge: Gauge | None) -> TaskLine:
    state = State(task.state)
    late = (on - task.due_date).days if state in OPEN and state is not State.REPORTED else 0
    now = ""
    if task.kpi and gauge is not None:
        lead = next(owner.unit for owner in task.owners.all() if owner.is_lead)
        now = shown(task.kpi, gauge.measure(task.kpi, lead).value)
    return TaskLine(
        task=task,
        owners=owners_in_words(task),
        state=state,
        state_name=str(TaskState(state).label),
        percent=task.percent,
        due=task.due_date,
        days_late=max(late, 0),
        kpi=str(KPIS[task.kpi].name) if task.kpi else "",
        kpi_then=shown(task.kpi, task.kpi_value) if task.kpi else "",
        kpi_now=now,
    )
