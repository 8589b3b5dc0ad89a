"""What a question about sales may be limited to, by code."""

from sales.figures.rows import below
from sales.models import Agent, Product


def agent_name(code: str, region_path: str | None) -> str | None:
    """The agent's name; None when there is none of this code in these units."""
    found = Agent.objects.filter(below("region__", region_path), code=code).first()
    return found.name if found else None


def products() -> dict[str, str]:
    """Code → name of every product there was, by code."""
    return dict(Product.objects.order_by("code").values_list("code", "name"))
