"""The start page's cards. Each app offers one by a dotted name in settings.HOME_CARDS."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from backend.accounts.models import User

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class HomeCard:
    """One job at a glance: a few figures, how fresh they are, what is missing in them, and what
    waits for somebody. `url` is "" where there is nothing to open."""

    title: str
    url: str
    lines: list[tuple[str, str]]
    as_of: datetime | None
    missing: list[str] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)


Card = Callable[[User, datetime], HomeCard | None]


def home_cards(*, user: User, at: datetime) -> list[HomeCard]:
    """The cards this person may see, in the order of the settings; one that fails says so in its place."""
    offered = [_card(name, user=user, at=at) for name in settings.HOME_CARDS]
    return [card for card in offered if card is not None]


def _card(name: str, *, user: User, at: datetime) -> HomeCard | None:
    offer: Card = import_string(name)
    try:
        return offer(user, at)
    except Exception:
        logger.exception("start page card %s failed", name)
        said = _("Không đọc được mục này. Hãy tải lại trang; nếu vẫn lỗi, báo quản trị hệ thống.")
        return HomeCard(_("Một mục đang lỗi"), "", [], None, missing=[said])
