"""Whether an account sees all that a report of the whole company tells: the one rule of its readers."""

from functools import cached_property
from typing import Any

from backend.accounts.scope import sees_company


class Sight:
    """How much of the company an account sees: its sales, its people. Asks the database once."""

    def __init__(self, user: Any) -> None:
        self._user = user

    def is_whole(self, *, of_sales: bool, of_people: bool) -> bool:
        """Whether nothing that is hidden from the account would be told of sales and of people."""
        return (not of_sales or self._user.is_whole_company) and (
            not of_people or self._sees_everybody
        )

    @cached_property
    def _sees_everybody(self) -> bool:
        return sees_company(self._user)
