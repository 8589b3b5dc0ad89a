"""Four sales territories that make up the province, each with somebody of the sales department."""

from backend.org.models import Employee, Region, Territory, TerritoryRegion
from scripts.demonstration.agents import SIZES

#: Code, name, units of today; the last one has all the others.
TERRITORIES = (
    ("HL", "Vùng Hạ Long", ("06652", "06658", "06661", "06673", "06676", "06685", "06688", "06706",
                            "07030", "07054", "07060")),
    ("CP", "Vùng Cẩm Phả – Vân Đồn – Cô Tô", ("06760", "06778", "06781", "06793", "06799", "06994",
                                              "07192")),
    ("MT", "Vùng miền Tây", ("06811", "06820", "06832", "07069", "07081", "07090", "07093", "07114",
                             "07132", "07135", "07147", "07168", "07180", "07183")),
    ("MD", "Vùng miền Đông", ()),
)  # fmt: skip
MANAGERS = "KD"


def create_territories(units: dict[str, Region]) -> None:
    """Store them as they have been since the reform; `units` are today's by code."""
    sales = Employee.objects.filter(department__code=MANAGERS, leave_date=None).order_by("code")
    managers = [*sales[1 : len(TERRITORIES) + 1], *[None] * len(TERRITORIES)]
    made = Territory.objects.bulk_create(
        Territory(code=code, name=name, manager=manager)
        for (code, name, _units), manager in zip(TERRITORIES, managers, strict=False)
    )
    named = {unit for _code, _name, codes in TERRITORIES for unit in codes}
    parts = [codes or sorted(SIZES.keys() - named) for _code, _name, codes in TERRITORIES]
    TerritoryRegion.objects.bulk_create(
        TerritoryRegion(territory=each, region=units[code], valid_from=units[code].valid_from)
        for each, codes in zip(made, parts, strict=True)
        for code in codes
    )
