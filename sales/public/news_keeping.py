"""Keeping the news of the public site."""

from datetime import datetime
from typing import Any, Final

from django.db import transaction

from backend.accounts.models import User
from backend.vntext import bare_words
from sales.agents.keeping import keep
from sales.models import NewsItem
from sales.whole_company import require_whole_company

_SLUG_LETTERS: Final = 80


def keep_news(item: NewsItem, values: dict[str, Any], *, by: User, at: datetime) -> NewsItem:
    """Save a piece of news; its address is made once, from its first title.

    Raises WholeCompanyOnly, RecordRefused.
    """
    require_whole_company(by)
    with transaction.atomic():
        told = {**values, "changed_by": by, "changed_at": at}
        if item._state.adding:
            told["slug"] = _free_slug(values.get("title", ""))
        return keep(item, told)


def _free_slug(title: str) -> str:
    """ "Tin mới!" → "tin-moi", or "tin-moi-2" where that is taken."""
    wanted = bare_words(title).replace(" ", "-")[:_SLUG_LETTERS].strip("-") or "tin"
    taken = set(NewsItem.objects.filter(slug__startswith=wanted).values_list("slug", flat=True))
    free, number = wanted, 1
    while free in taken:
        number += 1
        free = f"{wanted}-{number}"
    return free
