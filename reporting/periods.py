"""The week a weekly report is about: Monday to Sunday, in Vietnam. Pure."""

from datetime import date, datetime, timedelta

from backend.clock import VN


def week_before(moment: datetime) -> tuple[date, date]:
    """The last whole week before the moment's own week."""
    today = moment.astimezone(VN).date()
    monday = today - timedelta(days=today.weekday())
    return monday - timedelta(days=7), monday - timedelta(days=1)
