"""The base of every anticipated error: what happened, and what the person can do."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise


class Problem(Exception):
    """An anticipated error.

    `code` is stable and English, `status` the HTTP status, `message` a Vietnamese sentence
    (lazily translated) that says what happened and what to do next. `details` is plain data.
    """

    code = "problem"
    status = 400
    message: str | Promise = ""

    def __init__(
        self, message: str | Promise | None = None, *, details: Mapping[str, Any] | None = None
    ) -> None:
        super().__init__(message or self.message)
        if message is not None:
            self.message = message
        self.details = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)
