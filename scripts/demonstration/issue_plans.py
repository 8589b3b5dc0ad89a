"""What is printed for the draws of this month and the next: somewhat more than such a weekday takes."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import connection

from backend.accounts.models import User
from backend.clock import VN
from backend.months import last_day, shifted
from sales.engine.lines import MOST_TICKETS

PRODUCT: Final = "TT10"
#: At least so much more than what goes out is printed, in whole thousands.
SPARE_BPS: Final = 200
LOT: Final = 1_000
#: The weeks that tell what a weekday takes.
KNOWN: Final = timedelta(weeks=8)
# A plan is made on the 20th of the month before, the printer delivers three days ahead of each draw.
_PLAN: Final = """
    with issued as (
        select draw_date, sum(issued) as tickets from sales_companydaytotal
        where product_id = (select id from sales_product where code = %(product)s)
            and draw_date >= %(known)s
        group by 1
    ), usual as (
        select extract(isodow from draw_date) as weekday, avg(tickets) as tickets from issued
        where draw_date < %(today)s group by 1
    )
    insert into sales_issueplan (draw_id, product_id, tickets, receive_date, document, note, by_id, at)
    select draw.id, product.id,
        least(ceil(greatest(usual.tickets * 1.08, issued.tickets * (10000 + %(spare)s) / 10000)
            / %(lot)s) * %(lot)s, %(most)s),
        draw.date - 3, 'KH-PH ' || to_char(draw.date, 'MM/YYYY'), '', %(by)s,
        least((date_trunc('month', draw.date) - interval '1 month' + interval '19 days 9 hours')
            at time zone 'Asia/Ho_Chi_Minh', %(at)s)
    from sales_draw draw
    join sales_product product on product.code = %(product)s
    join usual on usual.weekday = extract(isodow from draw.date)
    left join issued on issued.draw_date = draw.date
    where draw.date between %(first)s and %(last)s and not exists (
        select from sales_issueplan known
        where known.draw_id = draw.id and known.product_id = product.id
    )
    order by draw.date
"""


def print_run(issued: int) -> int:
    """How many tickets are printed where so many go out."""
    return -(-issued * (10_000 + SPARE_BPS) // (10_000 * LOT)) * LOT


def plan_issues(*, by: User, at: datetime) -> int:
    """Plan the draws of this month and the next that have no plan yet; returns how many."""
    today: date = at.astimezone(VN).date()
    first = today.replace(day=1)
    values: dict[str, str | int | date | datetime] = {
        "product": PRODUCT,
        "today": today,
        "known": today - KNOWN,
        "first": first,
        "last": last_day(shifted(first, 1)),
        "most": MOST_TICKETS,
        "spare": SPARE_BPS,
        "lot": LOT,
        "by": by.pk,
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_PLAN, values)
        return int(cursor.rowcount)
