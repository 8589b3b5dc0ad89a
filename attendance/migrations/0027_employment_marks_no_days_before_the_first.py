"""Where no row was ever computed, a changed date of employment marks nothing.

The newest computed row was then unknown, and a day off for good was to be marked up to infinity.
"""

from importlib import import_module

from django.db import migrations

from backend.fresh_database import StructureSQL

FORWARD = """
    CREATE OR REPLACE FUNCTION attendance_mark_employment() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        INSERT INTO attendance_dirtyday (employee_id, work_date)
        SELECT DISTINCT changed.id, day::date
        FROM (
            SELECT id, least(was.join_date, became.join_date) - 1 AS first,
                greatest(was.join_date, became.join_date) AS last
            FROM was JOIN became USING (id)
            WHERE was.join_date <> became.join_date
            UNION ALL
            SELECT id, least(was.leave_date, became.leave_date),
                CASE WHEN was.leave_date IS NULL OR became.leave_date IS NULL THEN 'infinity'
                    ELSE greatest(was.leave_date, became.leave_date) + 1 END
            FROM was JOIN became USING (id)
            WHERE was.leave_date IS DISTINCT FROM became.leave_date
        ) changed
        CROSS JOIN (
            SELECT min(work_date) AS oldest, max(work_date) AS newest FROM attendance_timesheetrow
            HAVING max(work_date) IS NOT NULL
        ) known
        CROSS JOIN LATERAL generate_series(
            greatest(changed.first, known.oldest), least(changed.last, known.newest),
            interval '1 day'
        ) AS day
        ORDER BY 1, 2
        ON CONFLICT (employee_id, work_date) DO UPDATE SET work_date = excluded.work_date;
        RETURN NULL;
    END
    $$;
"""
#: As it was; the function alone, its trigger stays.
BACKWARD = (
    import_module("attendance.migrations.0026_employment_marks_days")
    .FORWARD.partition("CREATE TRIGGER")[0]
    .replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")
)


class Migration(migrations.Migration):
    dependencies = [("attendance", "0026_employment_marks_days")]

    operations = [StructureSQL(FORWARD, BACKWARD)]
