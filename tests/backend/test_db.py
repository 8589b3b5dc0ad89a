"""COPY carries every text and number unharmed."""

import pytest
from django.db import connection, transaction

from backend.db import Prepared, copied_columns, copy_into


@pytest.mark.django_db
def test_copy_keeps_tabs_newlines_backslashes_and_nulls():
    texts = ["tab\there", "line\nbreak\r", "back\\slash \\N", "Đỗ Thị Ánh", None, ""]
    with connection.cursor() as cursor:
        cursor.execute('CREATE TEMP TABLE copied ("no" int, "text" text) ON COMMIT DROP')
        copy_into(cursor, "copied", ["no", "text"], list(enumerate(texts)))
        cursor.execute('SELECT "text" FROM copied ORDER BY "no"')
        assert [row[0] for row in cursor.fetchall()] == texts


@pytest.mark.django_db
@pytest.mark.parametrize(
    "numbers", [[], [0], [7, 0, 2**32 - 1], [2**32, 3, -1, -(2**63), 2**63 - 1, -(2**32) - 5]]
)
def test_columns_are_copied_in_the_order_of_the_rows(numbers):
    query = """
        select place::bigint, number from unnest(%(numbers)s::bigint[])
            with ordinality as told(number, place) order by place
    """
    with connection.cursor() as cursor:
        places, copied = copied_columns(cursor, query, {"numbers": numbers}, 2)
    assert list(places) == list(range(1, len(numbers) + 1))
    assert list(copied) == numbers


@pytest.mark.django_db(transaction=True)
def test_a_prepared_query_outlives_a_rollback_and_is_planned_anew_by_a_new_connection():
    doubled = Prepared("doubled", "select %(number)s + %(more)s", number="int", more="bigint")
    with transaction.atomic():
        assert doubled.rows(number=2, more=2**40) == [(2**40 + 2,)]
        transaction.set_rollback(True)
    assert doubled.rows(number=1, more=-1) == [(0,)]
    connection.close()
    assert doubled.rows(more=4, number=3) == [(7,)]
    assert doubled.rows(number=None, more=3) == [(None,)]
