from django.db import migrations, models

_EDGES = {
    "revenue_last_week": "extract(day from draw_date + 7) <= 7",
    "revenue_first_two_days": "extract(day from draw_date) <= 2",
    "revenue_first_day": "extract(day from draw_date) = 1",
}
#: Each table by its keys beside the month.
_KEYS = {
    "agentmonthtickets": ("agent_id", "region_id", "product_id"),
    "agentmonthall": ("agent_id", "region_id"),
}


def _filled(table, keys):
    sums = ", ".join(
        f"coalesce(sum(revenue_amount) filter (where {days}), 0) as {name}"
        for name, days in _EDGES.items()
    )
    told = ", ".join(f"{name} = edges.{name}" for name in _EDGES)
    same = " and ".join(f"edges.{key} = total.{key}" for key in ("month", *keys))
    return migrations.RunSQL(
        f"""
        update sales_{table} total set {told}
        from (
            select date_trunc('month', draw_date::timestamp)::date as month, {", ".join(keys)}, {sums}
            from sales_agentdrawtotal where {" or ".join(_EDGES.values())}
            group by 1, {", ".join(keys)}
        ) edges
        where {same}
        """,  # noqa: S608 -- names of our own
        migrations.RunSQL.noop,
    )


class Migration(migrations.Migration):
    """What is compared by months, or of each product, read the single days at their edges."""

    dependencies = [("sales", "0045_weekdays_side_by_side")]

    operations = [
        *(
            migrations.AddField(table, name, models.BigIntegerField(db_default=0))
            for table in _KEYS
            for name in _EDGES
        ),
        *(_filled(table, keys) for table, keys in _KEYS.items()),
    ]
