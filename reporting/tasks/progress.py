"""Steps of a task: each a new row with person, time, share done and evidence."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.papers import Paper
from backend.problems import Problem
from reporting.models import Task, TaskFile, TaskOwner, TaskProgress
from reporting.tasks.states import State, percent_of, steps
from reporting.tasks.units import units_of


class StepRefused(Problem):
    status = 409
    code = "task.step_refused"
    message = _("Nhiệm vụ không chuyển được sang trạng thái này. Hãy tải lại trang rồi xem.")


class NoteMissing(Problem):
    code = "task.note_missing"
    message = _("Hãy ghi nội dung: đã làm gì, hoặc vì sao trả lại, hủy, đổi hạn.")


class DueDateRefused(Problem):
    code = "task.due_date"
    message = _("Chỉ chủ trì hoặc thư ký đổi được hạn, và hạn mới phải từ hôm nay trở đi.")


@dataclass(frozen=True, slots=True)
class Step:
    """What somebody wants to record. `due_date` None leaves the day as it is."""

    state: State
    percent: int = 0
    note: str = ""
    due_date: date | None = None
    files: Sequence[Paper] = ()


def may_take(task: Task, user: User, *, now: State) -> frozenset[State]:
    """The states the person may bring the task to."""
    is_owner = TaskOwner.objects.filter(task=task).filter(units_of(user).owned()).exists()
    is_chair = task.conclusion.briefing.is_led_by(user)
    return steps(now, is_owner=is_owner, is_chair=is_chair)


def take_step(task: Task, step: Step, *, by: User, at: datetime) -> TaskProgress:
    """Record the step with its evidence. Raises StepRefused, NoteMissing, DueDateRefused."""
    with transaction.atomic():
        (locked,) = lock_rows(Task.objects.filter(pk=task.pk))
        now = State(locked.state)
        if step.state not in may_take(task, by, now=now):
            raise StepRefused
        due = _due(locked, step, by=by, on=at.astimezone(VN).date())
        if not step.note.strip() and _needs_note(step, now, due != locked.due_date):
            raise NoteMissing
        stands = {
            "state": step.state,
            "percent": percent_of(step.state, step.percent),
            "due_date": due,
        }
        made = TaskProgress.objects.create(
            task=locked,
            number=locked.steps.count() + 1,
            **stands,
            note=step.note.strip(),
            by=by,
            at=at,
        )
        TaskFile.objects.bulk_create(
            TaskFile(
                progress=made, name=each.name, content_type=each.content_type,
                size=each.size, sha256=each.sha256, data=each.data,
            )
            for each in step.files
        )  # fmt: skip
        Task.objects.filter(pk=locked.pk).update(**stands, changed_at=at)
    return made


def _due(task: Task, step: Step, *, by: User, on: date) -> date:
    if step.due_date is None or step.due_date == task.due_date:
        return task.due_date
    if not task.conclusion.briefing.is_led_by(by) or step.due_date < on:
        raise DueDateRefused
    return step.due_date


def _needs_note(step: Step, now: State, is_moved: bool) -> bool:
    """Giving back, cancelling, a new day and "done" without evidence need words."""
    given_back = now is State.REPORTED and step.state is State.DOING
    bare = step.state is State.REPORTED and not step.files
    return given_back or bare or is_moved or step.state in (State.CANCELLED, State.NEW)
