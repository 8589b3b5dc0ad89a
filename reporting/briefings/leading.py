"""Who leads a briefing: its chair or secretary."""

from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem
from reporting.models import Briefing


class NotLeading(Problem):
    """Only the chair and the secretary may do this."""

    status = 403
    code = "briefing.not_leading"
    message = gettext_lazy("Chỉ chủ trì hoặc thư ký của phiên họp làm được việc này.")


def require_leader(briefing: Briefing, by: User) -> None:
    """Raises NotLeading."""
    if not briefing.is_led_by(by):
        raise NotLeading


def lock_led(briefing: Briefing, by: User) -> Briefing:
    """Lock the briefing for who leads it. Raises NotLeading."""
    require_leader(briefing, by)
    (locked,) = lock_rows(Briefing.objects.filter(pk=briefing.pk))
    return locked
