"""The start page's cards. Each app offers one by a dotted name in settings.HOME_CARDS."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string

from backend.accounts.models import User


@dataclass(frozen=True)
class HomeCard:
    """One job at a glance: a few figures, how fresh they are, what is missing in them, and what
    waits for somebody."""

    title: str
    url: str
    lines: list[tuple[str, str]]
    as_of: datetime | None
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


Card = Callable[[User, datetime], HomeCard | None]


def home_cards(*, user: User, at: datetime) -> list[HomeCard]:
    """The cards this person may see, in the order of the settings."""
    offers: list[Card] = [import_string(name) for name in settings.HOME_CARDS]
    return [card for offer in offers if (card := offer(user, at)) is not None]
