"""Tables of sales as workbooks."""

from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Final

from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation

from backend import clock
from backend.accounts.models import User
from backend.heading import Heading
from backend.org.models import Company, Region, Territory
from backend.pages.files import XLSX, file_answer
from backend.tables import Table, write_workbook

#: A workbook of more rows is not held in memory.
MOST_HELD: Final = 50_000
_HELD: Final = 8 << 20


def asks_for_workbook(request: HttpRequest) -> bool:
    """Whether the list is wanted as a workbook: the link "Xuất Excel" of its page."""
    return request.GET.get("dang") == "xlsx"


def table_answer(heading: Heading, name: str, *tables: Table) -> HttpResponseBase:
    """The tables as a workbook for download, a sheet each; Vietnamese whatever the person reads."""
    file = SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115 -- the answer closes it
    with translation.override("vi"):
        rows = write_workbook(file, tables, title=tables[0].title, heading=heading)
    file.seek(0)
    if rows > MOST_HELD:
        return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX)
    with file:
        return file_answer(file.read(), XLSX, name)


def share(bps: int | None) -> float | None:
    """Basis points for a column of percents."""
    return None if bps is None else bps / 10_000


def heading_of(user: User, first: date, last: date, place: Region | Territory | None) -> Heading:
    """What stands above a workbook the person makes now, of the place or all they see."""
    return Heading(
        company=Company.objects.own().name,
        part=_part(user, place),
        first=first,
        last=last,
        made_at=clock.now().astimezone(clock.VN),
        made_by=str(user),
    )


def _part(user: User, place: Region | Territory | None) -> str:
    if place is not None:
        return place.name
    return user.territory.name if user.territory else "toàn công ty"
