"""What a run of work makes, in words."""

from django.utils.translation import get_language

from backend.jobs.models import Run
from reporting.asking import WEEKLY, period_of_run
from reporting.definitions import NoSuchReport, definition


def made_by_run(run: Run) -> str:
    """Like "Báo cáo tháng 10/2026"; the code of a report we no longer know."""
    code = run.payload.get("report", WEEKLY)
    try:
        wanted = definition(code)
    except NoSuchReport:
        return str(code)
    language = get_language() or "vi"
    return f"{wanted.title.said(language)} {period_of_run(wanted, run).name(language)}"
