"""Recipients belonged to a report; from now on they belong to one of its schedules."""

from django.db import migrations

#: A report with recipients but without a schedule gets one that is switched off.
MISSING = """
INSERT INTO jobs_schedule (code, name, handler, cron, rule, timezone, payload, enabled, catch_up,
                           materialised_until, refill_at)
SELECT DISTINCT recipient.report, recipient.report, 'report.weekly_briefing', '30 7 * * mon',
       '{}'::jsonb, 'Asia/Ho_Chi_Minh', '{}'::jsonb, false, 'latest', now(), now()
FROM (SELECT report FROM reporting_recipient UNION SELECT report FROM reporting_recipientevent)
     AS recipient
WHERE NOT EXISTS (
    SELECT FROM reporting_reportschedule AS known WHERE known.report = recipient.report
)
ON CONFLICT (code) DO NOTHING;
INSERT INTO reporting_reportschedule (report, schedule_id)
SELECT DISTINCT recipient.report, schedule.id
FROM (SELECT report FROM reporting_recipient UNION SELECT report FROM reporting_recipientevent)
     AS recipient
JOIN jobs_schedule AS schedule ON schedule.code = recipient.report
WHERE NOT EXISTS (
    SELECT FROM reporting_reportschedule AS known WHERE known.report = recipient.report
);
"""
FILL = """
UPDATE reporting_recipient AS recipient SET schedule_id = known.id
FROM reporting_reportschedule AS known WHERE known.report = recipient.report;
UPDATE reporting_recipientevent AS event SET schedule_id = known.id
FROM reporting_reportschedule AS known
WHERE known.report = event.report AND event.schedule_id IS NULL;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("reporting", "0003_delivery"),
        ("jobs", "0003_rules"),
    ]

    operations = [
        migrations.RunSQL(MISSING, migrations.RunSQL.noop),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
