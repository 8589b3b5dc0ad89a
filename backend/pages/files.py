"""Files as answers to a browser."""

from typing import Final
from urllib.parse import quote

from django.http import HttpResponse
from django.utils.http import content_disposition_header

XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PDF: Final = "application/pdf"


def file_answer(content: bytes, content_type: str, name: str) -> HttpResponse:
    """The file for download under this name."""
    response = HttpResponse(content, content_type=content_type)
    disposition = content_disposition_header(as_attachment=True, filename=name)
    response["Content-Disposition"] = str(disposition)
    return response


def handed_in(content: bytes, content_type: str, name: str) -> HttpResponse:
    """A file that came from outside: to be saved, never shown in the page, kept by no cache."""
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
