"""Shared manners towards PostgreSQL: ordered row locks, advisory locks, spans of days and COPY."""

import random
import sys
import time
from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

from django.contrib.postgres.fields import DateRangeField, RangeBoundary
from django.db import OperationalError, connection
from django.db.backends.utils import CursorWrapper
from django.db.models import Func, Model, QuerySet

M = TypeVar("M", bound=Model)
T = TypeVar("T")

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


#: What PostgreSQL says to one of two writers that stood in each other's way; both may try again.
_IN_THE_WAY = {"40001", "40P01"}
_TRIES = 5


def tried_again(work: Callable[[], T]) -> T:
    """Do `work`, a transaction of its own, again where a deadlock or serialization undid it.

    Inside a transaction of the caller nothing is tried again: what was undone is the caller's too.
    """
    for attempt in range(1, _TRIES + 1):
        try:
            return work()
        except OperationalError as error:
            state = getattr(error.__cause__, "pgcode", "")
            if attempt == _TRIES or connection.in_atomic_block or state not in _IN_THE_WAY:
                raise
            time.sleep(random.uniform(0, 0.02 * 2**attempt))  # noqa: S311 -- so that not both meet again
    raise AssertionError("unreachable")


class DateRange(Func):
    function = "daterange"
    output_field = DateRangeField()


def day_span(first: str, last: str) -> DateRange:
    """The days between two columns, both included; without a last day, for ever."""
    return DateRange(first, last, RangeBoundary(inclusive_lower=True, inclusive_upper=True))


def lock_rows(rows: QuerySet[M]) -> list[M]:
    """Lock the rows until the transaction ends, always in primary-key order, so nobody deadlocks."""
    return list(rows.order_by("pk").select_for_update(of=("self",)))


def hold_lock(
    number: int, of: int | str | None = None, *, shared: bool = False, wait: bool = True
) -> bool:
    """Hold the advisory lock of this number, or its part `of` something, until the transaction ends.

    `shared` lets in others who share it. False only without `wait`: somebody else holds it.
    """
    part = {int: ", %s", str: ", hashtext(%s)"}.get(type(of), "")
    name = f"pg_{'' if wait else 'try_'}advisory_xact_lock{'_shared' if shared else ''}"
    with connection.cursor() as cursor:
        cursor.execute(f"select {name}(%s{part})", [number, of] if part else [number])
        return wait or bool(cursor.fetchone()[0])


def array_columns(rows: Iterable[Sequence[Any]]) -> list[str]:
    """The columns of rows of numbers and dates, each as an array literal for `unnest`.

    Lists would reach PostgreSQL as ARRAY[...] with one expression to plan for each element.
    """
    return [f"{{{','.join(map(str, column))}}}" for column in zip(*rows, strict=True)]


def copy_line(values: Sequence[Any]) -> str:
    """One line of COPY's text format; None becomes NULL."""
    return "\t".join(
        "\\N"
        if value is None
        else value.translate(_ESCAPES)
        if isinstance(value, str)
        else str(value)
        for value in values
    )


def copy_into(
    cursor: CursorWrapper, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """COPY `rows` into `table`. Names come from code, never from people."""
    copy_text(cursor, table, columns, "".join(f"{copy_line(row)}\n" for row in rows))


def copy_text(cursor: CursorWrapper, table: str, columns: Sequence[str], text: str) -> None:
    """COPY lines already in COPY's text format into `table`.

    As bytes: a StringIO would take four bytes a letter.
    """
    quoted = ", ".join(f'"{column}"' for column in columns)
    with cursor.db.wrap_database_errors:  # Django knows no COPY, so its errors come bare
        cursor.copy_expert(f'COPY "{table}" ({quoted}) FROM STDIN', BytesIO(text.encode()))


class Prepared:
    """A query that every connection plans once: where planning takes longer than all the rest.

    `kinds` are PostgreSQL's types of its %(values)s, which is all that it says with a percent sign.
    """

    def __init__(self, name: str, query: str, **kinds: str) -> None:
        places = {key: f"${place}" for place, key in enumerate(kinds, 1)}
        types, values = ", ".join(kinds.values()), ", ".join(f"%({key})s" for key in kinds)
        self._name = name
        self._prepare = f"PREPARE {name}{f' ({types})' * bool(kinds)} AS {query % places}"
        # What begins with "select" writes nothing, so that history is told nothing about it.
        self._execute = f"SELECT; EXECUTE {name}{f' ({values})' * bool(kinds)}"

    def rows(self, **values: Any) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            known = _PREPARED.setdefault(cursor.connection, set())
            if self._name not in known:
                with cursor.db.wrap_database_errors:
                    cursor.cursor.execute(self._prepare)
                known.add(self._name)
            cursor.execute(self._execute, values)
            return cast("list[tuple[Any, ...]]", cursor.fetchall())


#: The names that each open connection knows.
_PREPARED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()

#: Signature, flags and length of what may follow; then each row begins with its number of fields.
_COPY_HEAD = 19 + 2


def copied_columns(
    cursor: CursorWrapper, query: str, values: Mapping[str, Any], columns: int
) -> list[Sequence[int]]:
    """The columns of a query that has so many, each a bigint and none of them null.

    They come as COPY's binary format, and a smallint makes its rows as many whole words: ten thousand
    rows in a tenth of the time of `fetchall`, which reads each number from text.
    """
    sink = BytesIO()
    asked = cursor.mogrify(query, values).decode()
    with cursor.db.wrap_database_errors:
        cursor.copy_expert(
            f"COPY (SELECT *, 0::smallint FROM ({asked}) AS told) TO STDOUT (FORMAT binary)",  # noqa: S608 -- a query of our own
            sink,
        )
    words = array("I", sink.getvalue()[_COPY_HEAD:])
    if sys.byteorder == "little":
        words.byteswap()
    return [_whole(words, place, 3 * columns + 2) for place in range(1, 3 * columns, 3)]


def _whole(words: "array[int]", place: int, each: int) -> Sequence[int]:
    """The numbers of two words, the upper of which says something in few columns."""
    upper, lower = words[place::each], words[place + 1 :: each]
    if upper.tobytes() == bytes(upper.itemsize * len(upper)):
        return lower.tolist()
    both = array("I", bytes(2 * upper.itemsize * len(upper)))
    is_lower_first = sys.byteorder == "little"
    both[is_lower_first::2], both[not is_lower_first :: 2] = upper, lower
    return array("q", both.tobytes()).tolist()
