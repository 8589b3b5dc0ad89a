"""Figures for authorities of a year: what the register of obligations offers to attach."""

from reporting.periods import PeriodKind
from reporting.sections.statutory import statutory_report

REPORT = statutory_report("statutory-year", "co-quan-nam", PeriodKind.YEAR)
