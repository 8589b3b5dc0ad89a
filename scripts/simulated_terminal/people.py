"""Believable punches: who comes and goes when, with human disorder. A function of seed and date.

The same people, seed and date always give the same punches, so a terminal that is started again
has the log it had, and a demonstration can load history that matches its terminals exactly.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final, Self

from scripts.simulated_terminal.log import DeviceUser, LogPunch

_DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Span = tuple[time, time]


@dataclass(frozen=True)
class Person:
    """Somebody on a terminal; see the package's docstring for the file's form."""

    user_id: str
    name: str
    week: Mapping[str, Sequence[Span]]
    first_date: date | None = None
    last_date: date | None = None
    away: Sequence[tuple[date, date]] = ()
    dates: Mapping[date, Sequence[Span]] = field(default_factory=dict)

    @classmethod
    def from_json(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            user_id=str(item["user_id"]),
            name=item.get("name", ""),
            week={day: _spans(spans) for day, spans in item.get("week", {}).items()},
            first_date=_date(item.get("from")),
            last_date=_date(item.get("to")),
            away=[
                (date.fromisoformat(first), date.fromisoformat(last))
                for first, last in item.get("away", ())
            ],
            dates={
                date.fromisoformat(day): _spans(spans)
                for day, spans in item.get("dates", {}).items()
            },
        )

    def spans_on(self, day: date, *, holiday: bool) -> Sequence[Span]:
        """When the person means to work on `day`."""
        if (self.first_date and day < self.first_date) or (self.last_date and day > self.last_date):
            return ()
        if any(first <= day <= last for first, last in self.away):
            return ()
        if day in self.dates:
            return self.dates[day]
        return () if holiday else self.week.get(_DAYS[day.weekday()], ())


def _spans(spans: Sequence[Sequence[str]]) -> list[Span]:
    return [(time.fromisoformat(start), time.fromisoformat(end)) for start, end in spans]


def _date(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


@dataclass(frozen=True)
class Crowd:
    """Everybody on one terminal."""

    people: Sequence[Person]
    seed: str
    holidays: frozenset[date] = frozenset()

    @classmethod
    def from_file(cls, path: Path, *, seed: str) -> Self:
        return cls.from_json(json.loads(path.read_text(encoding="utf-8")), seed=seed)

    @classmethod
    def from_json(cls, content: Mapping[str, Any], *, seed: str) -> Self:
        return cls(
            people=[Person.from_json(item) for item in content["people"]],
            seed=seed,
            holidays=frozenset(date.fromisoformat(day) for day in content.get("holidays", ())),
        )

    def users(self) -> list[DeviceUser]:
        return [
            DeviceUser(uid, person.user_id, person.name)
            for uid, person in enumerate(self.people, start=1)
        ]

    def punches_on(self, day: date) -> list[LogPunch]:
        """All punches of people who came on `day`, in order of time (nights end on the next day)."""
        found = [
            punch
            for person in self.people
            for punch in punches_of(
                person.user_id,
                person.spans_on(day, holiday=day in self.holidays),
                day,
                seed=self.seed,
            )
        ]
        return sorted(found, key=lambda punch: (punch.time, punch.user_id))

    def punches_between(self, after: datetime, until: datetime) -> Iterator[LogPunch]:
        """Punches with `after` < time <= `until`, in order of time."""
        found: list[LogPunch] = []
        day = after.date() - timedelta(days=1)
        while day <= until.date():
            found.extend(punch for punch in self.punches_on(day) if after < punch.time <= until)
            day += timedelta(days=1)
        yield from sorted(found, key=lambda punch: (punch.time, punch.user_id))


def punches_of(user_id: str, spans: Sequence[Span], day: date, *, seed: str) -> Iterator[LogPunch]:
    """What one person's spans of a day leave in the log.

    Most come a few minutes early and leave a few minutes late; some are late, leave early, forget
    to punch, press twice, or press the wrong in/out key. The rates are those seen in real logs.
    """
    if not spans:
        return
    chance = Random(f"{seed}/{user_id}/{day}")  # noqa: S311 - a repeatable play, no secret
    verify = 15 if int.from_bytes(user_id.encode(), "big") % 5 == 0 else 1
    if chance.random() < 0.012:
        return  # did not come
    for start, end in spans:
        arrive = datetime.combine(day, start)
        leave = datetime.combine(day if end > start else day + timedelta(days=1), end)
        late = chance.random() < 0.04
        early = chance.random() < 0.02
        come = arrive + timedelta(
            seconds=chance.randrange(60, 2100) if late else -int(chance.triangular(20, 1500, 420))
        )
        go = leave + timedelta(
            seconds=-chance.randrange(120, 3000) if early else int(chance.triangular(5, 2400, 300))
        )
        for moment, state in ((come, 0), (go, 1)):
            if chance.random() < 0.012:
                continue  # forgot
            wrong_key = chance.random() < 0.02
            punch = LogPunch(user_id, moment, verify, 1 - state if wrong_key else state)
            yield punch
            if chance.random() < 0.03:
                yield punch._replace(time=moment + timedelta(seconds=chance.randrange(0, 40)))
