"""Sums of bigint that are bigint (`sum` goes through numeric), and room beside rows added to.

A row that is added to at every draw finds room for its new version on its own page, so no index
needs an entry. 0024 gave it only to databases that were there before: a fresh one got none.
"""

from django.db import migrations

from backend.fresh_database import StructureSQL

_ADDED_TO = [
    "sales_agentmonthtickets",
    "sales_agentyeartickets",
    "sales_agentweekdaytickets",
    "sales_regiondaytotal",
    "sales_regionmonthtotal",
    "sales_regionweekdaytotal",
    "sales_companydaytotal",
    "sales_agentbalance",
    "sales_agentmonthtotal",
]


class Migration(migrations.Migration):
    dependencies = [("sales", "0024_rollups_for_any_summary")]

    operations = [
        StructureSQL(
            """
            create aggregate whole_sum(bigint) (
                sfunc = int8pl, stype = bigint, combinefunc = int8pl, parallel = safe
            )
            """,
            "drop aggregate whole_sum(bigint)",
        ),
        *(
            StructureSQL(f"alter table {table} set (fillfactor = 75)", StructureSQL.noop)
            for table in _ADDED_TO
        ),
    ]
