import django.db.models.deletion
from django.db import migrations, models

from backend.fresh_database import StructureSQL

_MEASURES = "issued, returned, revenue_amount, commission_amount"
_SUMS = ", ".join(f"sum({name})" for name in _MEASURES.split(", "))


def _key(to):
    return models.ForeignKey(
        db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to=to
    )


def _fields():
    """A field is of one model."""
    return [
        (
            "id",
            models.BigAutoField(
                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
            ),
        ),
        *((name, models.BigIntegerField()) for name in _MEASURES.split(", ")),
        ("month", models.DateField()),
        ("region", _key("org.region")),
    ]


def _filled(table, source, keys):
    places = ", ".join(str(place + 1) for place in range(len(keys.split(", "))))
    return migrations.RunSQL(
        f"""
        insert into {table} ({keys}, {_MEASURES})
        select {keys}, {_SUMS} from {source} group by {places} order by {places}
        """,  # noqa: S608 -- names of our own
        migrations.RunSQL.noop,
    )


def _roomy(table):
    """A row is added to at every draw; beside it on its page, a new version needs no index entry."""
    return StructureSQL(f"alter table {table} set (fillfactor = 75)", StructureSQL.noop)


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0005_territories"),
        ("sales", "0036_years_of_all_products"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgentMonthAll",
            fields=[*_fields(), ("agent", _key("sales.agent"))],
            options={
                "verbose_name": "tổng mọi loại vé theo đại lý và tháng",
                "verbose_name_plural": "tổng mọi loại vé theo đại lý và tháng",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "agent", "region"), name="agent_month_all_once"
                    )
                ],
                "indexes": [models.Index(fields=["agent"], name="agent_month_all_agent")],
            },
        ),
        _roomy("sales_agentmonthall"),
        _filled("sales_agentmonthall", "sales_agentmonthtickets", "month, agent_id, region_id"),
        migrations.CreateModel(
            name="RegionWeekdayAll",
            fields=[*_fields(), ("weekday", models.PositiveSmallIntegerField())],
            options={
                "verbose_name": "tổng mọi loại vé theo địa bàn và thứ",
                "verbose_name_plural": "tổng mọi loại vé theo địa bàn và thứ",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("month", "weekday", "region"), name="region_weekday_all_once"
                    )
                ],
            },
        ),
        _roomy("sales_regionweekdayall"),
        _filled("sales_regionweekdayall", "sales_regionweekdaytotal", "month, weekday, region_id"),
    ]
