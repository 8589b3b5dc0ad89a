"""Unsold tickets declared by agents: a sheet opens with what each says comes back."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction

from backend.accounts.models import User
from sales.engine.bodies import Fault
from sales.engine.return_rules import declaration_faults
from sales.ledger.recording import LinesRefused
from sales.models import Agent, Draw, DrawClose, ReturnSheet, ReturnState, Source
from sales.tickets.return_steps import known_products, late_days, take_step, tally


def declare_return(
    *,
    agent: str,
    day: date,
    tickets: Mapping[str, int],
    by: User,
    at: datetime,
    note: str = "",
    source: Source = Source.API,
) -> ReturnSheet:
    """Open a sheet with what the agent declares, tickets by product code.

    Raises LinesRefused, ReturnsClosed.
    """
    sent = {agent: tickets}
    return declare_returns(day=day, tickets=sent, by=by, at=at, note=note, source=source)[0]


def declare_returns(
    *,
    day: date,
    tickets: Mapping[str, Mapping[str, int]],
    by: User,
    at: datetime,
    note: str = "",
    source: Source = Source.API,
) -> list[ReturnSheet]:
    """Open a sheet an agent, all or none, from tickets by agent and product code.

    Raises LinesRefused whose rows count the agents, ReturnsClosed.
    """
    agents = {agent.code: agent for agent in Agent.objects.visible_to(by).filter(code__in=tickets)}
    draw = Draw.objects.filter(date=day).first()
    faults = _faults(tickets, agents)
    if draw is None:
        faults.append(Fault(1, "draw_date", "draw.none", {"date": day}))
    elif DrawClose.objects.filter(draw=draw).exists():  # it could never be confirmed
        faults.append(Fault(1, "draw_date", "draw.closed", {"date": day}))
    if faults or draw is None:
        raise LinesRefused(faults)
    late = late_days([draw.date], at)
    with transaction.atomic():
        sheets = ReturnSheet.objects.bulk_create(
            ReturnSheet(
                agent=agents[code], draw=draw, region_id=agents[code].region_id, source=source
            )
            for code in tickets
        )
        steps = take_step(ReturnState.DECLARED, sheets, by=by, at=at, note=note, late=late)
        tally(dict(zip(steps, tickets.values(), strict=True)))
    return sheets


def _faults(tickets: Mapping[str, Mapping[str, int]], agents: Mapping[str, Agent]) -> list[Fault]:
    products = known_products(code for each in tickets.values() for code in each)
    return [
        fault
        for row, (agent, each) in enumerate(tickets.items(), 1)
        for fault in _faults_of_one(row, agent, each, products, known=agent in agents)
    ]


def _faults_of_one(
    row: int, agent: str, tickets: Mapping[str, int], products: frozenset[str], *, known: bool
) -> list[Fault]:
    faults = declaration_faults(tickets, products)
    if not known:
        faults.append(Fault(row, "agent", "agent.unknown", {"agent": agent}))
    return [replace(fault, row=row) for fault in faults]
