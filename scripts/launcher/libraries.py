"""System libraries some parts need; without them the rest goes on."""

import ctypes.util

#: What WeasyPrint loads at run time, and the Debian package that brings it.
PDF_LIBRARIES = {
    "pango-1.0": "libpango-1.0-0",
    "pangoft2-1.0": "libpangoft2-1.0-0",
    "harfbuzz-subset": "libharfbuzz-subset0",
}


def missing_for_pdf() -> list[str]:
    """Debian packages that must be installed before PDF files can be made."""
    return [
        package
        for library, package in PDF_LIBRARIES.items()
        if ctypes.util.find_library(library) is None
    ]
