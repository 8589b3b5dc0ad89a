"""Filters by code: what does not exist, or lies outside what the person sees, is told and not passed over."""

from datetime import date
from typing import Any

from rest_framework import serializers
from rest_framework.fields import Field, empty

from backend.accounts.models import User
from backend.api.auth import person
from sales.messages import message
from sales.models import Agent, AgentDrawTotal, Draw, Product


class _Known(Field):  # type: ignore[type-arg]
    """Asks once the value has its shape, so that the database is sent nothing it cannot read."""

    def run_validation(self, data: Any = empty) -> Any:
        value = super().run_validation(data)
        if value and not self.is_known(value):
            code, text = self.fault(value)
            raise serializers.ValidationError(text, code=code)
        return value

    def is_known(self, value: Any) -> bool:
        raise NotImplementedError

    def fault(self, value: Any) -> tuple[str, str]:
        raise NotImplementedError

    @property
    def user(self) -> User:
        return person(self.context["request"])


class AgentFilter(_Known, serializers.CharField):
    """The code of an agent in the person's units, now or when it sold there."""

    def is_known(self, value: str) -> bool:
        if Agent.objects.visible_to(self.user).filter(code=value).exists():
            return True
        sold = AgentDrawTotal.objects.visible_to(self.user).filter(agent__code=value)
        return not self.user.is_whole_company and sold.exists()

    def fault(self, value: str) -> tuple[str, str]:
        return "agent.unknown", message("agent.unknown", {"agent": value})


class ProductFilter(_Known, serializers.CharField):
    """The code of a product there is or was."""

    def is_known(self, value: str) -> bool:
        return Product.objects.filter(code=value).exists()

    def fault(self, value: str) -> tuple[str, str]:
        return "product.unknown", message("product.unknown", {"product": value})


class DrawFilter(_Known, serializers.DateField):
    """The day of a draw in the calendar."""

    def is_known(self, value: date) -> bool:
        return Draw.objects.filter(date=value).exists()

    def fault(self, value: date) -> tuple[str, str]:
        return "draw.none", message("draw.none", {"date": value})
