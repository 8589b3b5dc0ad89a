"""Keyset pages: a cursor names the last row seen, so page 10,000 costs what page 1 costs."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Iterable, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final, TypeVar
from urllib.parse import urlencode

import msgspec
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers
from rest_framework.request import Request

from backend.problems import Problem

M = TypeVar("M", bound=Model)
Row = TypeVar("Row")
DEFAULT_LIMIT = 100
MOST = 1_000
#: What may be another on the next page: the rows asked for stay the same.
_OF_THE_PAGE: Final = frozenset({"cursor", "limit", "fields"})


class CursorInvalid(Problem):
    code = "cursor.invalid"
    message = _("Con trỏ trang (cursor) không đúng; hãy dùng nguyên địa chỉ next đã nhận.")


class UnknownParameters(Problem):
    """A misspelt filter must not silently return everything."""

    code = "parameters.unknown"

    def __init__(self, names: Sequence[str]) -> None:
        shown = ", ".join(names)
        super().__init__(_("Không có tham số: {names}.").format(names=shown))


class RepeatedParameters(Problem):
    """Of two values one would silently count for nothing."""

    code = "parameters.repeated"

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            _("Tham số gửi hai lần: {names}. Mỗi tham số chỉ gửi một giá trị.").format(
                names=", ".join(names)
            )
        )


class UnknownFields(Problem):
    code = "fields.unknown"

    def __init__(self, names: Sequence[str], known: Sequence[str]) -> None:
        super().__init__(
            _("Không có trường: {names}. Các trường có: {known}.").format(
                names=", ".join(names), known=", ".join(known)
            )
        )


class FieldsQuery(serializers.Serializer[Any]):
    """The query parameter of a single record."""

    fields = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="Only these fields, with commas between them."
    )


class PageQuery(serializers.Serializer[Any]):
    """Query parameters every list takes; lists add their filters."""

    limit = serializers.IntegerField(min_value=1, max_value=MOST, default=DEFAULT_LIMIT)
    cursor = serializers.CharField(required=False)
    fields = serializers.CharField(  # type: ignore[assignment]
        required=False, help_text="Only these fields of each row, with commas between them."
    )


def page_shape(
    name: str, row: type[serializers.BaseSerializer[Any]]
) -> type[serializers.Serializer[Any]]:
    """A page of such rows, for the documentation; `name` is what the client's type is called."""
    fields = {"results": row(many=True), "next": serializers.URLField(allow_null=True)}
    return type(name, (serializers.Serializer,), fields)


def query_of(request: Request, shape: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The query parameters, checked. Raises UnknownParameters, RepeatedParameters, ValidationError."""
    query = shape(data=request.query_params.dict(), context={"request": request})
    unknown = sorted(request.query_params.keys() - query.fields.keys())
    if unknown:
        raise UnknownParameters(unknown)
    if repeated := [name for name, sent in request.query_params.lists() if len(sent) > 1]:
        raise RepeatedParameters(repeated)
    query.is_valid(raise_exception=True)
    asked = dict(query.validated_data)
    if isinstance(query, PageQuery) and "limit" not in request.query_params and _is_table(request):
        asked["limit"] = MOST
    return asked


def _is_table(request: Request) -> bool:
    """A file that is saved shows no `next`: it should hold all there is, as far as one page goes."""
    return request.accepted_renderer.format in ("csv", "xlsx")


def sparse(request: Request, shown: Any) -> Any:
    """What is shown, less the fields that `?fields=` does not name. Raises UnknownFields."""
    asked = request.query_params.get("fields")
    if asked is None:
        return shown
    names = [name.strip() for name in asked.split(",")]
    if unknown := [name for name in names if name not in shown]:
        raise UnknownFields(unknown, list(shown))
    return {name: shown[name] for name in names}


def sparse_rows(request: Request, rows: Iterable[Any]) -> list[Any]:
    """The rows, each less the fields that are not asked for. Raises UnknownFields, also without rows."""
    told = [sparse(request, row) for row in rows]
    if not told and "fields" in request.query_params:
        sparse(request, dict.fromkeys(_fields_described(request)))
    return told


def _fields_described(request: Request) -> list[str]:
    """The fields of a row of the list that is asked for, as the API's description has them."""
    view: Any = request.parser_context["view"]
    described = view.get.kwargs["schema"]()
    described.view = view
    page = described.get_response_serializers()
    page = page[200, "application/json"] if isinstance(page, dict) else page
    lists: list[Any] = [
        field for field in page().fields.values() if isinstance(field, serializers.ListSerializer)
    ]
    return list(lists[0].child.fields)


def page_of(
    rows: QuerySet[M],
    *,
    request: Request,
    keys: Sequence[str],
    columns: Sequence[str],
    show: Callable[[tuple[Any, ...]], object],
    query: Mapping[str, Any],
) -> dict[str, object]:
    """One page of `rows` ordered by `keys` ("-draw_date", "-id": all up or all down).

    `keys` must be unique together and be the first `columns`; `query` is a checked `PageQuery`.
    `next` is the address of the following page, null on the last.
    """
    return page_of_together(
        rows, request=request, keys=keys, columns=columns, show_all=_each(show), query=query
    )


def page_of_together(
    rows: QuerySet[M],
    *,
    request: Request,
    keys: Sequence[str],
    columns: Sequence[str],
    show_all: Callable[[list[Any]], Iterable[object]],
    query: Mapping[str, Any],
) -> dict[str, object]:
    """As `page_of`; the rows of the page are shown together, each by itself and in their order."""
    found = _from(request, rows, keys, query, lambda ordered: ordered.values_list(*columns))
    return _page(request, found, query, show_all, last=lambda row: row[: len(keys)])


def page_of_records(
    rows: QuerySet[M],
    *,
    request: Request,
    keys: Sequence[str],
    show: Callable[[M], object],
    query: Mapping[str, Any],
) -> dict[str, object]:
    """As `page_of`, of whole records; `keys` are fields of their own."""
    names = [key.removeprefix("-") for key in keys]
    found = _from(request, rows, keys, query, lambda ordered: ordered)
    return _page(
        request, found, query, _each(show), last=lambda row: [getattr(row, n) for n in names]
    )


def page_of_keys(
    rows: QuerySet[M],
    *,
    request: Request,
    show_all: Callable[[list[Any]], Iterable[object]],
    query: Mapping[str, Any],
) -> dict[str, object]:
    """One page, the last row first, whose rows are shown together, by their primary keys."""
    return page_of_together(
        rows, request=request, keys=("-pk",), columns=("pk",),
        show_all=lambda page: show_all([pk for (pk,) in page]), query=query,
    )  # fmt: skip


def page_of_list(
    rows: Iterable[Row],
    *,
    request: Request,
    key: Callable[[Row], str],
    show: Callable[[Row], object],
    query: Mapping[str, Any],
) -> dict[str, object]:
    """As `page_of`, of rows that are at hand, ordered by a text that is unique."""
    after = str(unpacked(request, 1)[0]) if query.get("cursor") else ""
    beyond = sorted((row for row in rows if key(row) > after), key=key)
    return _page(
        request, beyond[: query["limit"] + 1], query, _each(show), last=lambda row: [key(row)]
    )


def _from(
    request: Request,
    rows: QuerySet[M],
    keys: Sequence[str],
    query: Mapping[str, Any],
    read: Callable[[QuerySet[M]], Any],
) -> list[Any]:
    """The rows beyond the cursor, one more than the page holds. Raises CursorInvalid."""
    ordered, most = rows.order_by(*keys), query["limit"] + 1
    if not query.get("cursor"):
        return list(read(ordered)[:most])
    names = [key.removeprefix("-") for key in keys]
    values = unpacked(request, len(names))
    try:
        beyond = ordered.filter(_beyond(names, values, down=keys[0].startswith("-")))
        return list(read(beyond)[:most])
    except (ValidationError, ValueError, TypeError):
        raise CursorInvalid from None


def _each(show: Callable[[Any], object]) -> Callable[[list[Any]], Iterable[object]]:
    return lambda rows: map(show, rows)


def _page(
    request: Request,
    found: list[Any],
    query: Mapping[str, Any],
    show_all: Callable[[list[Any]], Iterable[object]],
    *,
    last: Callable[[Any], Sequence[Any]],
) -> dict[str, object]:
    limit = query["limit"]
    more = len(found) > limit
    return {
        "results": sparse_rows(request, show_all(found[:limit])),
        "next": next_address(request, last(found[limit - 1])) if more else None,
    }


def _beyond(names: Sequence[str], values: Sequence[Any], *, down: bool) -> Q:
    """(a, b) > (x, y), written so that an index on (a, b) serves it."""
    lookup = "lt" if down else "gt"
    if len(names) == 1:
        return Q(**{f"{names[0]}__{lookup}": values[0]})
    return Q(**{f"{names[0]}__{lookup}e": values[0]}) & (
        Q(**{f"{names[0]}__{lookup}": values[0]}) | _beyond(names[1:], values[1:], down=down)
    )


def next_address(request: Request, values: Sequence[Any]) -> str:
    """The address of the page behind the row that `values` (numbers and texts) tell of."""
    told = [_asked(request), *values]
    packed = urlsafe_b64encode(msgspec.json.encode(told)).decode().rstrip("=")
    query = request.query_params.copy()
    query["cursor"] = packed
    return request.build_absolute_uri(f"{request.path}?{query.urlencode()}")


def unpacked(request: Request, count: int) -> list[Any]:
    """The values of the cursor sent. Raises CursorInvalid where they are not so many, or those of another
    list or other filters: its rows would silently be passed over."""
    cursor = request.query_params["cursor"]
    try:
        told = msgspec.json.decode(urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, msgspec.DecodeError, RecursionError):
        raise CursorInvalid from None
    if not isinstance(told, list) or len(told) != 1 + count or told[0] != _asked(request):
        raise CursorInvalid
    values = told[1:]
    if any(not isinstance(value, str | int) or "\x00" in str(value) for value in values):
        raise CursorInvalid
    return values


def _asked(request: Request) -> str:
    """What rows are asked for, in few characters."""
    filters = sorted(
        (name, value) for name, value in request.query_params.items() if name not in _OF_THE_PAGE
    )
    text = f"{request.path}?{urlencode(filters)}"
    return sha256(text.encode()).hexdigest()[:8]
