"""Tables of sales pages as workbooks."""

from datetime import date
from io import BytesIO

from django.http import HttpResponse

from backend import clock
from backend.accounts.models import User
from backend.heading import Heading
from backend.org.models import Company, Region
from backend.pages.files import XLSX, file_answer
from backend.tables import Table, write_workbook


def table_answer(heading: Heading, name: str, *tables: Table) -> HttpResponse:
    """The tables as a workbook for download, a sheet each."""
    memory = BytesIO()
    write_workbook(memory, tables, title=tables[0].title, heading=heading)
    return file_answer(memory.getvalue(), XLSX, name)


def heading_of(user: User, first: date, last: date, region: Region | None) -> Heading:
    """What stands above a workbook the person makes now, of the region or all they see."""
    return Heading(
        company=company_name(),
        part=_part(user, region),
        first=first,
        last=last,
        made_at=clock.now().astimezone(clock.VN),
        made_by=str(user),
    )


def _part(user: User, region: Region | None) -> str:
    if region is not None:
        return region.name
    return user.territory.name if user.territory else "toàn công ty"


def company_name() -> str:
    """The company's full name, empty before it is set up."""
    company = Company.objects.order_by("pk").first()
    return company.name if company else ""
