"""Every decision of a person is kept with a reason that says something."""

from django.utils.translation import gettext_lazy as _

from backend.problems import Problem
from backend.reasons import says_why


class ReasonMissing(Problem):
    code = "reason_missing"
    message = _("Hãy ghi lý do rõ ràng, ít nhất 5 ký tự.")


def checked_reason(reason: str) -> str:
    """Without outer spaces. Raises ReasonMissing."""
    reason = reason.strip()
    if not says_why(reason):
        raise ReasonMissing
    return reason
