"""`python -m scripts.benches NAME`: run one bench in this process and print its measures as JSON."""

import importlib
import json
import os
import sys
from dataclasses import asdict


def main(name: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    import django

    django.setup()
    measures = importlib.import_module(f"scripts.benches.{name}").run()
    print(json.dumps([{**asdict(measure), "met": measure.met} for measure in measures]))


if __name__ == "__main__":
    main(sys.argv[1])
