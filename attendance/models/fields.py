"""A terminal's own wall clock has no zone; PostgreSQL's `timestamp` says exactly that."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

if TYPE_CHECKING:
    _SetT = TypeVar("_SetT", contravariant=True)
    _GetT = TypeVar("_GetT", covariant=True)

    class _Naive(models.Field[_SetT, _GetT]):
        _pyi_private_set_type: datetime | str
        _pyi_private_get_type: datetime
        _pyi_lookup_exact_type: datetime | str

else:
    _Naive = models.Field


class DeviceTimeField(_Naive):  # type: ignore[type-arg]
    """A naive reading of a terminal's clock, kept as received (`timestamp without time zone`)."""

    description = "naive wall-clock time"

    def db_type(self, connection: BaseDatabaseWrapper) -> str:
        return "timestamp without time zone"

    def to_python(self, value: Any) -> datetime | None:
        if value is None or isinstance(value, datetime):
            if value is not None and value.tzinfo is not None:
                raise ValidationError("a device time carries no zone", code="aware")
            return value
        return datetime.fromisoformat(value)

    def get_prep_value(self, value: Any) -> datetime | None:
        return self.to_python(super().get_prep_value(value))

    def value_to_string(self, obj: models.Model) -> str:
        value = self.value_from_object(obj)
        return "" if value is None else value.isoformat(sep=" ")
