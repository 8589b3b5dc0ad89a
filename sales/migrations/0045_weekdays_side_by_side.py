import django.db.models.deletion
from django.db import migrations, models

from backend.fresh_database import StructureSQL

_MEASURES = ("issued", "returned", "revenue_amount", "commission_amount")
_COLUMNS = [f"{name}_{weekday}" for name in _MEASURES for weekday in range(7)]
#: Each table by its keys.
_KEYS = {
    "sales_agentweekdaytickets": "year, agent_id, region_id, product_id",
    "sales_agentweekdayall": "year, agent_id, region_id",
}
_MODELS = (
    (
        "AgentWeekdayTickets",
        "tổng vé theo đại lý và thứ",
        "agent_weekday_tickets",
        ("year", "agent", "region", "product"),
    ),
    (
        "AgentWeekdayAll",
        "tổng mọi loại vé theo đại lý và thứ",
        "agent_weekday_all",
        ("year", "agent", "region"),
    ),
)


def _kept_aside(table, keys):
    sums = ", ".join(
        f"coalesce(sum({name}) filter (where weekday = {weekday}), 0)::bigint as {name}_{weekday}"
        for name in _MEASURES
        for weekday in range(7)
    )
    return migrations.RunSQL(
        f"create table {table}_before as select {keys}, {sums} from {table} group by {keys}"  # noqa: S608 -- names of our own
    )


def _put_back(table, keys):
    columns = f"{keys}, {', '.join(_COLUMNS)}"
    return migrations.RunSQL(
        f"""
        insert into {table} ({columns}) select {columns} from {table}_before order by {keys};
        drop table {table}_before
        """  # noqa: S608 -- names of our own
    )


def _of(model):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        on_delete=django.db.models.deletion.PROTECT,
        to=model,
    )


def _created(name, told, short, keys):
    of = {"agent": "sales.agent", "region": "org.region", "product": "sales.product"}
    return migrations.CreateModel(
        name=name,
        fields=[
            (
                "id",
                models.BigAutoField(
                    auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                ),
            ),
            ("year", models.DateField()),
            *((column, models.BigIntegerField(db_default=0)) for column in _COLUMNS),
            *((key, _of(of[key])) for key in keys if key in of),
        ],
        options={
            "verbose_name": told,
            "verbose_name_plural": told,
            "indexes": [models.Index(fields=["agent"], name=f"{short}_agent")],
            "constraints": [models.UniqueConstraint(fields=keys, name=f"{short}_once")],
        },
    )


class Migration(migrations.Migration):
    """The weekdays of a year lie in one row: an answer by weekday reads and groups a seventh."""

    dependencies = [
        ("org", "0006_company_history"),
        ("sales", "0044_persons_tax_codes_sealed"),
    ]

    operations = [
        *(_kept_aside(table, keys) for table, keys in _KEYS.items()),
        *(migrations.DeleteModel(name=name) for name, *_ in _MODELS),
        *(_created(*each) for each in _MODELS),
        *(
            StructureSQL(f"alter table {table} set (fillfactor = 50)", StructureSQL.noop)
            for table in _KEYS
        ),
        *(_put_back(table, keys) for table, keys in _KEYS.items()),
    ]
