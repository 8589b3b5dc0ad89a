"""python -m backend rebuild_rollups"""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from sales.ledger.proving import rebuild_rollups


class Command(BaseCommand):
    help = "Make the rollups of sales anew from the ledger, in one transaction; writers wait."

    def handle(self, *args: Any, **options: Any) -> None:
        agents, regions = rebuild_rollups()
        self.stdout.write(
            _("Đã lập lại {agents} tổng theo đại lý và {regions} tổng theo địa bàn.").format(
                agents=agents, regions=regions
            )
        )
