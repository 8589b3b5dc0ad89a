"""Plain builders of what tests stand on. Append only, keep small."""

from datetime import date

from backend.org.models import Region, RegionLevel
from sales.models import Agent, AgentKind, Draw, DrawStatus, Product


def region(code: str, *, parent: Region | None = None, **fields) -> Region:
    """A unit in force since July 2025; without a parent, a province."""
    values = {
        "name": f"Đơn vị {code}",
        "level": RegionLevel.WARD if parent else RegionLevel.PROVINCE,
        "valid_from": date(2025, 7, 1),
    }
    return Region.objects.create(code=code, parent=parent, **(values | fields))


def agent(code: str, region: Region, **fields) -> Agent:
    values = {
        "name": f"Đại lý {code}",
        "kind": AgentKind.PERSON,
        "opened_date": date(2020, 1, 1),
        "commission_bps": 1_200,
        "credit_limit_amount": 50_000_000,
    }
    return Agent.objects.create(code=code, region=region, **(values | fields))


def product(code: str = "TT10", **fields) -> Product:
    values = {
        "name": "Vé truyền thống",
        "face_value_amount": 10_000,
        "valid_from": date(2020, 1, 1),
    }
    return Product.objects.create(code=code, **(values | fields))


def draw(day: str | date, **fields) -> Draw:
    on = date.fromisoformat(day) if isinstance(day, str) else day
    values = {"host": "Quảng Ninh", "status": DrawStatus.HELD}
    return Draw.objects.create(date=on, **(values | fields))
