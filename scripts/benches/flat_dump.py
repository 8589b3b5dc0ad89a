"""A dump of 100,000 rows by 12 columns as a workbook, against openpyxl's fastest way."""

import os
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from tempfile import TemporaryFile
from typing import Any

import openpyxl

from backend.flat import write_flat
from backend.tables import Column, Table
from scripts.benches.measure import Measure, best_seconds, is_trial, peak_megabytes

ROWS = 5_000 if is_trial() else 100_000
TARGET = 0.25
MEGABYTES_LIMIT = 64
KINDS = ("day", "moment", *["text"] * 4, *["whole"] * 4, "decimal", "percent")
COLUMNS = tuple(Column(f"Cột {at}", 18, kind) for at, kind in enumerate(KINDS, start=1))


def run() -> list[Measure]:
    before = peak_megabytes(os.getpid())
    ours = best_seconds(_ours, repeats=2)
    more = peak_megabytes(os.getpid()) - before
    theirs = best_seconds(_theirs, repeats=2)
    return [
        Measure(
            name=f"dump of {ROWS:,} rows × {len(COLUMNS)} columns as xlsx",
            ours_seconds=ours,
            peer="openpyxl write-only",
            peer_seconds=theirs,
            ratio=ours / theirs,
            meaning="of its time",
            at_most=TARGET,
        ),
        Measure(
            name=f"dump of {ROWS:,} rows as xlsx: memory more than before",
            ours_seconds=more,
            peer="limit",
            peer_seconds=MEGABYTES_LIMIT,
            ratio=more / MEGABYTES_LIMIT,
            meaning="of the limit",
            at_most=1,
            unit="MB",
        ),
    ]


def _ours() -> None:
    with TemporaryFile() as file:
        table = Table("Bảng", "Dữ liệu", (), COLUMNS, _rows(), frozen=1)
        if write_flat(file, [table], title="Dữ liệu") != ROWS:
            raise AssertionError("rows are missing")


def _theirs() -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Bảng")
    for row in _rows():
        sheet.append(row)
    with TemporaryFile() as file:
        book.save(file)


def _rows() -> Iterator[tuple[Any, ...]]:
    day, moment = date(2026, 1, 1), datetime(2026, 1, 1, 7, 30)  # noqa: DTZ001 - as in a cell
    for n in range(ROWS):
        yield (
            day + timedelta(days=n % 300), moment + timedelta(minutes=n), f"DL{n % 3_000:05}",
            f"Đại lý số {n % 3_000}", "Phường Hồng Gai", f"Ghi chú {n}", n, n * 3, n % 100,
            n * 10_000, n / 7, n % 100 / 100,
        )  # fmt: skip
