"""`python -m scripts.launcher start|manage|test|check|bench`; the scripts beside it call this."""

import argparse
import sys

from scripts.launcher.start import Wishes, start

DEFAULT_PORT = 8000


def port(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def wishes(arguments: list[str]) -> Wishes:
    parser = argparse.ArgumentParser(
        prog="scripts/start",
        description="Start Giao Ban on this machine; Ctrl-C stops it, the data stays in var/.",
    )
    parser.add_argument("--port", type=port, default=DEFAULT_PORT, help="of the web pages (8000)")
    parser.add_argument(
        "--empty", action="store_true", help="no demonstration company, only a first administrator"
    )
    found = parser.parse_args(arguments)
    return Wishes(port=found.port, empty=found.empty)


def main() -> None:
    action, *arguments = sys.argv[1:] or [""]
    match action:
        case "start":
            start(wishes(arguments))
        case "manage":
            from scripts.launcher.manage import manage

            manage(arguments)
        case "test":
            from scripts.launcher.testing import run_tests

            run_tests(arguments)
        case "check":
            from scripts.launcher.checking import run_checks

            run_checks(arguments)
        case "bench":
            from scripts.launcher.benching import run_benches

            run_benches(arguments)
        case _:
            raise SystemExit("Use ./scripts/start, manage, test, check or bench.")


if __name__ == "__main__":
    main()
