from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0033_late_returns"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="journalentry",
            index=models.Index(
                fields=["agent", "value_date"],
                name="journal_winners_tax",
                condition=Q(event="prize") & ~Q(withheld_tax=0),
            ),
        ),
    ]
