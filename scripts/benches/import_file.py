"""A workbook of 100,000 rows brought, looked at, and recorded as one batch in the background."""

import os
from io import BytesIO
from time import perf_counter
from typing import Any

import xlsxwriter

from backend import clock
from backend.jobs import work
from sales.imports.committing import commit
from sales.imports.importing import file_of, keep_file, preview
from sales.models import ImportKind, ImportState
from scripts.benches.measure import Measure, against_limit, is_trial, peak_megabytes
from scripts.benches.sales_fixtures import Company, company

AGENTS = 500
DRAWS = 200
SECONDS_LIMIT = 10
MEGABYTES_LIMIT = 300


def run() -> list[Measure]:
    made = company(agents=AGENTS, products=1, draws=4 if is_trial() else DRAWS)
    data = _workbook(made)
    started = perf_counter()
    known: dict[str, Any] = {"by": made.user, "at": clock.now()}
    file = keep_file(data, name="bench.xlsx", kind=ImportKind.SALES, sender="bench", **known)
    looked = preview(file, **known)
    seen = perf_counter()
    assert not looked.faults  # noqa: S101 -- a bench must not lie
    del looked
    commit(file, **known)
    work.work_off(worker="bench:1")
    ended = perf_counter()
    done = file_of(file.pk, user=made.user)
    assert done.state == ImportState.DONE  # noqa: S101
    rows = f"{done.line_count:,} rows"
    peak = peak_megabytes(os.getpid())
    return [
        against_limit(
            f"import of an xlsx of {rows}: kept and looked at", seen - started, SECONDS_LIMIT
        ),
        against_limit(f"import of an xlsx of {rows}: recorded", ended - seen, SECONDS_LIMIT),
        Measure(
            name=f"import of an xlsx of {rows}: memory of the whole process",
            ours_seconds=peak,
            peer="limit",
            peer_seconds=MEGABYTES_LIMIT,
            ratio=peak / MEGABYTES_LIMIT,
            meaning="of the limit",
            at_most=1,
            unit="MB",
        ),
    ]


def _workbook(made: Company) -> bytes:
    sink = BytesIO()
    book = xlsxwriter.Workbook(sink, {"constant_memory": True})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Kỳ vé", "Mã đại lý", "Loại vé", "Vé giao", "Vé trả", "Vé bán"])
    row = 0
    for draw in made.draws:
        for agent in made.agents:
            row += 1
            sheet.write_datetime(row, 0, draw.date, day)
            sheet.write_row(row, 1, [agent.code, made.products[0].code, 120, 11, 109])
    book.close()
    return sink.getvalue()
