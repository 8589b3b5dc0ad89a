"""Writes docs/client/giaoban.py, the typed Python client, from the OpenAPI description.

Our own few lines and not a generator library: openapi-python-client, the best kept, makes a package
of some two hundred modules that needs httpx and attrs. This is one file to copy, on Python alone.
A test holds that what the file promised still holds; `./scripts/api-client` brings it up to date.
"""

import keyword
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent.parent / "docs" / "client" / "giaoban.py"
HEADERS = {"Idempotency-Key": "idempotency_key", "If-Match": "if_match"}
_PLAIN = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}

HEAD = '''"""A typed client of the Giao Ban API, on Python's own library. Generated: do not edit.

    api = GiaoBan.login("https://giaoban.example.vn/api/v1", "luong", "…")
    page = api.agents_list(search="hoa")
"""

import json
from collections.abc import Iterator
from typing import Any, Literal, NotRequired, TypeAlias, TypedDict, overload
from urllib.error import HTTPError
from urllib.parse import quote, urlencode
from urllib.request import Request, urlopen


class GiaoBanProblem(Exception):
    """What the server refused: decide on `code`, show `detail`; `errors` names rows and fields."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code')}: {problem.get('detail')}")
        self.status = status
        self.code: str = problem.get("code", "")
        self.detail: str = problem.get("detail", "")
        self.errors: list[dict[str, Any]] = problem.get("errors", [])


class Connection:
    """Address and token. `etag` is that of the last answer, to be sent as `if_match`."""

    def __init__(self, address: str, token: str = "", *, language: str = "vi") -> None:
        self.address, self.token, self.language = address.rstrip("/"), token, language
        self.etag = ""

    def call(
        self,
        method: str,
        path: str,
        *,
        query: dict[str, Any] | None = None,
        headers: dict[str, str | None] | None = None,
        body: Any = None,
    ) -> Any:
        """The answer decoded: JSON as Python, anything else as bytes. Raises GiaoBanProblem."""
        asked = {name: _text(value) for name, value in (query or {}).items() if value is not None}
        address = path if path.startswith("http") else self.address + path
        address += f"?{urlencode(asked)}" if asked else ""
        sent = {"Accept-Language": self.language, **{k: v for k, v in (headers or {}).items() if v}}
        if self.token:
            sent["Authorization"] = f"Token {self.token}"
        data = None
        if body is not None:
            data, sent["Content-Type"] = json.dumps(body).encode(), "application/json"
        request = Request(address, data=data, headers=sent, method=method)
        try:
            with urlopen(request, timeout=60) as answer:
                content = answer.read()
                self.etag = answer.headers.get("ETag", "")
                kind = answer.headers.get_content_type()
        except HTTPError as error:
            with error:
                content = error.read()
                is_problem = error.headers.get_content_type() == "application/problem+json"
            raise GiaoBanProblem(error.code, json.loads(content) if is_problem else {}) from None
        return json.loads(content) if kind == "application/json" and content else content

    def every(self, page: Any) -> Iterator[Any]:
        """The rows of a list's page and of all that follow it."""
        while True:
            yield from page["results"]
            if not page["next"]:
                return
            page = self.call("GET", page["next"])


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
'''


def schema() -> dict[str, Any]:
    from drf_spectacular.generators import SchemaGenerator

    described: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return described


def client(described: dict[str, Any]) -> str:
    """The module's text."""
    shapes = described["components"]["schemas"]
    parts = [
        HEAD,
        *(_shape(name, shape) for name, shape in sorted(shapes.items())),
        _client(described),
    ]
    return "\n\n".join(parts)


def _shape(name: str, shape: dict[str, Any]) -> str:
    if "properties" not in shape:
        return f"{name}: TypeAlias = {_type(shape)}\n"
    one_way = {
        field
        for field, inner in shape["properties"].items()
        if inner.get("readOnly") or inner.get("writeOnly")
    }
    needed = set(shape.get("required", [])) - one_way
    fields = {
        field: _type(inner) if field in needed else f"NotRequired[{_type(inner)}]"
        for field, inner in shape["properties"].items()
    }
    if any(keyword.iskeyword(field) for field in fields):
        listed = ", ".join(f'"{field}": "{kind}"' for field, kind in fields.items())
        return f'{name} = TypedDict("{name}", {{{listed}}})\n'
    lines = "\n".join(f'    {field}: "{kind}"' for field, kind in fields.items())
    return f"class {name}(TypedDict):\n{lines}\n"


def _type(shape: dict[str, Any]) -> str:
    if "$ref" in shape:
        return str(shape["$ref"]).rsplit("/", 1)[1]
    for several in ("oneOf", "anyOf", "allOf"):
        if several in shape:
            return " | ".join(dict.fromkeys(_type(one) for one in shape[several]))
    kind = shape.get("type", "")
    if isinstance(kind, list):
        return " | ".join(dict.fromkeys(_type({**shape, "type": one}) for one in kind))
    if kind == "array":
        return f"list[{_type(shape.get('items', {}))}]"
    if kind == "object":
        inner = shape.get("additionalProperties")
        return f"dict[str, {_type(inner) if isinstance(inner, dict) else 'Any'}]"
    return _PLAIN.get(kind, "Any")


def _client(described: dict[str, Any]) -> str:
    calls = [
        _call(path, method, operation)
        for path, operations in sorted(described["paths"].items())
        for method, operation in operations.items()
    ]
    login = '''
class GiaoBan(Connection):
    """Every operation of the API by its name."""

    @classmethod
    def login(cls, address: str, username: str, password: str) -> "GiaoBan":
        """A client with a fresh token. Raises GiaoBanProblem."""
        client = cls(address)
        client.token = client.auth_login_create({"username": username, "password": password})["token"]
        return client
'''
    return "\n".join([login.lstrip("\n"), *calls])


def _call(path: str, method: str, operation: dict[str, Any]) -> str:
    told = operation.get("parameters", [])
    in_path = [one["name"] for one in told if one["in"] == "path"]
    query = {one["name"]: _argument(one["name"]) for one in told if one["in"] == "query"}
    headers = {n: HEADERS[n] for one in told if (n := one["name"]) in HEADERS}
    body = _body(operation.get("requestBody", {}))
    options = [*query.values(), *headers.values()]
    kinds = {_argument(one["name"]): _type(one["schema"]) for one in told if one["in"] == "query"}
    needed = [
        "self",
        *(f"{_argument(name)}: str | int" for name in in_path),
        *([f"body: {body}"] if body else []),
        *(["*"] if options else []),
    ]
    optional = {name: f"{name}: {_optional(kinds.get(name, 'str'))} = None" for name in options}
    address = re.sub(r"\{(\w+)\}", lambda m: f"{{quote(str({_argument(m[1])}), safe='')}}", path)
    address = address.removeprefix("/api/v1")
    passed = [f'"{method.upper()}"', f'f"{address}"' if in_path else f'"{address}"']
    if query:
        passed.append("query={" + ", ".join(f'"{n}": {a}' for n, a in query.items()) + "}")
    if headers:
        passed.append("headers={" + ", ".join(f'"{n}": {a}' for n, a in headers.items()) + "}")
    if body:
        passed.append("body=body")
    about = " ".join(operation.get("description", "").split("\n\n")[0].split()).replace('"', "'")
    answers = _answers(operation)
    answer = " | ".join(dict.fromkeys(answers.values())) or "Any"

    def head(options: dict[str, str], answer: str) -> str:
        arguments = ", ".join([*needed, *options.values()])
        return f"    def {operation['operationId']}({arguments}) -> {answer}:"

    several = ""
    if "partial" in optional:  # all or none answers 201, what became of each line 200
        whole = optional | {"partial": "partial: Literal[False] | None = None"}
        partly = optional | {"partial": "partial: Literal[True]"}
        several = (
            f"    @overload\n{head(whole, answers['201'])} ...\n"
            f"    @overload\n{head(partly, answers['200'])} ...\n"
        )
    return (
        f"{several}{head(optional, answer)}\n"
        + (f'        """{about}"""\n' if about else "")
        + f"        answer: {answer} = self.call({', '.join(passed)})\n"
        "        return answer\n"
    )


def _optional(kind: str) -> str:
    return kind if "None" in kind or kind == "Any" else f"{kind} | None"


def _argument(name: str) -> str:
    name = re.sub(r"\W", "_", name)
    return f"{name}_" if keyword.iskeyword(name) else name


def _body(told: dict[str, Any]) -> str:
    content = told.get("content", {}).get("application/json")
    return _type(content["schema"]) if content else ""


def _answers(operation: dict[str, Any]) -> dict[str, str]:
    """What is answered by each status of success."""
    return {
        status: _content(told.get("content", {}))
        for status, told in operation["responses"].items()
        if status.startswith("2")
    }


def _content(content: dict[str, Any]) -> str:
    if "application/json" in content:
        return _type(content["application/json"]["schema"])
    return "Any" if content else "bytes"


def main() -> None:
    import django

    from scripts.launcher.checking import environment

    os.environ.update(environment() | {"DJANGO_SETTINGS_MODULE": "backend.settings"})
    django.setup()
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(client(schema()), "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "-q", str(FILE)], check=True)


if __name__ == "__main__":
    main()
