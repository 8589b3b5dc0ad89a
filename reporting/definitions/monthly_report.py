"""The monthly report: sales against plan and last year, debts, prizes, attendance."""

from reporting.defining import Words
from reporting.periods import PeriodKind
from reporting.sections.period_report import period_report

REPORT = period_report(
    "monthly-report",
    "bao-cao-thang",
    PeriodKind.MONTH,
    Words("Báo cáo", "Report of"),
    Words("Báo cáo", "Report"),
)
