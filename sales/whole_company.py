"""What only an account of the whole company may do."""

from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.problems import Problem


class WholeCompanyOnly(Problem):
    status = 403
    code = "sales.whole_company_only"
    message = _("Việc này chỉ tài khoản phụ trách cả công ty làm được. Hãy nhờ người phụ trách.")


def require_whole_company(user: User) -> None:
    """Raises WholeCompanyOnly for an account of a region or territory."""
    if not user.is_whole_company:
        raise WholeCompanyOnly
