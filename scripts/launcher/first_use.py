"""Collects the static files, and uses once what the first minutes need: beside the migration.

pip left modules uncompiled: without it the first briefing waits some seconds for what a second core
could compile while the tables are made. What fails in use fails again, and is told, where it is
needed.
"""

import logging
import os
from contextlib import suppress
from importlib import import_module

import django
from django.conf import settings
from django.core.management import call_command
from django.utils.module_loading import import_string

from backend.garbage import loading
from backend.pdf import PdfUnavailable, pdf


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    with loading():
        django.setup()
        import_module(settings.ROOT_URLCONF)
        for handler in settings.JOB_HANDLERS.values():
            import_string(handler)
    call_command("collectstatic", interactive=False, verbosity=0)
    logging.disable()
    with suppress(PdfUnavailable):
        pdf("<html lang='vi'><title>.</title><p>.</p></html>")


if __name__ == "__main__":
    main()
