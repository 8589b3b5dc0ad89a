"""The tables of reports: frozen editions, who gets them and when, how long they are kept."""

from reporting.models.archive import Download, RetentionRule, RetentionRun
from reporting.models.delivery import (
    Alarm,
    AlarmKind,
    Delivery,
    Recipient,
    ReportSchedule,
    Resending,
)
from reporting.models.editions import (
    APPEND_ONLY,
    Edition,
    EditionFile,
    EditionQuerySet,
    FileKind,
)

__all__ = [
    "APPEND_ONLY",
    "Alarm",
    "AlarmKind",
    "Delivery",
    "Download",
    "Edition",
    "EditionFile",
    "EditionQuerySet",
    "FileKind",
    "Recipient",
    "ReportSchedule",
    "Resending",
    "RetentionRule",
    "RetentionRun",
]
