from django.db import migrations, models

_FORMATS = [
    ("xlsx", "Excel (.xlsx)"),
    ("csv", "CSV"),
    ("pdf", "PDF"),
    ("zip", "mẫu từng tháng (.zip)"),
]
_KINDS = [
    ("form_01a", "Bảng chấm công, mẫu 01a-LĐTL"),
    ("form_01b", "Bảng chấm công làm thêm giờ, mẫu 01b-LĐTL"),
    ("exceptions", "Danh sách ngoại lệ"),
    ("punches", "Sổ lượt chấm công"),
    ("payroll", "Bàn giao tính lương"),
    ("year", "Bảng chấm công cả năm"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("attendance", "0037_care_hours"),
    ]

    operations = [
        migrations.AlterField(
            model_name=model,
            name=name,
            field=models.CharField(choices=choices, max_length=length, verbose_name=words),
        )
        for model in ("export", "exportevent")
        for name, choices, length, words in (
            ("format", _FORMATS, 4, "dạng tệp"),
            ("kind", _KINDS, 12, "tài liệu"),
        )
    ]
