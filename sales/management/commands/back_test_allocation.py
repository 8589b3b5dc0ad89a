"""python -m backend back_test_allocation TT10 --days 90"""

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from backend import clock
from sales.growth.advising import costs_on
from sales.growth.allocation import Costs
from sales.growth.backtest import Outcome, advised, as_last_week, compare, own_order
from sales.growth.history import agent_sales
from sales.models import Product

#: Seasons are learned from so many days before the first one judged.
LEARNED_FROM = timedelta(days=730)


class Command(BaseCommand):
    help = "Play history again: what allocation advice would have brought (docs/growth.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("product", help="Code.")
        parser.add_argument("--days", type=int, default=90, help="How many days are judged.")

    def handle(self, *args: Any, **options: Any) -> None:
        product = Product.objects.filter(code=options["product"]).first()
        if product is None:
            raise CommandError(_("Không có loại vé này. Hãy chọn loại vé đang bán."))
        today = clock.today()
        since = today - timedelta(days=options["days"])
        known = agent_sales(product, since - LEARNED_FROM, today)
        costs = costs_on(today)
        ways = {
            _("như đã giao"): own_order,
            _("như kỳ này tuần trước"): as_last_week,
            _("theo khuyến nghị"): advised,
        }
        for line in table(compare(known.values(), ways, since=since, costs=costs), costs):
            self.stdout.write(line)


def table(found: dict[str, Outcome], costs: Costs) -> Iterator[str]:
    """The outcomes as a Markdown table; profit is compared with the first."""
    first = next(iter(found.values())).profit_amount(costs)
    yield _("| Cách giao | Lượt giao | Vé giao | Vé ế | Tỷ lệ ế | Vé thiếu | Lợi nhuận |")
    yield "|---|---:|---:|---:|---:|---:|---:|"
    for name, one in found.items():
        profit = one.profit_amount(costs)
        yield (
            f"| {name} | {one.draws} | {one.issued} | {one.unsold} | {one.unsold_share:.1%}"
            f" | {one.lost} | {profit} ({profit / first - 1 if first else 0:+.1%}) |"
        )
