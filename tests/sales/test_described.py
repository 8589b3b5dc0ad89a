"""What the API's description promises of every operation of sales, without asking one by one."""

import json
import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from rest_framework.test import APIClient

from sales.api.examples import REQUESTS
from scripts.api_client import schema
from tests.sales.conftest import Company

TAGS = {
    "sales",
    "agents",
    "money",
    "bank",
    "imports",
    "prizes",
    "plans",
    "returns",
    "results",
    "tickets",
    "reference",
    "growth",
}
#: They ask and record nothing.
WITHOUT_KEY = {"tickets_check_create"}
#: Whose rows are no table, as docs/api.md says.
NO_TABLE = {"sales_changes_list", "prize_tables_list", "settlement_runs_list"}


@cache
def described() -> dict[str, Any]:
    return schema()


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for methods in described()["paths"].values():
        for method, operation in methods.items():
            if TAGS & set(operation.get("tags", [])):
                yield operation["operationId"], method, operation


def parameters(operation: dict[str, Any]) -> set[str]:
    return {told["name"] for told in operation.get("parameters", [])}


def test_every_operation_has_a_name_of_its_own():
    names = [name for name, _method, _operation in operations()]
    assert len(names) > 100
    assert sorted(set(names)) == sorted(names)


def test_whatever_is_recorded_may_be_sent_again_under_its_key():
    without = {
        n for n, m, op in operations() if m == "post" and "Idempotency-Key" not in parameters(op)
    }
    assert without == WITHOUT_KEY


def test_every_change_asks_for_the_version_it_was_made_for():
    assert not {n for n, m, op in operations() if m == "patch" and "If-Match" not in parameters(op)}


def test_every_list_has_pages_and_fields_and_is_a_table():
    lists = {n: op for n, m, op in operations() if m == "get" and n.endswith("_list")}
    assert not [n for n, op in lists.items() if not {"limit", "cursor"} <= parameters(op)]
    assert [n for n, op in lists.items() if "fields" not in parameters(op)] == [
        "sales_changes_list"
    ]
    plain = {n for n, op in lists.items() if "text/csv" not in op["responses"]["200"]["content"]}
    assert plain == NO_TABLE


def test_no_list_passes_over_a_field_it_does_not_have(
    company: Company, api: Callable[..., APIClient]
):
    """Most of these are empty here: a misspelt name would be found only on the day there are rows."""
    people = [api(role) for role in ("sales_manager", "hr")]
    asked: dict[str, set[tuple[int, str]]] = {}
    for path, methods in described()["paths"].items():
        told = methods.get("get", {})
        needed = [each for each in told.get("parameters", ()) if each.get("required")]
        if not told or needed or "fields" not in parameters(told):
            continue
        answers = [each.get(f"{path}?fields=khong_co") for each in people]
        asked[path] = {
            (a.status_code, a.json().get("code")) for a in answers if a.status_code != 403
        }
    assert len(asked) > 40
    refused = {(400, "fields.unknown")}
    assert {path: told for path, told in asked.items() if told != refused} == {}


def test_every_single_record_may_be_read_in_part():
    paths = described()["paths"]
    single = {p: ops["get"] for p, ops in paths.items() if p.endswith("}/") and "get" in ops}
    ours = {p: op for p, op in single.items() if TAGS & set(op["tags"])}
    assert len(ours) > 15
    assert not [path for path, op in ours.items() if "fields" not in parameters(op)]


def fits(value: Any, shape: dict[str, Any]) -> bool:
    """Whether an example is of the shape, as far as names and kinds go."""
    if "$ref" in shape:
        return fits(value, described()["components"]["schemas"][shape["$ref"].split("/")[-1]])
    if "allOf" in shape or "oneOf" in shape or "anyOf" in shape:
        parts = [*shape.get("allOf", ()), *shape.get("oneOf", ()), *shape.get("anyOf", ())]
        return any(fits(value, part) for part in parts)
    if "enum" in shape:
        return value in shape["enum"]
    kinds = shape.get("type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    if "object" in kinds:
        known = shape.get("properties", {})
        more = shape.get("additionalProperties", {})
        asked = {n for n in shape.get("required", ()) if not known[n].get("readOnly")}
        return (
            isinstance(value, dict)
            and asked <= value.keys()
            and all(
                fits(each, known.get(name, more)) for name, each in value.items() if known or more
            )
            and (bool(more) or value.keys() <= known.keys())
        )
    if "array" in kinds:
        return isinstance(value, list) and all(fits(each, shape["items"]) for each in value)
    python: dict[str, Any] = {
        "string": str,
        "integer": int,
        "boolean": bool,
        "number": (int, float),
    }
    return any(isinstance(value, python[kind]) for kind in kinds if kind in python) or kinds == [
        None
    ]


def test_every_request_has_an_example_of_its_shape():
    bodies = {
        name: operation["requestBody"]["content"]["application/json"]
        for name, _method, operation in operations()
        if "application/json" in operation.get("requestBody", {}).get("content", {})
    }
    patched = {"agent_contacts", "agent_documents", "collaterals", "points_of_sale"}
    alike = {f"{name}_partial_update" for name in patched}  # any part of what makes one
    assert REQUESTS.keys() <= bodies.keys()
    assert bodies.keys() - alike == REQUESTS.keys()
    wrong = [name for name in REQUESTS if not fits(bodies[name]["example"], bodies[name]["schema"])]
    assert wrong == []


def documented() -> Iterator[tuple[str, str, list[str], str]]:
    """Calls in docs/api.md: method, path, query parameters, body ("" where it is put together)."""
    text = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL):
        for command in re.split(r"\n(?=\S)", block.replace("\\\n", " ")):
            called = re.search(r"\$(?:API|URL)(/[^\s\"']*)", command)
            if not called or command.startswith("#"):
                continue
            path, _mark, query = called[1].partition("?")
            body = re.search(r"-d '(\{.*\})'", command, re.DOTALL)
            sent = "" if body is None or "'\"" in body[1] or "…" in body[1] else body[1]
            writes = re.search(r" -d '\{| -F |-X POST|^post ", command) is not None
            method = "patch" if "PATCH" in command else "post" if writes else "get"
            yield method, path, [each.partition("=")[0] for each in query.split("&") if each], sent


def test_the_calls_in_the_documentation_are_those_of_the_api():
    known = {
        re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + "$"): ops
        for path, ops in described()["paths"].items()
    }
    calls = list(documented())
    assert len(calls) > 60
    wrong = []
    for method, path, query, body in calls:
        found = [
            ops[method]
            for pattern, ops in known.items()
            if pattern.match(f"/api/v1{path}") and method in ops
        ]
        shapes = [
            op.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
            for op in found
        ]
        is_right = any(set(query) <= parameters(op) for op in found) and (
            not body or any(shape and fits(json.loads(body), shape) for shape in shapes)
        )
        if not is_right:
            wrong.append((method, path, query, body))
    assert wrong == []


#: A code, or a day without a draw, that there is not.
NOWHERE = {
    "agent": "ZZ", "parent": "ZZ", "product": "ZZ", "region": "99999", "territory": "ZZ", "draw": "2026-12-31",
}  # fmt: skip
NEEDED = {
    "date_from": "2026-11-01", "date_to": "2026-11-30", "month": "2026-11", "year": "2026", "product": "TT10",
}  # fmt: skip


def test_no_filter_passes_over_a_code_that_does_not_exist(company: Company, manager: APIClient):
    asked = []
    for path, methods in described()["paths"].items():
        operation = methods.get("get", {})
        if "{" in path or not TAGS & set(operation.get("tags", [])):
            continue
        told = operation.get("parameters", [])
        needed = {each["name"]: NEEDED[each["name"]] for each in told if each.get("required")}
        for name in NOWHERE.keys() & parameters(operation):
            answer = manager.get(path, needed | {name: NOWHERE[name]})
            asked.append((path, name))
            assert answer.status_code == 400, (path, name, answer.content)
            assert [error["field"] for error in answer.json()["errors"]] == [name], (path, name)
    assert len(asked) > 60
