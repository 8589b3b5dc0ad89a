"""Whom to remind of overdue debt, and what came of it (nhắc nợ)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem
from sales.models import Agent, DunningChannel, DunningNotice
from sales.money.debts import Debt, debts_on

#: From so many days overdue on a debt is reminded of at level 1, 2, 3: the spans debts are aged by
#: (`engine.ageing.BUCKETS`), the company's own; no law names them. They are told in words on
#: the page, in its workbook and by the API (`dunning.html`, `pages/dunning.py`, `api/debts.py`), and
#: the database takes no other level (`DunningNotice`).
LEVEL_FROM_DAYS: Final = (1, 8, 31)
LEVELS: Final = tuple(range(1, len(LEVEL_FROM_DAYS) + 1))


class NobodyToRemind(Problem):
    code = "dunning.nobody"
    message = _("Hãy chọn ít nhất một đại lý đang có nợ quá hạn.")


class PromiseInThePast(Problem):
    code = "dunning.promise"
    message = _("Ngày hẹn nộp phải từ hôm nay trở đi.")


@dataclass(frozen=True, slots=True)
class Overdue:
    """An agent in arrears on the day, with the last reminder he got.

    `level` is one of LEVELS, by the `days` its oldest debt is overdue.
    `is_promise_broken`: he promised an earlier day and still owes what was due.
    """

    debt: Debt
    level: int
    days: int
    last: DunningNotice | None
    is_promise_broken: bool


def overdue_on(day: date, *, path: str | None = None) -> list[Overdue]:
    """Agents in arrears, the longest and greatest first; three queries."""
    late = [debt for debt in debts_on(day, path=path) if debt.age.overdue > 0]
    notices = DunningNotice.objects.filter(agent__in=[debt.agent_id for debt in late], on__lte=day)
    newest = notices.order_by("agent_id", "-pk").distinct("agent_id")
    last = {notice.agent_id: notice for notice in newest}
    rows = [_overdue(debt, last.get(debt.agent_id), day) for debt in late]
    return sorted(rows, key=lambda row: (-row.level, -row.debt.age.overdue, row.debt.code))


def level_of(days: int) -> int:
    """How strongly to remind of a debt so many days (1 or more) overdue: one of LEVELS."""
    return sum(days >= start for start in LEVEL_FROM_DAYS)


def record_notices(
    codes: Sequence[str],
    *,
    channel: DunningChannel,
    promised: date | None,
    note: str,
    by: User,
    at: datetime,
) -> int:
    """Write down that these agents were reminded today; agents without arrears are left out.

    Answers how many. Raises NobodyToRemind, PromiseInThePast.
    """
    today = at.astimezone(VN).date()
    if promised is not None and promised < today:
        raise PromiseInThePast
    wanted = set(codes)
    late = [row for row in overdue_on(today, path=by.scope_path) if row.debt.code in wanted]
    if not late:
        raise NobodyToRemind
    reminded = Agent.objects.filter(pk__in=[row.debt.agent_id for row in late])
    regions = dict(reminded.values_list("pk", "region_id"))
    DunningNotice.objects.bulk_create(
        DunningNotice(
            agent_id=row.debt.agent_id,
            region_id=regions[row.debt.agent_id],
            on=today,
            level=row.level,
            overdue_amount=row.debt.age.overdue,
            oldest_due=today - timedelta(days=row.days),
            channel=channel,
            promised_date=promised,
            note=note.strip(),
            by=by,
            at=at,
        )
        for row in late
    )
    return len(late)


def _overdue(debt: Debt, last: DunningNotice | None, day: date) -> Overdue:
    oldest = debt.age.oldest_due
    days = (day - oldest).days if oldest else 0
    promised = last.promised_date if last else None
    is_broken = promised is not None and oldest is not None and oldest <= promised < day
    return Overdue(debt, level_of(days), days, last, is_broken)
