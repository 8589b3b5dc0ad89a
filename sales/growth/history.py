"""What the ledger's rollups tell of past draws, in one query each."""

from collections import defaultdict
from datetime import date

from django.db.models import F, Sum

from sales.growth.demand import Sale
from sales.models import AgentDrawTotal, Draw, DrawStatus, Product, RegionDayTotal


def agent_sales(product: Product, first: date, last: date) -> dict[int, list[Sale]]:
    """By agent id: its draws held in [first, last], oldest first."""
    rows = (
        AgentDrawTotal.objects.filter(
            product=product,
            draw_date__gte=first,
            draw_date__lte=last,
            draw__status=DrawStatus.HELD,
        )
        .order_by("draw_date")
        .values_list("agent", "draw_date", "issued", "returned")
    )
    found: dict[int, list[Sale]] = defaultdict(list)
    for agent, day, issued, returned in rows:
        found[agent].append(Sale(day, issued, issued - returned))
    return dict(found)


def company_sales(product: Product, before: date) -> dict[date, int]:
    """Tickets the whole company sold of the product in each draw held before the day."""
    held = Draw.objects.filter(date__lt=before, status=DrawStatus.HELD)
    rows = (
        RegionDayTotal.objects.filter(product=product, draw_date__in=held.values("date"))
        .values_list("draw_date")
        .annotate(Sum("issued"), Sum("returned"))
    )
    return {day: issued - returned for day, issued, returned in rows}


def tickets_sold(first: date, last: date) -> dict[int, dict[date, int]]:
    """By agent id and draw held in [first, last]: tickets sold of all products."""
    rows = (
        AgentDrawTotal.objects.filter(
            draw_date__gte=first, draw_date__lte=last, draw__status=DrawStatus.HELD
        )
        .values_list("agent", "draw_date")
        .annotate(sold=Sum(F("issued") - F("returned")))
    )
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for agent, day, sold in rows:
        found[agent][day] = sold
    return dict(found)
