"""`python -m backend import_punches FILE --terminal CODE`: punches from a terminal's USB export."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from attendance.collecting import ledger
from attendance.collecting.exports import MAX_BYTES
from attendance.collecting.importing import BAD_LINES_SHOWN, import_file, preview_file
from attendance.models import ParkedRecord, Terminal
from attendance.timesheet.timesheets import recompute_dirty
from backend import clock
from backend.problems import Problem


class Command(BaseCommand):
    help = (
        "Import a terminal's exported log (*_attlog.dat, AGL_*.TXT, GLG_*.TXT)."
        " Repeating it is harmless."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--terminal", required=True, help="the terminal's code")
        parser.add_argument(
            "--preview", action="store_true", help="say what would be stored, and store nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path: Path = options["file"]
        terminal = Terminal.objects.filter(code=options["terminal"]).first()
        if terminal is None:
            known = ", ".join(Terminal.objects.order_by("code").values_list("code", flat=True))
            raise CommandError(f"No terminal has the code {options['terminal']}. Known: {known}")
        try:
            if path.stat().st_size > MAX_BYTES:
                raise CommandError(f"{path} is larger than {MAX_BYTES // 2**20} MB.")
            if options["preview"]:
                self._preview(path, terminal)
            else:
                self._import(path, terminal)
        except OSError as error:
            raise CommandError(f"Cannot read {path}: {error.strerror}") from None
        except Problem as problem:
            raise CommandError(str(problem)) from None

    def _preview(self, path: Path, terminal: Terminal) -> None:
        seen = preview_file(path.read_bytes(), name=path.name, terminal=terminal, at=clock.now())
        self._counts(path.name, seen.counts)
        self.stdout.write(
            f"  {seen.first} to {seen.last}, {seen.known_users} known users, "
            f"{len(seen.unknown_users)} unknown"
        )
        for bad in seen.bad_lines:
            self.stdout.write(f"  line {bad.line}: {bad.reason}")
        self.stdout.write("Nothing was stored.")

    def _import(self, path: Path, terminal: Terminal) -> None:
        imported = import_file(path.read_bytes(), name=path.name, terminal=terminal, at=clock.now())
        self._counts(path.name, imported.counts)
        parked = ParkedRecord.objects.filter(pull=imported.pull).order_by("line", "pk")
        for record in parked[:BAD_LINES_SHOWN]:
            self.stdout.write(f"  line {record.line}: {record.get_reason_display()}")
        while recompute_dirty(at=clock.now()):
            pass

    def _counts(self, name: str, counts: ledger.Stored) -> None:
        self.stdout.write(
            f"{name}: {counts.read} lines, {counts.stored} new, {counts.known} known, "
            f"{counts.parked} parked"
        )
