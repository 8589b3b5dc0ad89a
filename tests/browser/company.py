"""The company the browser tests look at: the demonstration, smaller, brought up to this minute."""

from datetime import timedelta

from attendance.models import RosterEntry
from attendance.timesheets import recompute_dirty
from backend import clock
from backend.accounts.models import Role, User
from backend.jobs import queue, work
from reporting.models import Edition
from reporting.setup import ensure_weekly_briefing
from scripts.demonstration.load import load
from scripts.demonstration.plan import Plan
from tests.conftest import PASSWORD


def make_company() -> dict[str, str]:
    """Fill the database; returns addresses of single things that every page test may open."""
    at = clock.now()
    today = clock.today()
    plan = Plan(today=today, agents=60, employees=40, draw_days=400, punch_days=45, log_days=0)
    load(plan, at=at)
    while recompute_dirty(at=at):
        pass
    people = {role: _account(role) for role in Role}
    ensure_weekly_briefing([people[Role.EXECUTIVE]], first_due_at=at, at=at)
    queue.materialise(at=queue.database_now())
    work.work_off(worker="browser-tests:1")
    entry = RosterEntry.objects.filter(work_date=today - timedelta(days=1)).order_by("pk")[0]
    return {
        "edition": Edition.objects.get().code,
        "employee": entry.employee.code,
        "day": entry.work_date.isoformat(),
    }


def _account(role: Role) -> User:
    """Named like the role, with the password of all tests."""
    return User.objects.create_user(role.value, f"{role}@giaoban.example", PASSWORD, role=role)
