"""python -m backend verify_ledger"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from sales.ledger.proving import differences


class Command(BaseCommand):
    help = "Prove every rollup of sales from the ledger; fails and names the places if one differs."

    def handle(self, *args: Any, **options: Any) -> None:
        found = differences()
        for each in found:
            self.stdout.write(f"{each.table}: {each.key}: {each.ledger} ≠ {each.rollup}")
        if found:
            raise CommandError(_("Số tổng không khớp sổ vé; xem các dòng trên."))
        self.stdout.write(_("Mọi số tổng đều khớp sổ vé."))
