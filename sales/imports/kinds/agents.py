"""Files of new agents; they are no batch of the ledgers (đại lý mới)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ProtectedError
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.org.models import Region
from backend.problems import Problem
from sales.engine.bodies import Fault
from sales.engine.import_kinds import AgentLine
from sales.ledger.recording import LinesRefused
from sales.ledger.steps import Begins, Step
from sales.models import Agent, ImportFile


class AgentsInUse(Problem):
    status = 409
    code = "import.agents_in_use"
    message = _(
        "Có đại lý trong tệp đã phát sinh hồ sơ hoặc bút toán nên không hoàn tác được. Hãy cho từng đại "
        "lý ấy ngừng hoạt động ở trang đại lý."
    )


def faults(lines: Sequence[AgentLine], by: User, _at: datetime) -> list[Fault]:
    codes, regions = _known(lines, by)
    seen: dict[str, int] = {}
    found = []
    for row, line in enumerate(lines, 1):
        if seen.setdefault(line.code, row) != row:
            found.append(Fault(row, "code", "import.agent_twice", {"first": seen[line.code]}))
        if line.code in codes:
            found.append(Fault(row, "code", "import.agent_exists", {"agent": line.code}))
        if line.region not in regions:
            found.append(Fault(row, "region", "import.region_unknown", {"region": line.region}))
    return found


def _known(lines: Sequence[AgentLine], by: User) -> tuple[set[str], dict[str, int]]:
    """Codes that are taken, and the regions in force the person may use."""
    codes = set(
        Agent.objects.filter(code__in={line.code for line in lines}).values_list("code", flat=True)
    )
    regions = Region.objects.in_scope(by.scope_path).filter(
        code__in={line.region for line in lines}, valid_to=None
    )
    return codes, dict(regions.values_list("code", "pk"))


def record(
    lines: Sequence[AgentLine], by: User, at: datetime, _sent: datetime, _note: str, begins: Begins
) -> None:
    """Each as a new agent; a list of agents is no batch of the ledgers."""
    begins(Step.CHECKING)
    if found := faults(lines, by, at):
        raise LinesRefused(found)
    begins(Step.WRITING)
    _codes, regions = _known(lines, by)
    try:
        with transaction.atomic():
            for line in lines:
                Agent(
                    code=line.code,
                    name=line.name,
                    kind=line.kind,
                    region_id=regions[line.region],
                    opened_date=line.opened_date,
                    commission_bps=line.commission_bps,
                    credit_limit_amount=line.credit_limit_amount,
                ).save()
    except IntegrityError:
        if found := faults(lines, by, at):  # somebody was faster
            raise LinesRefused(found) from None
        raise


def undo(
    _file: ImportFile, lines: Sequence[Any], _reason: str, by: User, _at: datetime, begins: Begins
) -> None:
    """Agents nobody has used since are gone; their history stays. Raises AgentsInUse."""
    codes = [line.code for line in lines]
    begins(Step.WRITING)
    try:
        Agent.objects.visible_to(by).filter(code__in=codes).delete()
    except ProtectedError as error:
        raise AgentsInUse from error
