"""A ticket checked through the API: token, draw, prize table, tax rules; the slowest of 100 but five.

The database holds three years of draws with published results.
"""

from datetime import timedelta

from django.test import override_settings

from backend.accounts.models import Role, User
from sales.draws.prize_tables import load_prize_tables
from sales.engine.prizes import PLACES
from sales.models import Draw, DrawPublication, DrawResultEntry, Product, Source
from sales.rules import load_rules
from scripts.benches.measure import Measure, is_trial, p95_measures
from scripts.benches.sales_fixtures import LAST, client, company

DRAWS = 1_095
CHECKS = 1_000
LIMIT = 0.005


def run() -> list[Measure]:
    made = company(agents=1, products=1, draws=60 if is_trial() else DRAWS)
    Product.objects.filter(pk=made.products[0].pk).update(code="TT10")
    load_rules()
    load_prize_tables()
    _publish(made.draws, made.user)
    browser = client(made.user)

    def check(number: int) -> None:
        ticket = {
            "number": f"{number * 7_919 % 100_000:05}",
            "symbol": "2KX",
            "draw_date": (LAST - timedelta(days=number % len(made.draws))).isoformat(),
        }
        answer = browser.post("/api/v1/tickets/check/", ticket, format="json")
        assert answer.status_code == 200, answer.content[:500]  # noqa: S101 -- a bench must not lie

    with override_settings(ALLOWED_HOSTS=["testserver"]):
        times = 100 if is_trial() else CHECKS
        return p95_measures("ticket check by the API", check, times=times, limit=LIMIT)


def _publish(draws: list[Draw], importer: User) -> None:
    """Numbers that differ from draw to draw, imported by one and confirmed by another."""
    other = User.objects.create_user("bench-2", "bench-2@example.vn", role=Role.SALES_MANAGER)
    at = f"{LAST}T12:00:00Z"
    entries = DrawResultEntry.objects.bulk_create(
        DrawResultEntry(
            draw=draw,
            numbers=[
                f"{(draw.pk * 7_907 + place * 104_729) % 10**digits:0{digits}}"
                for place, (_kind, _place, digits) in enumerate(PLACES)
            ],
            symbols=["2KX", "5KX"],
            series_count=20,
            source=Source.IMPORT,
            by=importer,
            at=at,
        )
        for draw in draws
    )
    DrawPublication.objects.bulk_create(
        DrawPublication(draw=entry.draw, first=entry, by=other, at=at) for entry in entries
    )
    for entry in entries:
        Draw.objects.filter(pk=entry.draw_id).update(
            numbers=entry.numbers, winning_symbols=entry.symbols
        )
