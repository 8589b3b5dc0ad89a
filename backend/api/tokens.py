"""How a request proves who sends it."""

from collections.abc import Sequence
from typing import Any, Final, TypeVar

from django.contrib.auth import get_user_model
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model
from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import get_token_model
from rest_framework.exceptions import AuthenticationFailed

from backend.db import Prepared

M = TypeVar("M", bound=Model)

_Token, _User = get_token_model(), get_user_model()


def _columns(model: type[Model], table: str) -> list[str]:
    return [f"{table}.{field.column}" for field in model._meta.concrete_fields]


_OWN: Final = _columns(_Token, "token")
# Every request begins with it, and to write and to plan it takes as long as all the rest.
_BY_DIGEST: Final = Prepared(
    "token_and_person",
    f"""
    select {", ".join([*_OWN, *_columns(_User, "person")])} from {_Token._meta.db_table} token
    join {_User._meta.db_table} person on person.id = token.user_id
    where token.digest = %(digest)s
    """,  # noqa: S608 -- names of our own
    digest="text",
)


class ApiTokenAuthentication(TokenAuthentication):  # type: ignore[misc]
    """Knox's, except that a request looks at its own token only, found by its digest: the person's
    ended ones go at the next login. Bytes which are no text are a wrong token and not a failure of ours.
    """

    def authenticate_credentials(self, token: bytes) -> Any:
        digest = hash_token(token.decode(errors="replace"))
        for row in _BY_DIGEST.rows(digest=digest):
            found = _made(_Token, row[: len(_OWN)])
            found.user = _made(_User, row[len(_OWN) :])
            if found.expiry is None or found.expiry >= timezone.now():
                return self.validate_user(found)
        raise AuthenticationFailed


def _made(model: type[M], values: Sequence[Any]) -> M:
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(DEFAULT_DB_ALIAS, names, values)
