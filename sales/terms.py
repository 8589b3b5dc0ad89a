"""What an agent's contract says on a day, and the rule where it says nothing."""

from datetime import date

from sales.models import Agent, AgentContract, RuleKey
from sales.rules import rule_value


def debt_term_days(agent: Agent, *, on: date) -> int:
    """Within how many days from the draw the agent pays."""
    contract = AgentContract.objects.filter(agent=agent).in_force(on).first()
    if contract is not None and contract.settlement_days is not None:
        return contract.settlement_days
    return rule_value(RuleKey.DEBT_TERM_DAYS, on) or 0
