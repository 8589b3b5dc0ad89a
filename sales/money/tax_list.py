"""The yearly tax list of agents as a file with everybody's numbers, each time written down."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem
from backend.sealing import CannotUnseal
from sales.figures.agent_taxes import AgentTax, TaxYear, tax_year
from sales.models import Agent, TaxListExport, TaxListFormat
from sales.whole_company import require_whole_company


class IdentityUnreadable(Problem):
    status = 409
    code = "agent.identity_unreadable"
    message = _(
        "Không đọc được mã số thuế hoặc số giấy tờ của đại lý %(agent)s vì khóa mã hóa của máy chủ đã đổi. "
        "Hãy nhập lại số ấy ở hồ sơ đại lý rồi xuất lại."
    )

    def __init__(self, agent: str) -> None:
        super().__init__(self.message % {"agent": agent})


@dataclass(frozen=True, slots=True)
class TaxList:
    """A year with the number to be shown of each agent's code; empty where none is known."""

    told: TaxYear
    numbers: Mapping[str, str]
    is_full: bool

    def number(self, person: AgentTax) -> str:
        return self.numbers.get(person.agent, "")


def seen_tax_year(year: int, *, by: User) -> TaxYear:
    """The year as the page tells it, numbers masked. Raises WholeCompanyOnly."""
    require_whole_company(by)
    last = TaxListExport.objects.filter(year=year, shows_numbers=True).order_by("-pk").first()
    return tax_year(year, since=last.at if last else None)


def hand_out(
    year: int,
    kind: TaxListFormat,
    make: Callable[[TaxList], bytes],
    *,
    full: bool,
    by: User,
    at: datetime,
) -> bytes:
    """The file `make` makes of the year, once it is written down who took it.

    `full`: with tax and identity numbers as they are. Raises WholeCompanyOnly,
    IdentityUnreadable.
    """
    told = seen_tax_year(year, by=by)
    shown = {each.agent: each.number for each in told.people}
    content = make(TaxList(told, _numbers(told) if full else shown, full))
    TaxListExport.objects.create(
        year=year,
        format=kind,
        shows_numbers=full,
        people=len(told.people),
        revenue_amount=told.total("revenue_amount"),
        withheld_amount=told.total("withheld_amount"),
        digest=sha256(content).hexdigest(),
        by=by,
        at=at,
    )
    return content


def _numbers(told: TaxYear) -> dict[str, str]:
    """The tax code in full or, where there is none, the number of the identity paper."""
    agents = Agent.objects.filter(code__in=[each.agent for each in told.people])
    return {agent.code: _number(agent) for agent in agents.order_by("code")}


def _number(agent: Agent) -> str:
    try:
        return agent.tax_number() or agent.identity_number()
    except CannotUnseal:
        raise IdentityUnreadable(agent.code) from None
