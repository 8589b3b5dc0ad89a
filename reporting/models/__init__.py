"""The tables of reports: frozen editions and who gets them."""

from reporting.models.editions import (
    APPEND_ONLY,
    Delivery,
    Edition,
    EditionFile,
    EditionQuerySet,
    FileKind,
    Recipient,
    ReportSchedule,
)

__all__ = [
    "APPEND_ONLY",
    "Delivery",
    "Edition",
    "EditionFile",
    "EditionQuerySet",
    "FileKind",
    "Recipient",
    "ReportSchedule",
]
