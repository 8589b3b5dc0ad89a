"""The prize tables in force, and the ones shipped with the program."""

import json
from datetime import date
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem
from sales.engine.prizes import Level, Structure
from sales.models import PrizeLevel, PrizeTable, Product

SHIPPED = Path(__file__).parents[1] / "data" / "prize-tables.json"


class NoPrizeTable(Problem):
    status = 409
    code = "prizes.no_table"
    message = _(
        "Chưa có cơ cấu giải thưởng đầy đủ cho loại vé này vào kỳ ấy. "
        "Hãy nhờ quản trị nhập trong Danh mục."
    )


class ProductUnclear(Problem):
    code = "prizes.which_product"
    message = _("Có nhiều loại vé có thưởng vào kỳ này. Hãy ghi rõ loại vé (product).")


def table_for(day: date, product: str | None = None) -> PrizeTable:
    """The table of a product's code for the draw of a day; of the only one where none is named.

    Raises NoPrizeTable, ProductUnclear.
    """
    tables = PrizeTable.objects.in_force(day).select_related("product")
    if product:
        tables = tables.filter(product__code=product)
    newest: dict[int, PrizeTable] = {}
    for table in tables:
        newest.setdefault(table.product_id, table)
    if not newest:
        raise NoPrizeTable
    if len(newest) > 1:
        raise ProductUnclear
    return next(iter(newest.values()))


def structure_of(table: PrizeTable) -> Structure:
    """The table as values. Raises NoPrizeTable where it is not complete."""
    levels = {
        level.kind: Level(level.kind, level.digits, level.draws, level.amount)
        for level in table.levels.all()
    }
    try:
        return Structure(levels, table.special_takes_consolation)
    except ValueError as error:
        raise NoPrizeTable from error


@transaction.atomic
def load_prize_tables(path: Path = SHIPPED) -> int:
    """Load the shipped tables of products there are; those that exist stay. Answers how many."""
    loaded = 0
    for told in json.loads(path.read_text(encoding="utf-8"))["tables"]:
        levels = told.pop("levels")
        product = Product.objects.filter(code=told.pop("product")).first()
        if product is None:
            continue
        table, is_new = PrizeTable.objects.get_or_create(
            product=product,
            valid_from=date.fromisoformat(told.pop("valid_from")),
            defaults=told,
        )
        if is_new:
            loaded += 1
            PrizeLevel.objects.bulk_create(
                PrizeLevel(table=table, kind=kind, digits=digits, draws=draws, amount=amount)
                for kind, digits, draws, amount in levels
            )
    return loaded
