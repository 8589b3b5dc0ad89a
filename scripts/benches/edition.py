"""The weekly briefing over 10 million sales lines and 500 employees: frozen, on paper, as a workbook."""

from datetime import datetime, time, timedelta

from attendance.timesheet.dirty import mark_unwritten_days
from attendance.timesheet.timesheets import recompute_dirty
from backend.clock import VN
from backend.jobs.queue import database_now
from backend.org.models import Company as Owner
from backend.pdf import pdf
from reporting import asking, making
from reporting.builders import html
from reporting.builders.content import Report, digest, freeze, thaw
from reporting.builders.workbook import workbook
from reporting.defining import Asked, Scope
from reporting.definitions import definition
from reporting.periods import PeriodKind, period_of
from scripts.benches import company as staff
from scripts.benches import summary
from scripts.benches.measure import Measure, against_limit, best_seconds, is_trial
from scripts.benches.sales_fixtures import LAST, company

PEOPLE = 50 if is_trial() else 500
AGENTS = 100 if is_trial() else summary.AGENTS
DRAWS = 400 if is_trial() else summary.DRAWS
FREEZE_LIMIT, PDF_LIMIT, XLSX_LIMIT = 2.0, 4.0, 1.0
AT = datetime.combine(LAST + timedelta(days=1), time(7, 30), tzinfo=VN)


def run() -> list[Measure]:
    Owner.objects.create(name="Công ty Xổ số kiến thiết Đo Thử", short_name="XSKT ĐT")
    made = company(agents=AGENTS, products=summary.PRODUCTS, draws=DRAWS)
    lines = summary.fill(made)
    staff.company(people=PEOPLE, first=LAST.replace(day=1), last=LAST, at=AT)
    mark_unwritten_days(first=LAST.replace(day=1), last=LAST)
    while recompute_dirty(at=AT):
        pass
    report = _frozen()
    told = f"weekly briefing of {lines:,} lines, {PEOPLE} employees"
    if report.completeness.failures or report.is_empty:
        raise AssertionError(f"not a whole briefing: {report.completeness.failures}")
    sha256 = digest(freeze(report))
    return [
        against_limit(f"{told}: figures to frozen JSON", best_seconds(_frozen), FREEZE_LIMIT),
        against_limit(
            f"{told}: PDF",
            best_seconds(lambda: pdf(html.document(report, sha256=sha256))),
            PDF_LIMIT,
        ),
        against_limit(
            f"{told}: xlsx", best_seconds(lambda: workbook(report, sha256=sha256)), XLSX_LIMIT
        ),
    ]


def _frozen() -> Report:
    """All an edition does until its content stands as JSON."""
    wanted = definition(asking.WEEKLY)
    asked = Asked(period_of(PeriodKind.WEEK, LAST), Scope(), database_now())
    heading = making.heading_of(wanted, asked, number=1)
    return thaw(freeze(making.made_report(wanted, asked, heading, first=None)))
