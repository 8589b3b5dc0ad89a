"""Figures for authorities of a quarter: what the register of obligations offers to attach."""

from reporting.periods import PeriodKind
from reporting.sections.statutory import statutory_report

REPORT = statutory_report("statutory-quarter", "co-quan-quy", PeriodKind.QUARTER)
