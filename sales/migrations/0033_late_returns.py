from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0032_rows_of_agents"),
    ]

    operations = [
        migrations.AddField(
            model_name="consignmententry",
            name="is_late",
            field=models.BooleanField(db_default=False, default=False, verbose_name="trả trễ"),
        ),
    ]
