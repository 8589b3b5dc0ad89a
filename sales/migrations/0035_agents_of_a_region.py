from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0005_territories"),
        ("sales", "0034_taxes_of_winners"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="agentyeartickets",
            index=models.Index(fields=["region", "agent"], name="agent_year_tickets_region"),
        ),
    ]
