"""What is missing from a report, and how much of the usual revenue may hide behind it."""

from reporting.builders import briefing as shape
from sales.figures import Completeness


def found(
    *,
    agents: Completeness | None,
    terminals: tuple[shape.MissingTerminal, ...],
    failures: tuple[shape.Failure, ...],
) -> shape.Completeness:
    """The missing agents, terminals and parts together. `agents` None: that could not be asked."""
    if agents is None:
        return shape.Completeness(terminals=terminals, failures=failures)
    return shape.Completeness(
        expected=agents.expected,
        reported=agents.reported,
        missing_share_bps=agents.missing_share_bps,
        agents=tuple(
            shape.MissingAgent(
                agent.code, agent.name, agent.region, agent.draws, agent.usual_share_bps
            )
            for agent in agents.missing
        ),
        terminals=terminals,
        failures=failures,
    )
