"""Parts of a whole in basis points (10,000 is 100 %). Pure."""


def share_bps(part: int, whole: int) -> int | None:
    """`part` of `whole` in basis points, rounded half up; None of nothing."""
    return (2 * 10_000 * part + whole) // (2 * whole) if whole > 0 else None


def change_bps(now: int, before: int) -> int | None:
    """How much more than `before`, in basis points; None when there is nothing to compare with."""
    share = share_bps(now, before)
    return None if share is None else share - 10_000
