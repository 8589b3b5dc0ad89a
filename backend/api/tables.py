"""Answers of the API as tables: CSV or a workbook, by `Accept`."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from io import BytesIO
from typing import Any, Final

import msgspec
from django.db.models import QuerySet
from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request

from backend.api.bodies import json_response
from backend.api.pagination import M, Row, page_of, page_of_list, page_of_records
from backend.clock import VN
from backend.pages.files import XLSX, file_answer
from backend.tables import Column, Table, Value, csv_lines, write_workbook

CSV: Final = "text/csv"
#: Whole numbers that count nothing: no thousands are set apart in them.
_PLAIN: Final = frozenset({"id", "year", "version", "batch", "entry", "weekday", "month", "row"})


class CsvFile(BaseRenderer):
    media_type = CSV
    format = "csv"


class XlsxFile(BaseRenderer):
    media_type = XLSX
    format = "xlsx"


#: Of a view that answers with `listed` or `table_answer`.
RENDERERS: Final = (JSONRenderer, CsvFile, XlsxFile)


def tabular(shape: Any) -> dict[Any, Any]:
    """The answers of such a view, for the documentation."""
    return {
        (200, "application/json"): shape,
        (200, CSV): OpenApiTypes.STR,
        (200, XLSX): OpenApiTypes.BINARY,
    }


def listed(request: Request, page: dict[str, Any], *, name: str) -> HttpResponse:
    """A page of a list as was asked for; as a table the next page is told by the `Link` header."""
    if not asks_for_table(request):
        return json_response(page)
    return linked(table_answer(request, page["results"], name=name), page["next"])


def linked(answer: HttpResponse, following: str | None) -> HttpResponse:
    """The answer with the address of the next page, if there is one, as its `Link` header."""
    if following:
        answer["Link"] = f'<{following}>; rel="next"'
    return answer


def listed_rows(
    request: Request,
    query: dict[str, Any],
    rows: QuerySet[Any],
    *,
    keys: Sequence[str],
    columns: Sequence[str],
    names: Sequence[str],
    name: str,
) -> HttpResponse:
    """A page of these columns under these names (`page_of`), as was asked for."""
    page = page_of(
        rows,
        request=request,
        keys=keys,
        columns=columns,
        show=lambda row: dict(zip(names, row, strict=True)),
        query=query,
    )
    return listed(request, page, name=name)


def listed_records(
    request: Request,
    query: dict[str, Any],
    rows: QuerySet[M],
    *,
    keys: Sequence[str],
    show: Callable[[M], object],
    name: str,
) -> HttpResponse:
    """A page of whole records (`page_of_records`), as was asked for."""
    page = page_of_records(rows, request=request, keys=keys, show=show, query=query)
    return listed(request, page, name=name)


def listed_values(
    request: Request,
    query: dict[str, Any],
    rows: Iterable[Row],
    *,
    key: Callable[[Row], str],
    show: Callable[[Row], object],
    name: str,
) -> HttpResponse:
    """A page of rows that are at hand (`page_of_list`), as was asked for."""
    page = page_of_list(rows, request=request, key=key, show=show, query=query)
    return listed(request, page, name=name)


def asks_for_table(request: Request) -> bool:
    return request.accepted_renderer.media_type in (CSV, XLSX)


def table_answer(request: Request, rows: Sequence[dict[str, Any]], *, name: str) -> HttpResponse:
    """The rows as a file; what is nested in them are columns of their own, lists are JSON."""
    flat = [_flat(row) for row in rows]
    names = list(flat[0]) if flat else []
    cells = [[_value(value) for value in row.values()] for row in flat]
    if request.accepted_renderer.media_type == CSV:
        content = b"".join(csv_lines(names, cells))
        return file_answer(content, f"{CSV}; charset=utf-8", f"{name}.csv")
    columns = tuple(
        Column(head, max(10, min(len(head) + 3, 40)), _kind(head, column))
        for head, column in zip(names, zip(*cells, strict=True), strict=True)
    )
    table = Table(name=name[:31], title="", notes=(), columns=columns, rows=cells)
    file = BytesIO()
    write_workbook(file, [table], title=name)
    return file_answer(file.getvalue(), XLSX, f"{name}.xlsx")


def _flat(row: dict[str, Any]) -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            flat |= {f"{name}_{inner}": each for inner, each in value.items()}
        else:
            flat[name] = value
    return flat


def _value(value: Any) -> Value:
    """Texts, numbers and days are themselves; what a cell does not hold is told as in JSON."""
    if isinstance(value, datetime):
        return value.astimezone(VN)
    if value is None or (isinstance(value, str | int | date) and not isinstance(value, bool)):
        return value
    return msgspec.json.encode(value, enc_hook=str).decode()


def _kind(name: str, column: Iterable[Value]) -> str:
    first = next((value for value in column if value is not None), "")
    if isinstance(first, datetime):
        return "moment"
    if isinstance(first, date):
        return "day"
    if isinstance(first, int):
        return "plain" if name in _PLAIN else "whole"
    return "text"
