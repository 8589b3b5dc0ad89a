"""Secrets at rest: sealed with the newest key of GIAOBAN_FIELD_KEYS, readable with any of them."""

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem


class CannotUnseal(Problem):
    """The key that sealed the secret is no longer among GIAOBAN_FIELD_KEYS."""

    code = "cannot_unseal"
    status = 500
    message = _(
        "Không giải mã được khóa kết nối: khóa mã hóa của máy chủ đã bị đổi. "
        "Hãy nhập lại khóa kết nối, hoặc đưa khóa mã hóa cũ trở lại GIAOBAN_FIELD_KEYS."
    )


def _keys() -> MultiFernet:
    return MultiFernet([Fernet(key.strip()) for key in settings.FIELD_KEYS])


def seal(secret: str) -> str:
    return _keys().encrypt(secret.encode()).decode()


def unseal(sealed: str) -> str:
    """The secret. Raises CannotUnseal."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise CannotUnseal from None
