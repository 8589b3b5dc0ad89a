"""The only caller of the system clock. Everything else takes the moment as an argument."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

VN = ZoneInfo("Asia/Ho_Chi_Minh")


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def today() -> date:
    """Today's date in Vietnam."""
    return now().astimezone(VN).date()
