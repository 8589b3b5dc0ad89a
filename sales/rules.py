"""The rules in force on a day, and the ones shipped with the program."""

import json
from datetime import date
from pathlib import Path

from sales.models import RuleKey, SalesRule

SHIPPED = Path(__file__).parent / "data" / "sales-rules.json"


def rule_value(key: RuleKey, on: date, *, confirmed: bool = False) -> int | None:
    """The value in force on the day in the unit of its key; None where no rule holds.

    `confirmed`: only what somebody has confirmed counts.
    """
    rules = SalesRule.objects.in_force(on).filter(key=key)
    if confirmed:
        rules = rules.filter(is_confirmed=True)
    newest = rules.order_by("-valid_from", "-pk").values_list("value", flat=True)
    return newest.first()


def load_rules(path: Path = SHIPPED) -> int:
    """Load the shipped rules; those that exist stay as they are. Answers how many are new."""
    rows = json.loads(path.read_text(encoding="utf-8"))["rules"]
    before = SalesRule.objects.count()
    SalesRule.objects.bulk_create([SalesRule(**row) for row in rows], ignore_conflicts=True)
    return SalesRule.objects.count() - before
