"""A form that is sent twice (a double click, a slow line, the way back) is done once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from backend import clock
from backend.accounts.models import User
from backend.held_keys import hold_key, keep_answer, name_of
from backend.problems import Problem

#: The hidden field of such a form; its value is new each time the page is shown.
FIELD: Final = "lan_gui"
_LONGEST: Final = 64
_SEE_OTHER: Final = 303


class SentBefore(Problem):
    status = 409
    code = "form.sent_before"
    message = _(
        "Nội dung này đã được ghi ở lần gửi trước nên không ghi lần nữa. Hãy xem nội dung đã ghi."
    )


def form_key() -> str:
    """The value of the hidden field of a form that is being shown."""
    return str(uuid4())


def hold_form(request: HttpRequest, *, by: User, at: datetime) -> None:
    """Remember, in the caller's transaction, that the form of the request is done. Raises SentBefore.

    Call it first: whoever sends the same form meanwhile waits, and is then refused. A form that came to
    nothing may be sent again. Without the field (a page of an older version) nothing is held.
    """
    sent = request.POST.get(FIELD, "")[:_LONGEST]
    if not sent:
        return
    held = hold_key(
        f"form:{sent}",
        user_id=by.pk,
        request=name_of(request),
        digest=sha256(request.POST.urlencode().encode()).digest(),
        at=at,
    )
    if not held.is_new:
        raise SentBefore
    keep_answer(held, _SEE_OTHER)


@contextmanager
def sent_once(request: HttpRequest, *, by: User) -> Iterator[None]:
    """What the form of the request says is done in this block, in one transaction, once. Raises SentBefore."""
    with transaction.atomic():
        hold_form(request, by=by, at=clock.now())
        yield
