"""Sheets of unsold tickets as they stand, and until when tickets may come back."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.clock import VN
from backend.problems import Problem
from sales.engine.return_rules import (
    Tally,
    cutoff,
)
from sales.models import (
    ReturnSheet,
    ReturnState,
    ReturnStep,
    ReturnTally,
    RuleKey,
)
from sales.rules import rule_value


class SheetUnknown(Problem):
    status = 404
    code = "return.unknown"
    message = _("Không có bảng kê vé trả này trong địa bàn của bạn.")


@dataclass(frozen=True, slots=True)
class SheetNow:
    """A sheet as it stands: its newest step, the tallies by product, all steps in order."""

    sheet: ReturnSheet
    steps: tuple[ReturnStep, ...]
    tallies: tuple[Tally, ...]
    serials: Mapping[str, tuple[str, ...]]

    @property
    def state(self) -> ReturnState:
        return ReturnState(self.steps[-1].state)

    @property
    def is_late(self) -> bool:
        return any(step.is_late for step in self.steps)

    @property
    def total(self) -> Tally:
        known = [each.counted for each in self.tallies if each.counted is not None]
        taken = [each.accepted for each in self.tallies if each.accepted is not None]
        return Tally(
            "",
            sum(each.declared for each in self.tallies),
            sum(known) if known else None,
            sum(taken) if taken else None,
        )

    @property
    def surplus(self) -> int:
        return sum(each.surplus for each in self.tallies)

    @property
    def shortage(self) -> int:
        return sum(each.shortage for each in self.tallies)


def sheets_now(sheets: Iterable[ReturnSheet]) -> list[SheetNow]:
    """The sheets as they stand, in their order; two queries however many they are."""
    ordered = list(sheets)
    steps: dict[int, list[ReturnStep]] = defaultdict(list)
    for step in ReturnStep.objects.filter(sheet__in=ordered).select_related("by").order_by("pk"):
        steps[step.sheet_id].append(step)
    tallies: dict[int, list[ReturnTally]] = defaultdict(list)
    for tally in (
        ReturnTally.objects.filter(step__sheet__in=ordered)
        .select_related("product")
        .order_by("product__code", "pk")
    ):
        tallies[tally.step_id].append(tally)
    return [_now(sheet, steps[sheet.pk], tallies) for sheet in ordered]


def sheet_now(pk: int, *, user: User) -> SheetNow:
    """One sheet as it stands. Raises SheetUnknown."""
    sheets = ReturnSheet.objects.known_to(user).filter(pk=pk)
    found = sheets_now(sheets.select_related("agent", "draw", "region"))
    if not found:
        raise SheetUnknown
    return found[0]


def unconfirmed_by_day(days: Iterable[date]) -> list[tuple[date, int]]:
    """How many sheets of each of these draws came in and are not confirmed; days without any left out.

    Once the draw is closed they are confirmed no more, and their tickets are owed as sold.
    """
    sheets = ReturnSheet.objects.filter(draw__date__in=days)
    waiting = sheets.in_state(ReturnState.RECEIVED, ReturnState.COUNTED)
    return sorted(Counter(waiting.values_list("draw__date", flat=True)).items())


def cutoff_of(day: date) -> datetime | None:
    """Until when tickets of the draw may come back, by the rule in force; None without a rule."""
    minutes = rule_value(RuleKey.RETURN_CUTOFF, day)
    return None if minutes is None else cutoff(day, minutes, VN)


def _now(
    sheet: ReturnSheet, steps: Sequence[ReturnStep], tallies: Mapping[int, Sequence[ReturnTally]]
) -> SheetNow:
    said: dict[str, dict[str, int]] = defaultdict(dict)
    serials: dict[str, tuple[str, ...]] = {}
    for step in steps:
        for tally in tallies.get(step.pk, ()):
            said[tally.product.code][step.state] = tally.tickets
            if step.state == ReturnState.COUNTED:
                serials[tally.product.code] = tuple(tally.serials)
    return SheetNow(
        sheet,
        tuple(steps),
        tuple(
            Tally(
                code,
                counts.get(ReturnState.DECLARED, 0),
                counts.get(ReturnState.COUNTED),
                counts.get(ReturnState.CONFIRMED),
            )
            for code, counts in sorted(said.items())
        ),
        serials,
    )
