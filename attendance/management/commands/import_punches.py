"""`python -m backend import_punches FILE --terminal CODE`: punches from a terminal's USB export."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance.importing import MAX_BYTES, import_file
from attendance.models import ParkedRecord, Terminal
from attendance.timesheets import recompute_dirty
from backend import clock
from backend.problems import Problem


class Command(BaseCommand):
    help = "Import a terminal's exported log (*_attlog.dat, AGL_*.TXT). Repeating it is harmless."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--terminal", required=True, help="the terminal's code")

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        terminal = Terminal.objects.filter(code=options["terminal"]).first()
        if terminal is None:
            known = ", ".join(Terminal.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"No terminal has the code {options['terminal']}. Known: {known}")
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path} is larger than {MAX_BYTES // 2**20} MB.")
            imported = import_file(
                path.read_bytes(), name=path.name, terminal=terminal, at=clock.now()
            )
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}") from None
        except Problem as problem:
            raise CommandError(str(problem)) from None
        counts = imported.counts
        self.stdout.write(
            f"{path.name}: {counts.read} lines, {counts.stored} new, {counts.known} known, "
            f"{counts.parked} parked"
        )
        for parked in ParkedRecord.objects.filter(pull=imported.pull).order_by("line", "pk")[:20]:
            self.stdout.write(f"  line {parked.line}: {parked.get_reason_display()}")
        while recompute_dirty(at=clock.now()):
            pass
