"""Which lines of a plan tell a place: its own, else those of the units below it. Pure."""

from collections.abc import Collection


def cover(path: str, lines: Collection[str]) -> list[str]:
    """The paths whose lines add up to the plan of a place; "" is the company. None counts twice.

    A place is told by its own line; without one by the lines below it, each less those below itself.
    """
    if path in lines:
        return [path]
    below = {line for line in lines if path in above(line)}
    return sorted(line for line in below if not above(line) & below)


def above(path: str) -> set[str]:
    """The paths of the units above, the company's with them."""
    codes = path.split("/") if path else []
    return {"/".join(codes[:depth]) for depth in range(len(codes))}
