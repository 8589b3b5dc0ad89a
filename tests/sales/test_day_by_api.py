"""A sales manager's day, done by the lines of docs/api.md and by the typed client."""

import ast
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from knox.models import AuthToken
from openpyxl import load_workbook

from backend.accounts.models import User
from sales.models import (
    AgentBalance,
    AgentDrawTotal,
    AgentNote,
    Collateral,
    ImportFile,
    Reconciliation,
    SalesRule,
)
from scripts.api_client import client, schema
from tests.conftest import PASSWORD
from tests.sales.conftest import Company

DOCS = Path(__file__).resolve().parents[2] / "docs"
FOLDER = DOCS / "client"


def told(agent: str) -> tuple[int, int]:
    total = AgentDrawTotal.objects.get(agent__code=agent)
    return total.issued, total.returned


@pytest.mark.django_db(transaction=True)
def test_the_day_of_the_document_by_curl(
    live_server: object, company: Company, person: Callable[..., User], tmp_path: Path
):
    if shutil.which("curl") is None:
        pytest.skip("no curl here")
    _, token = AuthToken.objects.create(person("sales_manager"))
    page = (DOCS / "api.md").read_text("utf-8")
    day = page[page.index("## A sales manager's day") :]
    (script,) = re.findall(r"```sh\n(.*?)```", day[: day.index("\n## ", 5)], re.DOTALL)
    where = {**os.environ, "API": f"{live_server}/api/v1", "TOKEN": str(token)}
    done = subprocess.run(
        ["sh", "-eu"], input=script, env=where, cwd=tmp_path, capture_output=True, text=True, timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr + done.stdout
    states = sorted(ImportFile.objects.values_list("state", flat=True))
    assert states == ["discarded", "done", "undone"], "the file sent twice under a key is one"
    assert (told("AN"), told("BINH")) == ((500, 43), (300, 25))
    company.an.refresh_from_db()
    assert company.an.address == "12 Bạch Đằng"
    assert AgentNote.objects.get().text == "Đủ vé"
    assert AgentBalance.objects.get(agent=company.an).receivable == 457 * 8_800 - 1_000_000
    assert f'"closing_amount":{457 * 8_800 - 1_000_000}' in done.stdout
    assert Reconciliation.objects.get().closing_amount == 457 * 8_800 - 1_000_000
    sheet: Any = load_workbook(tmp_path / "debts.xlsx").active
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == ["AN", "BINH"]
    assert '"AN","Đại lý AN","TT10","Vé truyền thống",500,43,457,4570000' in done.stdout


@pytest.mark.django_db(transaction=True)
def test_the_day_by_the_typed_client(
    live_server: object, company: Company, person: Callable[..., User], tmp_path: Path
):
    person("sales_manager")
    done = subprocess.run(
        [sys.executable, str(FOLDER / "sales_day.py"), f"{live_server}/api/v1", "sales_manager",
         "2026-11-17"],
        input=PASSWORD, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "recorded 279 tickets sold, 1,395,000 đồng" in done.stdout
    assert told("AN") == (100, 10)
    table = (tmp_path / "sales-2026-11-17.csv").read_text("utf-8-sig")
    assert table.splitlines()[1] == '"AN","Đại lý AN","LT5","Lô tô",100,10,90,450000,1000'


@pytest.mark.django_db(transaction=True)
def test_the_typed_client_hands_in_what_is_not_past_a_limit_and_says_what_is(
    live_server: object, company: Company, person: Callable[..., User], tmp_path: Path
):
    SalesRule.objects.create(
        key="credit.collateral_ratio", value=10_000, valid_from="2026-01-01", document="QĐ 3"
    )
    for agent, amount in ((company.an, 300_000), (company.binh, 900_000), (company.chi, 900_000)):
        Collateral.objects.create(
            agent=agent, kind="guarantee", value_amount=amount, counted_bps=10_000,
            document="BL 1", valid_from="2026-01-01",
        )  # fmt: skip
    person("sales_manager")
    done = subprocess.run(
        [sys.executable, str(FOLDER / "sales_day.py"), f"{live_server}/api/v1", "sales_manager",
         "2026-11-17"],
        input=PASSWORD, cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "refused, AN: Đại lý AN sẽ nợ" in done.stdout
    assert "recorded 186 tickets sold" in done.stdout
    assert told("BINH") == (100, 10)


def promises(text: str) -> dict[str, list[str]]:
    """Each operation of a client and its arguments."""
    (made,) = [
        node for node in ast.parse(text).body if isinstance(node, ast.ClassDef) and node.name == "GiaoBan"
    ]  # fmt: skip
    return {
        each.name: [one.arg for one in (*each.args.args, *each.args.kwonlyargs)]
        for each in made.body
        if isinstance(each, ast.FunctionDef)
    }


def test_what_the_written_client_promises_still_holds():
    """Answers of a version only grow: an operation or argument that is gone breaks somebody."""
    now = promises(client(schema()))
    written = promises((FOLDER / "giaoban.py").read_text("utf-8"))
    assert len(written) > 80
    assert {n for n in written if n not in now} == set()
    assert {n: a for n, a in written.items() if not set(a) <= set(now[n])} == {}
