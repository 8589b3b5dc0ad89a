import django.db.models.deletion
from django.db import migrations, models

from backend.fresh_database import StructureSQL

_MEASURES = "issued, returned, revenue_amount, commission_amount"
_SUMS = ", ".join(f"sum({name})" for name in _MEASURES.split(", "))


def _key(to):
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to
    )


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0005_territories"),
        ("sales", "0035_agents_of_a_region"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentYearAll",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("issued", models.BigIntegerField()),
                ("returned", models.BigIntegerField()),
                ("revenue_amount", models.BigIntegerField()),
                ("commission_amount", models.BigIntegerField()),
                ("year", models.DateField()),
                ("agent", _key("sales.agent")),
                ("region", _key("org.region")),
            ],
            options={
                "verbose_name": "tổng mọi loại vé theo đại lý và năm",
                "verbose_name_plural": "tổng mọi loại vé theo đại lý và năm",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("year", "agent", "region"), name="agent_year_all_once"
                    )
                ],
            },
        ),
        # A row is added to at every draw; beside it on its page, a new version needs no index entry.
        StructureSQL("alter table sales_agentyearall set (fillfactor = 75)", StructureSQL.noop),
        migrations.RunSQL(
            f"""
            insert into sales_agentyearall (year, agent_id, region_id, {_MEASURES})
            select year, agent_id, region_id, {_SUMS} from sales_agentyeartickets
            group by 1, 2, 3 order by 1, 2, 3
            """,  # noqa: S608 -- names of our own
            migrations.RunSQL.noop,
        ),
    ]
