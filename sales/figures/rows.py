"""How figures read the database."""

from datetime import date, datetime
from typing import Any, cast

from django.db import connection
from django.db.models import Max, Q

from backend.org.models import scope_pattern
from sales.models import Draw, DrawStatus, RecordingBatch


def recorded_until() -> datetime | None:
    """When the last batch was recorded ("số liệu đến ..."); None in an empty ledger."""
    newest: datetime | None = RecordingBatch.objects.aggregate(Max("recorded_at"))[
        "recorded_at__max"
    ]
    return newest


def last_held_draw(on: date) -> date | None:
    """The date of the last draw held on or before `on`."""
    held = Draw.objects.filter(date__lte=on, status=DrawStatus.HELD)
    newest: date | None = held.aggregate(Max("date"))["date__max"]
    return newest


def held_draws(first: date, last: date) -> dict[date, str]:
    """Date → host of the draws held in [first, last], oldest first."""
    held = Draw.objects.between(first, last).filter(status=DrawStatus.HELD)
    return dict(held.order_by("date").values_list("date", "host"))


def below(prefix: str, region_path: str | None) -> Q:
    """Rows whose region is one of `region_path` or below it."""
    if region_path is None:
        return Q()
    return Q(**{f"{prefix}path__regex": scope_pattern(region_path)})


def scope(region_path: str | None) -> dict[str, str | None]:
    """For `path ~ %(below)s`; what it has to match where there is a limit."""
    return {
        "path": region_path,
        "below": None if region_path is None else scope_pattern(region_path),
    }


def rows_of(sql: str, **values: Any) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return cast("list[tuple[Any, ...]]", cursor.fetchall())
