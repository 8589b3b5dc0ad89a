"""What agents' contracts say on a day, and the rules where they say nothing."""

from datetime import date
from typing import Final

from django.db.models import Max

from sales.models import AgentContract, RuleKey
from sales.rules import rule_value

#: Each agent's `term` of payment in days on the day %(on)s; by the rule where no contract names one.
TERMS: Final = f"""
    select agent.id as agent_id, coalesce(contract.settlement_days, (
        select value from sales_salesrule
        where key = '{RuleKey.DEBT_TERM_DAYS.value}' and valid_from <= %(on)s
          and (valid_to is null or valid_to >= %(on)s)
        order by valid_from desc, id desc limit 1
    ), 0)::int as term
    from sales_agent agent
    left join sales_agentcontract contract on contract.agent_id = agent.id
        and contract.valid_from <= %(on)s
        and (contract.valid_to is null or contract.valid_to >= %(on)s)
"""  # noqa: S608 -- names of our own


def _rule_term(on: date) -> int:
    """Days from the draw in which an agent pays whose contract does not say."""
    return rule_value(RuleKey.DEBT_TERM_DAYS, on) or 0


def longest_term(on: date) -> int:
    """The longest term of payment of any agent on the day, in days."""
    contracts = AgentContract.objects.in_force(on).aggregate(days=Max("settlement_days"))
    return max(_rule_term(on), contracts["days"] or 0)
