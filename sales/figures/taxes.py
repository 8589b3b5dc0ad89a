"""What a period owes in taxes and tells authorities: bases, tax withheld, prizes paid; from the journal."""

from dataclasses import dataclass
from datetime import date

from backend.shares import share_bps
from sales.money.accounting import CommissionTax, PrizeTax, TaxBase, booked_between


@dataclass(frozen=True, slots=True)
class TaxFigures:
    """A period as booked, by value date, both days included. Amounts are đồng."""

    first: date
    last: date
    bases: tuple[TaxBase, ...]
    commissions: tuple[CommissionTax, ...]
    prizes: tuple[PrizeTax, ...]

    @property
    def revenue_amount(self) -> int:
        """With both taxes in it."""
        return sum(base.taxes.revenue_amount for base in self.bases)

    @property
    def vat_amount(self) -> int:
        return sum(base.taxes.vat_amount for base in self.bases)

    @property
    def excise_amount(self) -> int:
        return sum(base.taxes.excise_amount for base in self.bases)

    @property
    def commission_amount(self) -> int:
        """Of agents who are persons; organisations pay their own tax."""
        return sum(each.commission_amount for each in self.commissions)

    @property
    def commission_tax_amount(self) -> int:
        """Withheld in fact."""
        return sum(each.withheld_amount for each in self.commissions)

    @property
    def prizes_amount(self) -> int:
        return sum(each.prizes_amount for each in self.prizes)

    @property
    def prize_tax_amount(self) -> int:
        return sum(each.tax_amount for each in self.prizes)

    @property
    def payout_bps(self) -> int | None:
        """Prizes paid in the period of its revenue."""
        return share_bps(self.prizes_amount, self.revenue_amount)

    @property
    def is_empty(self) -> bool:
        return not (self.bases or self.commissions or self.prizes)


def tax_figures(first: date, last: date) -> TaxFigures:
    """The period in eight queries."""
    told = booked_between(first, last)
    return TaxFigures(first, last, told.tax_bases, told.commission_taxes, told.prize_taxes)
