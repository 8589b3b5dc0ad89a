"""Figures for authorities of a month: what the register of obligations offers to attach."""

from reporting.periods import PeriodKind
from reporting.sections.statutory import statutory_report

REPORT = statutory_report("statutory-month", "co-quan-thang", PeriodKind.MONTH)
