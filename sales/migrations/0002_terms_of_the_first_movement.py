from django.db import migrations, models
from django.db.models import F, Q

TERMS = [
    ("face_value_amount", models.BigIntegerField()),
    ("commission_bps", models.PositiveSmallIntegerField()),
]


class Migration(migrations.Migration):
    dependencies = [("sales", "0001_initial")]

    operations = [
        migrations.RemoveField("consignmententry", "commission_amount"),
        migrations.RemoveField("agentdrawtotal", "commission_amount"),
        migrations.RemoveField("agentdrawtotal", "revenue_amount"),
        *[
            migrations.AddField("agentdrawtotal", name, field, preserve_default=False)
            for name, field in TERMS
        ],
        migrations.AddField(
            "agentdrawtotal",
            "revenue_amount",
            models.GeneratedField(
                expression=(F("issued") - F("returned")) * F("face_value_amount"),
                output_field=models.BigIntegerField(),
                db_persist=True,
            ),
        ),
        migrations.AddField(
            "agentdrawtotal",
            "commission_amount",
            models.GeneratedField(
                expression=(F("issued") - F("returned"))
                * F("face_value_amount")
                * F("commission_bps")
                / 10_000,
                output_field=models.BigIntegerField(),
                db_persist=True,
            ),
        ),
        migrations.AddConstraint(
            "agentdrawtotal",
            models.CheckConstraint(
                name="agent_draw_issued_within_reason", condition=Q(issued__lte=2_000_000)
            ),
        ),
    ]
