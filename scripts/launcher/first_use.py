"""Uses once what the first minutes need, beside the migration: pip left its modules uncompiled.

Without it the first briefing waits some seconds for modules that a second core could compile
while the tables are made. Whatever fails here fails again, and is told, where it is needed.
"""

import logging
import os
from contextlib import suppress
from importlib import import_module

import django
from django.conf import settings
from django.utils.module_loading import import_string

from backend.pdf import PdfUnavailable, pdf


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    django.setup()
    import_module(settings.ROOT_URLCONF)
    for handler in settings.JOB_HANDLERS.values():
        import_string(handler)
    logging.disable()
    with suppress(PdfUnavailable):
        pdf("<html lang='vi'><title>.</title><p>.</p></html>")


if __name__ == "__main__":
    main()
