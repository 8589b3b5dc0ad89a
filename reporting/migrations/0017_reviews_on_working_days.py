"""Reviews of documents were reminded of from Monday to Friday; now on each day the company works."""

from django.db import migrations

#: One whose calendar somebody changed stays as it is.
EVERY_MORNING = """
UPDATE jobs_schedule SET cron = '30 7 * * *'
WHERE code = 'documents-review' AND cron = '30 7 * * mon-fri';
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0016_alarms_of_bounces"),
        ("jobs", "0003_rules"),
    ]

    operations = [
        migrations.RunSQL(EVERY_MORNING, migrations.RunSQL.noop),
    ]
