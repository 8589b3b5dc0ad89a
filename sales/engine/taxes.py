"""Taxes in the price of a ticket, and the income tax of agents who are persons. Pure; whole đồng."""

from dataclasses import dataclass

from sales.engine.posting import WHOLE_BPS


@dataclass(frozen=True, slots=True)
class TicketTaxes:
    """Revenue taken apart: `net_amount` + `excise_amount` + `vat_amount` is the revenue.

    The base of value added tax (giá tính thuế GTGT) is net and excise together; that of the special
    consumption tax (giá tính thuế TTĐB) is the net amount.
    """

    revenue_amount: int
    vat_amount: int
    excise_amount: int
    net_amount: int

    @property
    def vat_base_amount(self) -> int:
        return self.net_amount + self.excise_amount


def taxes_in(revenue: int, *, vat_bps: int, excise_bps: int) -> TicketTaxes:
    """Both taxes in a revenue that includes them, each base rounded to the nearest đồng.

    VAT base = revenue / (1 + VAT rate); excise base = VAT base / (1 + excise rate), as the laws on
    value added tax and special consumption tax have it.
    """
    vat_base = _without(revenue, vat_bps)
    net = _without(vat_base, excise_bps)
    return TicketTaxes(revenue, revenue - vat_base, vat_base - net, net)


def _without(amount: int, bps: int) -> int:
    """The amount less a tax of `bps` that is in it, to the nearest đồng, halves away from zero."""
    whole = WHOLE_BPS + bps
    rounded = (abs(amount) * WHOLE_BPS * 2 + whole) // (whole * 2)
    return rounded if amount >= 0 else -rounded


@dataclass(frozen=True, slots=True)
class YearTerms:
    """What of a person's revenue of a year is free of income tax.

    Until `free_amount` nothing is taxed. Beyond it only the excess is (`only_above`), else all of it.
    """

    free_amount: int
    only_above: bool

    def taxable(self, revenue: int) -> int:
        """What of the year's revenue is subject to tax."""
        if revenue <= self.free_amount:
            return 0
        return revenue - self.free_amount if self.only_above else revenue

    def tax(self, revenue: int, by_rate: int) -> int:
        """The year's tax. `by_rate`: each part of the revenue times its rate in basis points, summed.

        Where the rate changed within the year, what is free is free of both rates alike.
        """
        taxable = self.taxable(revenue)
        return by_rate * taxable // (revenue * WHOLE_BPS) if taxable > 0 else 0
