"""Figures of former units told in the units that took them over. Pure."""

from collections.abc import Mapping, Sequence

#: A unit and, of each of its successors, who it is and its share in basis points.
Successors = Mapping[int, Sequence[tuple[int, int]]]


def allocate(total: int, shares: Sequence[int]) -> list[int]:
    """`total` in parts by these shares; the parts always add up to it."""
    whole, done, parts = sum(shares), 0, []
    for upto in range(1, len(shares) + 1):
        part = total * sum(shares[:upto]) // whole - done
        parts.append(part)
        done += part
    return parts


def todays(
    unit: int, amounts: Sequence[int], successors: Successors
) -> list[tuple[int, list[int], bool]]:
    """Where the amounts of a unit are today: unit, its part of each, whether that is an estimate.

    Follows several reorganisations; every amount is kept to the last ticket. A unit that is its
    own successor, by whatever way, raises ValueError.
    """
    return _followed(unit, list(amounts), successors, is_estimate=False, seen=frozenset())


def _followed(
    unit: int,
    amounts: list[int],
    successors: Successors,
    *,
    is_estimate: bool,
    seen: frozenset[int],
) -> list[tuple[int, list[int], bool]]:
    heirs = successors.get(unit, ())
    if not heirs:
        return [(unit, amounts, is_estimate)]
    if unit in seen:
        raise ValueError(f"unit {unit} succeeds itself")
    parts = [allocate(amount, [share for _heir, share in heirs]) for amount in amounts]
    return [
        place
        for number, (heir, _share) in enumerate(heirs)
        for place in _followed(
            heir,
            [part[number] for part in parts],
            successors,
            is_estimate=is_estimate or len(heirs) > 1,
            seen=seen | {unit},
        )
    ]
