"""What is missing from a report, and how much of the usual revenue may hide behind it."""

from collections.abc import Callable
from typing import Any

from attendance import figures as attendance_figures
from reporting.assembling import Failed
from reporting.builders import content
from reporting.defining import Asked, ScopeKind, Source
from sales import figures as sales_figures

#: Reads something under a name, or gives a `Failed`.
Part = Callable[[str, Callable[[], Any]], Any]


def of(sources: frozenset[Source], asked: Asked, part: Part) -> content.Completeness:
    """Which of the sources have not reported. People's terminals are the whole company's affair."""
    failures: list[content.Failure] = []
    agents: sales_figures.Completeness | Failed | None = None
    terminals: tuple[content.MissingTerminal, ...] = ()
    if Source.AGENTS in sources and asked.scope.kind is not ScopeKind.DEPARTMENT:
        agents = part("agents", lambda: _agents(asked, needs_returns=Source.RETURNS in sources))
        if isinstance(agents, Failed):
            failures.append(content.Failure("Đại lý còn thiếu", agents.reason))
    if Source.TERMINALS in sources and asked.scope.kind is ScopeKind.COMPANY:
        silent = part("terminals", lambda: _terminals(asked))
        if isinstance(silent, Failed):
            failures.append(content.Failure("Máy chấm công còn thiếu", silent.reason))
        else:
            terminals = silent
    return _found(agents, terminals, tuple(failures))


def _agents(asked: Asked, *, needs_returns: bool) -> sales_figures.Completeness:
    period, path = asked.period, asked.scope.path
    return sales_figures.completeness(period.first, period.last, path, needs_returns=needs_returns)


def _terminals(asked: Asked) -> tuple[content.MissingTerminal, ...]:
    """Those silent since before the period ended."""
    silent = attendance_figures.silent_terminals(asked.period.ends_at)
    return tuple(
        content.MissingTerminal(each.code, each.name, each.last_contact_at) for each in silent
    )


def _found(
    agents: sales_figures.Completeness | Failed | None,
    terminals: tuple[content.MissingTerminal, ...],
    failures: tuple[content.Failure, ...],
) -> content.Completeness:
    if agents is None or isinstance(agents, Failed):
        return content.Completeness(terminals=terminals, failures=failures)
    return content.Completeness(
        expected=agents.expected,
        reported=agents.reported,
        missing_share_bps=agents.missing_share_bps,
        agents=tuple(
            content.MissingAgent(
                agent.code, agent.name, agent.region, agent.draws, agent.usual_share_bps
            )
            for agent in agents.missing
        ),
        terminals=terminals,
        failures=failures,
    )
