from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reporting", "0010_edition_words")]

    operations = [
        migrations.RemoveConstraint(model_name="edition", name="edition_number_once"),
        migrations.AddConstraint(
            model_name="edition",
            constraint=models.UniqueConstraint(
                condition=models.Q(("number__gt", 0)),
                fields=(
                    "report",
                    "period_first_date",
                    "period_last_date",
                    "region",
                    "territory",
                    "department",
                    "number",
                ),
                name="edition_number_once",
                nulls_distinct=False,
            ),
        ),
    ]
