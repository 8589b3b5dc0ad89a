from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0014_people_on_terminals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="peopletask",
            name="action",
            field=models.CharField(
                choices=[
                    ("read", "đọc danh sách"),
                    ("put", "đưa lên máy"),
                    ("remove", "xóa khỏi máy"),
                    ("remove_admin", "xóa người quản trị máy"),
                    ("remove_fingers", "xóa vân tay"),
                ],
                max_length=14,
            ),
        ),
    ]
