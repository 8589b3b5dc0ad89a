"""How a request proves who sends it."""

from typing import Any

from django.utils import timezone
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """Knox's, except that bytes which are no text are a wrong token and not a failure of ours,
    and that a request looks at its own token only: the person's ended ones go at the next login.
    """

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isascii():
            raise AuthenticationFailed
        return super().authenticate_credentials(token)

    def _cleanup_token(self, auth_token: Any) -> bool:
        """Whether the token has ended."""
        return auth_token.expiry is not None and auth_token.expiry < timezone.now()
