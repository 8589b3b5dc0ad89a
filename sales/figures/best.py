"""The best rows of an answer that is far longer than its limit.

To put all rows in order takes longer than to add them up. A part of them tells how good a row must be,
and those as good are put in order: if they are enough, no other can be among the best.
"""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, sqrt
from typing import Final

from sales.figures.asked import Asked
from sales.figures.day_facts import are_days_of_agents
from sales.figures.rows import rows_of
from sales.figures.sources import Calendar
from sales.figures.summary_sql import Columns, columns_for, measures_in

#: How many of the best rows a sample should hold, and how many pages of a hundred it may be.
_ENOUGH: Final = 300
_LEAST_SHARE: Final = 1
_MOST_SHARE: Final = 5
#: How many times as many rows as are told should be good enough, beside what is chance.
_MORE: Final = 1.2
_SOME_AGENTS: Final = "select id from sales_agent where mod(id, 100 / %(share)s) = 0"


def best_columns(asked: Asked, calendar: Calendar) -> Columns:
    """As `columns_for`."""
    for at_least in _guesses(asked, calendar):
        columns = columns_for(replace(asked, at_least=at_least), calendar)
        if len(columns[-1]) > asked.limit:
            return columns
    return columns_for(asked, calendar)


def _guesses(asked: Asked, calendar: Calendar) -> Iterator[int]:
    """How good a row must be, by a sample: first what somewhat more rows than asked for should be."""
    share = min(max(ceil(100 * _ENOUGH / asked.limit), _LEAST_SHARE), _MOST_SHARE)
    if are_days_of_agents(asked):
        share = _LEAST_SHARE  # each row holds a month of them
    measures = measures_in(replace(asked, sample=share), calendar)
    if not measures and asked.is_by_agent:
        share = _MOST_SHARE
        agents = tuple(pk for (pk,) in rows_of(_SOME_AGENTS, share=share))
        measures = measures_in(replace(asked, agents=agents), calendar)
    expected = (asked.limit + 1) * share / 100
    rank = ceil(_MORE * expected + 3 * sqrt(expected))
    found = sorted(measures, reverse=True)
    while rank < len(found):
        yield found[rank]
        rank *= 2
