"""The language somebody reads our pages in."""

from django.utils.translation import get_language

from reporting.builders.speaking import Language


def page_language() -> Language:
    """English where pages are read in English, else Vietnamese."""
    return "en" if get_language() == "en" else "vi"
