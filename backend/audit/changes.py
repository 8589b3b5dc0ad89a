"""What changed in the business data, newest first, read from the histories the database keeps.

Punches, ledger lines, editions and mails are not here: they never change, they are only added to.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, NamedTuple, cast

from django.apps import apps
from django.db.models import ForeignKey, IntegerField, Model, OuterRef, Q, QuerySet, Subquery
from django.db.models import Value as Constant
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from backend.accounts.models import User
from backend.audit.models import Event
from backend.clock import VN

KINDS = {"insert": _lazy("thêm"), "update": _lazy("sửa"), "delete": _lazy("xoá")}


Names = dict[tuple[type[Model], Any], str]


class Place(NamedTuple):
    """Where an event stands in the newest-first order of all of them."""

    at: datetime
    model: str
    pk: int


@dataclass(frozen=True)
class Wanted:
    """What the reader asked for; empty values do not limit. Dates are Vietnamese days, both included."""

    model: str = ""
    actor: int | None = None
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True)
class FieldChange:
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class Change:
    """One row's change: who, when, what, and each field before → after."""

    at: datetime
    actor: str
    kind: str
    kind_name: str
    model_name: str
    object_name: str
    fields: list[FieldChange]
    place: Place


@cache
def histories() -> dict[str, Any]:
    """The history of each tracked model, by that model's label."""
    events: list[Any] = [m for m in apps.get_models() if issubclass(m, Event)]
    return {event.pgh_tracked_model._meta.label_lower: event for event in events}


def tracked_models() -> list[tuple[str, str]]:
    """(label, Vietnamese name) of everything whose changes are recorded."""
    names = (
        (label, str(event.pgh_tracked_model._meta.verbose_name))
        for label, event in histories().items()
    )
    return sorted(names, key=lambda pair: pair[1])


def changes(wanted: Wanted, *, after: Place | None, limit: int) -> list[Change]:
    """The next `limit` changes, newest first, that come after the given place."""
    places = _places(wanted, after, limit)
    by_model: dict[str, list[int]] = defaultdict(list)
    for place in places:
        by_model[place.model].append(place.pk)
    found = {model: _read(histories()[model], pks) for model, pks in by_model.items()}
    names = _names(pair for pairs in found.values() for pair in pairs.values())
    return [_change(place, *found[place.model][place.pk], names) for place in places]


def _places(wanted: Wanted, after: Place | None, limit: int) -> list[Place]:
    """One statement over all histories: each gives its newest `limit`, the union is sorted."""
    labels = list(histories())
    newest = [
        _limited(label, wanted, after)
        .annotate(rank=Constant(rank, IntegerField()))
        .order_by("-pgh_created_at", "-pgh_id")
        .values_list("pgh_created_at", "rank", "pgh_id")[:limit]
        for rank, label in enumerate(labels)
        if wanted.model in ("", label)
    ]
    rows = newest[0]
    if len(newest) > 1:
        together = newest[0].union(*newest[1:], all=True)
        rows = together.order_by("-pgh_created_at", "rank", "-pgh_id")[:limit]
    return [Place(at, labels[rank], pk) for at, rank, pk in rows]


def _limited(label: str, wanted: Wanted, after: Place | None) -> QuerySet[Any]:
    rows = cast("QuerySet[Any]", histories()[label].objects.all())
    if wanted.actor is not None:
        rows = rows.filter(pgh_context__metadata__user=wanted.actor)
    if wanted.first:
        rows = rows.filter(pgh_created_at__gte=midnight(wanted.first))
    if wanted.last:
        rows = rows.filter(pgh_created_at__lt=midnight(wanted.last + timedelta(days=1)))
    if after is None:
        return rows
    labels = list(histories())
    if labels.index(label) < labels.index(after.model):
        return rows.filter(pgh_created_at__lt=after.at)
    if label != after.model:
        return rows.filter(pgh_created_at__lte=after.at)
    earlier = Q(pgh_created_at__lt=after.at) | Q(pgh_created_at=after.at, pgh_id__lt=after.pk)
    return rows.filter(earlier, pgh_created_at__lte=after.at)


def midnight(day: date) -> datetime:
    return datetime.combine(day, time(), VN)


def _read(event: Any, pks: Sequence[int]) -> dict[int, tuple[Any, Any | None]]:
    """Each event with the one before it of the same object."""
    previous = event.objects.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pk"))
    rows = list(
        event.objects.filter(pk__in=pks)
        .select_related("pgh_context")
        .annotate(before_id=Subquery(previous.order_by("-pgh_id").values("pgh_id")[:1]))
    )
    before = event.objects.in_bulk([row.before_id for row in rows if row.before_id])
    return {row.pk: (row, before.get(row.before_id)) for row in rows}


def _names(pairs: Iterable[tuple[Any, Any | None]]) -> Names:
    """What everything these events speak of calls itself now: one query for each model."""
    wanted: dict[type[Model], set[Any]] = defaultdict(set)
    for event, before in pairs:
        wanted[event.pgh_tracked_model].add(event.pgh_obj_id)
        wanted[User].add(_user_of(event))
        for field in _business_fields(event._meta.model):
            if isinstance(field, ForeignKey):
                keys = {getattr(row, field.attname) for row in (event, before) if row}
                wanted[field.related_model] |= keys
    return {
        (model, pk): str(row)
        for model, pks in wanted.items()
        for pk, row in model._base_manager.select_related().in_bulk(pks - {None}).items()
    }


def _user_of(event: Any) -> int | None:
    metadata = event.pgh_context.metadata if event.pgh_context else {}
    return cast("int | None", metadata.get("user"))


def _change(place: Place, event: Any, before: Any | None, names: Names) -> Change:
    tracked = event.pgh_tracked_model
    return Change(
        at=place.at,
        actor=names.get((User, _user_of(event))) or _("chương trình hoặc SQL trực tiếp"),
        kind=event.pgh_label,
        kind_name=str(KINDS.get(event.pgh_label, event.pgh_label)),
        model_name=str(tracked._meta.verbose_name),
        object_name=names.get((tracked, event.pgh_obj_id)) or _last_name(event),
        fields=_differences(event, before, names),
        place=place,
    )


def _last_name(event: Any) -> str:
    """Of an object that is gone: its code if it had one, else its number."""
    known = getattr(event, "code", None) or getattr(event, "name", None)
    return str(known or f"№ {event.pgh_obj_id}")


def _differences(event: Any, before: Any | None, names: Names) -> list[FieldChange]:
    deleted = event.pgh_label == "delete"
    old = event if deleted else before
    new = None if deleted else event
    shown = (
        (str(field.verbose_name), _shown(old, field, names), _shown(new, field, names))
        for field in _business_fields(event._meta.model)
    )
    return [FieldChange(label, was, now) for label, was, now in shown if was != now]


@cache
def _business_fields(event: Any) -> list[Any]:
    """The tracked model's own columns, without keys and without what is derived for searching."""
    fields = [f for f in event._meta.fields if not f.name.startswith("pgh_") and f.name != "id"]
    tracked = event.pgh_tracked_model._meta
    return [f for f in fields if tracked.get_field(f.name).editable]


def _shown(row: Any | None, field: Any, names: Names) -> str:
    value = getattr(row, field.attname) if row else None
    if value is None or value == "":
        return ""
    if isinstance(field, ForeignKey):
        return names.get((field.related_model, value)) or f"№ {value}"
    if isinstance(value, bool):
        return _("có") if value else _("không")
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%H:%M:%S %d/%m/%Y}"
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, (dict, list)):
        return json.dumps(value, ensure_ascii=False)
    return str(dict(field.flatchoices).get(value) or formats.localize(value))
