"""What is to be made. The same plan makes the same company."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from backend.clock import VN


@dataclass(frozen=True)
class Plan:
    """How large a company, and for which day. Draws before `today` have been held."""

    today: date
    seed: int = 1679
    employees: int = 160
    agents: int = 320
    draw_days: int = 3 * 365
    punch_days: int = 396
    #: Punches of the last days stand in the logs of the simulated terminals, not in the database.
    log_days: int = 30
    #: So far back a draw whose result no file tells is given invented numbers.
    result_days: int = 60

    @property
    def first_draw(self) -> date:
        return self.today - timedelta(days=self.draw_days)

    @property
    def first_punch(self) -> date:
        return self.today - timedelta(days=self.punch_days)

    @property
    def first_logged(self) -> date:
        return self.today - timedelta(days=self.log_days)

    @property
    def story_starts(self) -> date:
        """Monday of the last whole week: what a briefing of that week or of this one should tell."""
        return self.today - timedelta(days=self.today.weekday() + 7)

    def luck(self, topic: str) -> random.Random:
        """Chance of its own for each topic, so that a change in one leaves the others alone."""
        return random.Random(f"{self.seed}:{topic}")  # noqa: S311 - made-up data, no secret


def days(first: date, last: date) -> Iterator[date]:
    """Every day of [first, last], both included."""
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def local(day: date, hour: int, minute: int = 0) -> datetime:
    """That moment in Vietnam."""
    return datetime.combine(day, time(hour, minute), tzinfo=VN)
