"""Plans of small demonstration companies, and what a loaded one looks like."""

from datetime import date, datetime

from django.db import connection

from backend.clock import VN
from scripts.demonstration.plan import Plan

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=VN)
TODAY = NOW.date()
#: The whole company, over fewer days than the product shows.
PLAN = Plan(today=TODAY, draw_days=290, punch_days=100)
#: As small as it can be.
TINY = Plan(today=TODAY, draw_days=70, punch_days=40, agents=80, employees=30)
MONDAY, SUNDAY = date(2026, 11, 16), date(2026, 11, 22)


def fingerprint() -> dict[str, str]:
    """Digests of what was made, without the numbers PostgreSQL gives to rows."""
    queries = {
        "ledger": "select md5(string_agg(concat_ws(',', a.code, p.code, e.draw_date, r.code,"
        " issued, returned, reason), ';' order by e.id)) from sales_consignmententry e"
        " join sales_agent a on a.id = agent_id join sales_product p on p.id = product_id"
        " join org_region r on r.id = e.region_id",
        "payments": "select md5(string_agg(concat_ws(',', a.code, value_date, receivable), ';'"
        " order by j.id)) from sales_journalentry j join sales_agent a on a.id = agent_id",
        "people": "select md5(string_agg(concat_ws(',', code, full_name, join_date), ';'"
        " order by code)) from org_employee",
        "punches": "select md5(string_agg(concat_ws(',', serial_number, device_user_id,"
        " device_time, state), ';' order by id)) from attendance_punch",
    }
    found = {}
    with connection.cursor() as cursor:
        for name, query in queries.items():
            cursor.execute(query)
            found[name] = cursor.fetchone()[0]
    return found
