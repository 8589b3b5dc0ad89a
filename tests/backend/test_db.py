"""COPY carries every text unharmed."""

import pytest
from django.db import connection

from backend.db import copy_into


@pytest.mark.django_db
def test_copy_keeps_tabs_newlines_backslashes_and_nulls():
    texts = ["tab\there", "line\nbreak\r", "back\\slash \\N", "Đỗ Thị Ánh", None, ""]
    with connection.cursor() as cursor:
        cursor.execute('CREATE TEMP TABLE copied ("no" int, "text" text) ON COMMIT DROP')
        copy_into(cursor, "copied", ["no", "text"], list(enumerate(texts)))
        cursor.execute('SELECT "text" FROM copied ORDER BY "no"')
        assert [row[0] for row in cursor.fetchall()] == texts
