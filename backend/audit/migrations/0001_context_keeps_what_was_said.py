"""Who made a change, and at which address, stays as it was written.

The rows of histories only grow, but whose they are stands in a table of pghistory's own, which the
program's role could rewrite and empty. pghistory writes the row again while a request goes on (at first
nobody is known), so what was not said yet may be added.
"""

from django.db import migrations

from backend.fresh_database import StructureSQL

FORWARD = """
    CREATE FUNCTION audit_keep_context() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'pghistory_context is append-only';
        END IF;
        NEW.id := OLD.id;
        NEW.created_at := OLD.created_at;
        NEW.metadata := NEW.metadata || jsonb_strip_nulls(OLD.metadata);
        RETURN NEW;
    END
    $$;
    CREATE TRIGGER audit_keep_context BEFORE UPDATE OR DELETE ON pghistory_context
        FOR EACH ROW EXECUTE FUNCTION audit_keep_context();
"""
BACKWARD = """
    DROP TRIGGER audit_keep_context ON pghistory_context;
    DROP FUNCTION audit_keep_context();
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = [("pghistory", "0007_auto_20250421_0444")]

    operations = [StructureSQL(FORWARD, BACKWARD)]
