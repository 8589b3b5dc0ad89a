"""A changed first or last day of employment marks the days it can change, whoever changed it.

People belong to `backend`, which knows nothing of timesheets, and they are changed by the admin, by
imports and by hand in SQL; a trigger is the one place that none of these can go around. It works
on the statement's rows as a set. Days before the oldest and after the newest computed row of anybody
are left to `timesheet.dirty.mark_new_days`.

Marked are the days between the old and the new date and their neighbours: the window of a night
before is cut where the next day's shift begins, and that shift is there only for who is employed.
"""

from django.db import migrations

from backend.fresh_database import StructureSQL

FORWARD = """
    CREATE FUNCTION attendance_mark_employment() RETURNS trigger LANGUAGE plpgsql AS $$
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
    CREATE TRIGGER attendance_mark_employment AFTER UPDATE ON org_employee
    REFERENCING OLD TABLE AS was NEW TABLE AS became
    FOR EACH STATEMENT EXECUTE FUNCTION attendance_mark_employment();
"""
BACKWARD = """
    DROP TRIGGER attendance_mark_employment ON org_employee;
    DROP FUNCTION attendance_mark_employment();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0025_leave_and_overtime"),
        ("org", "0003_people_in_charge"),
    ]

    operations = [StructureSQL(FORWARD, BACKWARD)]
