"""A row recorded outside a request costs no error.

pghistory's own function asks for settings that only a request sets, and catches the error. It did so
for each row, and PostgreSQL then goes through all foreign keys still to be checked: to bring a roster
of 40,000 rows took 11 s of 13.
"""

from django.db import migrations

from backend.fresh_database import StructureSQL

FORWARD = """
    CREATE OR REPLACE FUNCTION _pgh_attach_context() RETURNS uuid LANGUAGE plpgsql AS $$
    DECLARE
        context uuid := nullif(current_setting('pghistory.context_id', true), '');
        said jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
    BEGIN
        IF context IS NULL OR said IS NULL THEN
            RETURN NULL;
        END IF;
        INSERT INTO pghistory_context (id, metadata, created_at, updated_at)
            VALUES (context, said, now(), now())
            ON CONFLICT (id) DO UPDATE
                SET metadata = excluded.metadata, updated_at = excluded.updated_at
                WHERE pghistory_context.metadata <> excluded.metadata;
        RETURN context;
    END
    $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_context_keeps_what_was_said")]

    operations = [StructureSQL(FORWARD, StructureSQL.noop)]
