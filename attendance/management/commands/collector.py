"""`python -m backend collector`: keep fetching the terminals' logs. Start one, or several."""

import signal
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from attendance.collecting.collector import Collector, Manners
from attendance.zk.client import Limits
from backend import clock


class Command(BaseCommand):
    help = "Fetch the terminals' logs as they fall due, until SIGTERM."
    #: They would import every page, twice the work of the rest of a start; scripts/check makes them.
    requires_system_checks: list[str] = []  # noqa: RUF012 -- Django's own form

    def add_arguments(self, parser: CommandParser) -> None:
        manners, limits = Manners(), Limits()
        parser.add_argument("--readers", type=int, default=manners.readers)
        parser.add_argument("--writers", type=int, default=manners.writers)
        parser.add_argument("--lease-seconds", type=float, default=manners.lease_seconds)
        parser.add_argument("--round-seconds", type=float, default=manners.round_seconds)
        parser.add_argument("--stuck-seconds", type=float, default=manners.stuck_seconds)
        parser.add_argument("--contact-seconds", type=float, default=limits.contact_seconds)
        parser.add_argument("--answer-seconds", type=float, default=limits.answer_seconds)
        parser.add_argument("--once", action="store_true", help="poll what is due now, then end")

    def handle(self, *args: Any, **options: Any) -> None:
        collector = Collector(
            now=clock.now,
            manners=Manners(
                readers=options["readers"],
                writers=options["writers"],
                lease_seconds=options["lease_seconds"],
                round_seconds=options["round_seconds"],
                stuck_seconds=options["stuck_seconds"],
                limits=Limits(
                    answer_seconds=options["answer_seconds"],
                    contact_seconds=options["contact_seconds"],
                ),
            ),
        )
        if options["once"]:
            collector.run_once()
            return
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: collector.stop())
        collector.run()
