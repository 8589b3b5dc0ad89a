"""`load_sales_rules`: rates, terms and limits by law, and the prize tables of products there are."""

from typing import Any

from django.core.management.base import BaseCommand

from sales.draws.prize_tables import load_prize_tables
from sales.rules import load_rules


class Command(BaseCommand):
    help = (
        "Load the shipped rules of ticket sales, and the prize tables of products that exist. "
        "What is there already stays as it is; repeating is harmless."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_rules()} new rules, {load_prize_tables()} new prize tables")
