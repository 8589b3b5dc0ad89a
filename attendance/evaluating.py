"""`evaluate-working-time < in.json > out.json`: the working-time engine on the specification's JSON.

Knows no Django, database or setting, so that it runs at once wherever the project lies.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO

from attendance.engine.reading import UnreadableFacts
from attendance.engine.wire import evaluate

ABOUT = "Read facts as JSON from standard input, write rows as JSON to standard output."


class NotJson(ValueError):
    """Standard input holds no JSON; the text says where it breaks off."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--explain", action="store_true", help="add to every row the steps that made it"
    )


def answer(source: BinaryIO, target: BinaryIO, *, explain: bool) -> None:
    """Evaluate one JSON. Nothing is written unless all of it was understood.

    Raises NotJson and UnreadableFacts.
    """
    text = _text(evaluate(_parsed(source.read()), explain=explain))
    try:
        content = text.encode()
    except UnicodeEncodeError as error:
        half = f"\\u{ord(text[error.start]):04x}"
        raise NotJson(f"standard input has half a character, as {half} is") from None
    target.write(content)
    target.flush()


def _parsed(content: bytes) -> Any:
    if not content.strip():
        raise NotJson(
            "standard input is empty: give it a file, as in evaluate-working-time < in.json"
        )
    try:
        return json.loads(content)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise NotJson(f"standard input is not JSON: {error.msg} at {place}") from None
    except UnicodeDecodeError as error:
        raise NotJson(f"standard input is not UTF-8: byte {error.start + 1}") from None
    except ValueError:  # Python reads no number so long
        raise NotJson("standard input has a number of too many digits") from None
    except RecursionError:
        raise NotJson("standard input is nested too deeply to be facts") from None


def _text(rows: Mapping[str, list[Any]]) -> str:
    """One line an item: long answers can be searched and compared line by line."""
    lists = []
    for name, items in rows.items():
        lines = ",\n".join("  " + json.dumps(item, ensure_ascii=False) for item in items)
        lists.append(f' "{name}": [\n{lines}\n ]' if items else f' "{name}": []')
    return "{\n" + ",\n".join(lists) + "\n}\n"


def main(arguments: Sequence[str]) -> None:
    """Ends with exit code 1 and one line on standard error where the input is not understood."""
    parser = argparse.ArgumentParser(prog="evaluate-working-time", description=ABOUT)
    add_arguments(parser)
    explain = parser.parse_args(arguments).explain
    try:
        answer(sys.stdin.buffer, sys.stdout.buffer, explain=explain)
    except (NotJson, UnreadableFacts) as error:
        parser.exit(1, f"{parser.prog}: {error}\n")
    except MemoryError:
        parser.exit(1, f"{parser.prog}: too large for the memory; give it fewer people at once\n")


if __name__ == "__main__":
    main(sys.argv[1:])
