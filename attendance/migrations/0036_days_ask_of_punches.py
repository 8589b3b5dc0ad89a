"""Days ask about punches that belong to nothing, as those computed from now on do."""

from django.db import migrations

_CODES = "'unassigned_punch', 'outside_employment'"
_ASK = f"""
    UPDATE attendance_timesheetrow SET exceptions = ARRAY(
        SELECT code FROM unnest(exceptions) code
        UNION
        SELECT step->>'rule' FROM jsonb_array_elements(explanation) step
        WHERE step->>'rule' IN ({_CODES})
        ORDER BY code
    )
    WHERE explanation @> '[{{"rule": "unassigned_punch"}}]'
       OR explanation @> '[{{"rule": "outside_employment"}}]'
"""  # noqa: S608
_FORGET = f"""
    UPDATE attendance_timesheetrow SET exceptions = ARRAY(
        SELECT code FROM unnest(exceptions) code WHERE code NOT IN ({_CODES}) ORDER BY code
    )
    WHERE exceptions && ARRAY[{_CODES}]::varchar[]
"""  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0035_year_exports"),
    ]

    operations = [
        migrations.RunSQL(_ASK, _FORGET),
    ]
