from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("sales", "0037_more_of_all_products"),
    ]

    operations = [
        migrations.RemoveConstraint(model_name="agentmonthdays", name="agent_month_days_once"),
        migrations.AddConstraint(
            model_name="agentmonthdays",
            constraint=models.UniqueConstraint(
                fields=("month", "agent", "region"),
                include=("id", "best_sold", "best_returned", "best_revenue_amount"),
                name="agent_month_days_once",
            ),
        ),
        migrations.AddIndex(
            model_name="regiondaytotal",
            index=models.Index(fields=["region", "draw_date"], name="region_day_total_region"),
        ),
    ]
