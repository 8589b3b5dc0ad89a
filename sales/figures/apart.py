"""Rows that are told several times, once for each of some numbers. Pure SQL.

The numbers are joined to the row, and each column says by them what it tells: arrays side by side take
twice as long.
"""

from collections.abc import Iterable, Mapping


def joined(numbers: Iterable[int]) -> str:
    """The join by which a row is told once for each of these, as `part.n`."""
    return f"cross join (values {', '.join(f'({number})' for number in numbers)}) part (n)"


def told_by(values: Mapping[int, str]) -> str:
    """What is told for each number; null for those that are not there."""
    cases = " ".join(f"when {number} then {value}" for number, value in values.items())
    return f"case part.n {cases} end"
