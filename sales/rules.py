"""The rules in force on a day, and the ones shipped with the program."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from sales.models import RuleKey, SalesRule

SHIPPED = Path(__file__).parent / "data" / "sales-rules.json"
#: For a statement: every rule of %(keys)s, the newest last; JSON, for `rules_read`.
RULES_TOLD: Final = """
    select json_agg(
        json_build_array(key, value, valid_from, valid_to, is_confirmed) order by valid_from, id
    )::text
    from sales_salesrule where key = any(%(keys)s)
"""


def rule_value(key: RuleKey, on: date, *, confirmed: bool = False) -> int | None:
    """The value in force on the day in the unit of its key; None where no rule holds.

    `confirmed`: only what somebody has confirmed counts.
    """
    rules = SalesRule.objects.in_force(on).filter(key=key)
    if confirmed:
        rules = rules.filter(is_confirmed=True)
    newest = rules.order_by("-valid_from", "-pk").values_list("value", flat=True)
    return newest.first()


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules in force on a day, by key."""

    by_key: Mapping[str, tuple[int, bool]]

    def value(self, key: RuleKey) -> int | None:
        """In the unit of its key; None where no rule holds."""
        found = self.by_key.get(key)
        return found[0] if found else None

    def is_confirmed(self, key: RuleKey) -> bool:
        found = self.by_key.get(key)
        return bool(found and found[1])


class Rule(NamedTuple):
    """A rule as figures need it."""

    key: str
    value: int
    valid_from: date
    valid_to: date | None
    is_confirmed: bool


@dataclass(frozen=True, slots=True)
class RuleBook:
    """All rules of some keys, the newest last: for what asks about several days."""

    rules: Sequence[Rule]

    def on(self, day: date) -> Rules:
        """What holds on the day."""
        return _newest(rule for rule in self.rules if _holds(rule, day))

    def last_confirmed(self, day: date) -> Rules:
        """The newest confirmed ones until the day, though their term be over."""
        return _newest(rule for rule in self.rules if rule.valid_from <= day and rule.is_confirmed)


def rule_book(keys: Sequence[RuleKey]) -> RuleBook:
    """Every rule of these keys, in one query; a key has a few in all its years."""
    rules = SalesRule.objects.filter(key__in=keys).order_by("valid_from", "pk")
    return RuleBook([Rule(*row) for row in rules.values_list(*Rule._fields)])


def rules_read(told: str | None) -> RuleBook:
    """What `RULES_TOLD` told."""
    return RuleBook(msgspec.json.decode(told, type=list[Rule]) if told else [])


def rules_in_force(keys: Sequence[RuleKey], on: date) -> Rules:
    """The rules of these keys that hold on the day, in one query."""
    return rule_book(keys).on(on)


def _newest(rules: Iterable[Rule]) -> Rules:
    return Rules({rule.key: (rule.value, rule.is_confirmed) for rule in rules})


def _holds(rule: Rule | SalesRule, day: date) -> bool:
    return rule.valid_from <= day and (rule.valid_to is None or day <= rule.valid_to)


def rules_between(key: RuleKey, first: date, last: date) -> list[SalesRule]:
    """The rules of the key that hold on any day of [first, last], the newest last."""
    rules = SalesRule.objects.filter(key=key, valid_from__lte=last).exclude(valid_to__lt=first)
    return list(rules.order_by("valid_from", "pk"))


def rule_by_day(rules: Sequence[SalesRule]) -> Callable[[date], SalesRule | None]:
    """Which of the rules, the newest last, holds on a day."""

    def on(day: date) -> SalesRule | None:
        held = [rule for rule in rules if _holds(rule, day)]
        return held[-1] if held else None

    return on


def load_rules(path: Path = SHIPPED) -> int:
    """Load the shipped rules; those that exist stay as they are. Answers how many are new."""
    rows = json.loads(path.read_text(encoding="utf-8"))["rules"]
    before = SalesRule.objects.count()
    SalesRule.objects.bulk_create([SalesRule(**row) for row in rows], ignore_conflicts=True)
    return SalesRule.objects.count() - before
