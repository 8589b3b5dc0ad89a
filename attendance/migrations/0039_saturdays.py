from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0038_forms_as_exports"),
    ]

    operations = [
        migrations.AddField(
            model_name="workingrules",
            name="works_saturdays",
            field=models.BooleanField(
                db_default=False,
                default=False,
                verbose_name="thứ bảy là ngày làm việc bình thường",
            ),
        ),
    ]
