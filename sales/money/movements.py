"""Money of agents as it came in: payments (nộp tiền), deposits (ký quỹ), adjustments of the debt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db.models import Count, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sales.models import Agent, JournalEntry, JournalEvent
from sales.models.scope import InRegionQuerySet

#: The events people enter and read as money of agents, each in their words.
KINDS: Final[Mapping[str, Promise | str]] = {
    event.value: event.label
    for event in (JournalEvent.PAYMENT, JournalEvent.COLLATERAL, JournalEvent.ADJUSTMENT)
}
INTO: Final[Mapping[str, Promise | str]] = {
    "bank": gettext_lazy("chuyển khoản"),
    "cash": gettext_lazy("tiền mặt"),
    "offset": gettext_lazy("bù trừ"),
}


@dataclass(frozen=True)
class Movement:
    """An entry as people read it."""

    entry: JournalEntry

    @property
    def amount(self) -> int:
        """What came in; of an adjustment, by how much the debt grows."""
        entry = self.entry
        if entry.event == JournalEvent.ADJUSTMENT:
            return entry.receivable
        return -(entry.receivable or entry.collateral)

    @property
    def place(self) -> str | None:
        """Where the money went; None of an adjustment."""
        return next((name for name in INTO if getattr(self.entry, name)), None)

    @property
    def into(self) -> str | Promise:
        return INTO[self.place] if self.place else ""

    @property
    def reversal(self) -> JournalEntry | None:
        return getattr(self.entry, "reversal", None)

    @property
    def is_of_bank_line(self) -> bool:
        """Then it is reversed where the line was matched."""
        return hasattr(self.entry, "bank_line")

    @property
    def correction(self) -> str:
        """Which entry undid it, or which one it undoes."""
        if self.reversal is not None:
            return _("đã đảo bởi %(number)s") % {"number": self.reversal.pk}
        if self.entry.reverses_id:
            return _("đảo %(number)s") % {"number": self.entry.reverses_id}
        return ""


def movements(kind: str) -> "InRegionQuerySet[JournalEntry]":
    """Entries of the kind, with what `Movement` tells of them."""
    known = JournalEntry.objects.filter(event=kind)
    return known.select_related("agent", "region", "batch__recorded_by", "reversal", "bank_line")


def between(found: QuerySet[JournalEntry], first: date, last: date) -> QuerySet[JournalEntry]:
    return found.filter(value_date__gte=first, value_date__lte=last)


def that_went(found: QuerySet[JournalEntry], into: str) -> QuerySet[JournalEntry]:
    """Those whose money went there (a key of INTO)."""
    return found.exclude(**{into: 0})


def about(found: QuerySet[JournalEntry], text: str) -> QuerySet[JournalEntry]:
    """Those of agents found by the text, or whose paper's number holds it."""
    agents = Agent.objects.found_by(text).values("pk")
    return found.filter(Q(agent__in=agents) | Q(reference__icontains=text))


def totals(found: QuerySet[JournalEntry]) -> dict[str, Any]:
    """How many entries, and what they are together by where the money went."""
    sums = found.order_by().aggregate(
        count=Count("pk"), owed=Sum("receivable", default=0), held=Sum("collateral", default=0),
        **{into: Sum(into, default=0) for into in INTO},
    )  # fmt: skip
    return {
        "count": sums["count"],
        "by_place": [(label, sums[into]) for into, label in INTO.items() if sums[into]],
        "total": sums["owed"] or -sums["held"],
    }
