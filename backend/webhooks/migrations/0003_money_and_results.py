import django.contrib.postgres.fields
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("webhooks", "0002_change_feed"),
    ]

    operations = [
        migrations.AlterField(
            model_name="event",
            name="kind",
            field=models.CharField(
                choices=[
                    ("timesheet.locked", "đã chốt bảng công"),
                    ("timesheet.reopened", "đã mở lại bảng công"),
                    ("exception.opened", "có ngoại lệ chấm công mới"),
                    ("request.decided", "đã quyết định một đơn"),
                    ("sales.recorded", "đã ghi vé giao, vé trả"),
                    ("draw.closed", "đã chốt bán một kỳ"),
                    ("sales_period.closed", "đã khóa sổ bán vé một tháng"),
                    ("agent.status", "đại lý đổi trạng thái"),
                    ("payment.recorded", "đã ghi tiền đại lý nộp"),
                    ("payment.reversed", "đã đảo tiền đại lý nộp"),
                    ("result.published", "đã công bố kết quả một kỳ"),
                    ("claim.paid", "đã trả một vé trúng thưởng"),
                    ("claim.payment_reversed", "đã đảo việc trả một vé trúng thưởng"),
                    ("ping", "gửi thử"),
                ],
                max_length=30,
                verbose_name="sự kiện",
            ),
        ),
        migrations.AlterField(
            model_name="subscription",
            name="kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("timesheet.locked", "đã chốt bảng công"),
                        ("timesheet.reopened", "đã mở lại bảng công"),
                        ("exception.opened", "có ngoại lệ chấm công mới"),
                        ("request.decided", "đã quyết định một đơn"),
                        ("sales.recorded", "đã ghi vé giao, vé trả"),
                        ("draw.closed", "đã chốt bán một kỳ"),
                        ("sales_period.closed", "đã khóa sổ bán vé một tháng"),
                        ("agent.status", "đại lý đổi trạng thái"),
                        ("payment.recorded", "đã ghi tiền đại lý nộp"),
                        ("payment.reversed", "đã đảo tiền đại lý nộp"),
                        ("result.published", "đã công bố kết quả một kỳ"),
                        ("claim.paid", "đã trả một vé trúng thưởng"),
                        ("claim.payment_reversed", "đã đảo việc trả một vé trúng thưởng"),
                        ("ping", "gửi thử"),
                    ],
                    max_length=30,
                ),
                default=list,
                size=None,
                verbose_name="sự kiện",
            ),
        ),
        migrations.AlterField(
            model_name="subscriptionevent",
            name="kinds",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(
                    choices=[
                        ("timesheet.locked", "đã chốt bảng công"),
                        ("timesheet.reopened", "đã mở lại bảng công"),
                        ("exception.opened", "có ngoại lệ chấm công mới"),
                        ("request.decided", "đã quyết định một đơn"),
                        ("sales.recorded", "đã ghi vé giao, vé trả"),
                        ("draw.closed", "đã chốt bán một kỳ"),
                        ("sales_period.closed", "đã khóa sổ bán vé một tháng"),
                        ("agent.status", "đại lý đổi trạng thái"),
                        ("payment.recorded", "đã ghi tiền đại lý nộp"),
                        ("payment.reversed", "đã đảo tiền đại lý nộp"),
                        ("result.published", "đã công bố kết quả một kỳ"),
                        ("claim.paid", "đã trả một vé trúng thưởng"),
                        ("claim.payment_reversed", "đã đảo việc trả một vé trúng thưởng"),
                        ("ping", "gửi thử"),
                    ],
                    max_length=30,
                ),
                default=list,
                size=None,
                verbose_name="sự kiện",
            ),
        ),
    ]
