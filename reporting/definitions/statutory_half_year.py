"""Figures for authorities of a half year: what the register of obligations offers to attach."""

from reporting.periods import PeriodKind
from reporting.sections.statutory import statutory_report

REPORT = statutory_report("statutory-half-year", "co-quan-nua-nam", PeriodKind.HALF_YEAR)
