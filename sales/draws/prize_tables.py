"""The prize tables in force, and the ones shipped with the program."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from backend.problems import Problem
from sales.engine.prizes import Level, Structure
from sales.models import PrizeLevel, PrizeTable, Product

SHIPPED = Path(__file__).parents[1] / "data" / "prize-tables.json"
#: For a statement: the newest table of each product that holds for the draw of %(day)s, or of the
#: one whose code is %(product)s; JSON, for `prizes_read`.
PRIZES_TOLD: Final = """
    select json_agg(held)::text from (
        select distinct on (held.product_id) held.product_id, product.code as product,
            held.is_confirmed, held.special_takes_consolation, (
                select coalesce(json_agg(level), '[]') from sales_prizelevel level
                where level.table_id = held.id
            ) as levels
        from sales_prizetable held join sales_product product on product.id = held.product_id
        where held.valid_from <= %(day)s and (held.valid_to is null or held.valid_to >= %(day)s)
          and (%(product)s::text is null or product.code = %(product)s)
        order by held.product_id, held.valid_from desc, held.id desc
    ) held
"""


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


@dataclass(frozen=True, slots=True)
class Prizes:
    """The prize table of a product that holds for a draw."""

    product_id: int
    product: str
    is_confirmed: bool
    special_takes_consolation: bool
    levels: tuple[Level, ...]

    @property
    def structure(self) -> Structure:
        """Raises NoPrizeTable where the table is not complete."""
        return _structure(self.levels, self.special_takes_consolation)


def prizes_read(told: str | None) -> Prizes:
    """The one table of what `PRIZES_TOLD` told. Raises NoPrizeTable, ProductUnclear."""
    tables = msgspec.json.decode(told, type=list[Prizes]) if told else []
    if not tables:
        raise NoPrizeTable
    if len(tables) > 1:
        raise ProductUnclear
    return tables[0]


def structure_of(table: PrizeTable) -> Structure:
    """The table as values. Raises NoPrizeTable where it is not complete."""
    levels = table.levels.all()
    return _structure(
        [Level(level.kind, level.digits, level.draws, level.amount) for level in levels],
        table.special_takes_consolation,
    )


def _structure(levels: Iterable[Level], special_takes_consolation: bool) -> Structure:
    try:
        return Structure({level.kind: level for level in levels}, special_takes_consolation)
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
