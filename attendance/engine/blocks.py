"""Blocks, chains and windows (§5): which punches belong to which stretch of work."""

from bisect import bisect_right
from dataclasses import dataclass, field

from attendance.engine.facts import DAY, Overtime, Settings
from attendance.engine.prepare import PreparedPunch
from attendance.engine.schedule import ShiftDay


@dataclass(slots=True)
class Block:
    """A rostered shift (its whole span, even on leave) or an approved overtime request."""

    start: int
    end: int
    shift: ShiftDay | None = None
    overtime: Overtime | None = None
    work_day: int = 0


@dataclass(slots=True)
class Chain:
    """Blocks with one arrival and one departure; `window` is inclusive, in half minutes.

    `is_cut` when a neighbouring chain took some of it.
    """

    blocks: list[Block]
    start: int
    end: int
    window: tuple[int, int] = (0, 0)
    is_cut: bool = False
    punches: list[PreparedPunch] = field(default_factory=list)

    @property
    def work_days(self) -> list[int]:
        return sorted({block.work_day for block in self.blocks})


def chains_of(blocks: list[Block], settings: Settings) -> list[Chain]:
    """Sorted chains with their windows and the blocks' work dates."""
    chains: list[Chain] = []
    for block in sorted(blocks, key=lambda item: (item.start, item.end, item.shift is None)):
        if chains and _joins(chains[-1], block, settings):
            chains[-1].blocks.append(block)
            chains[-1].end = max(chains[-1].end, block.end)
        else:
            chains.append(Chain([block], block.start, block.end))
    for chain in chains:
        _date_blocks(chain)
    _cut_windows(chains, settings)
    return chains


def _joins(chain: Chain, block: Block, settings: Settings) -> bool:
    """Whether the block shares the arrival and departure of the chain before it."""
    gap = block.start - chain.end
    if settings.each_shift == "never":
        return gap < 0 or (block.shift is None and gap <= settings.chain_gap)
    if settings.each_shift == "day" and block.shift is not None:
        days = {other.shift.day for other in chain.blocks if other.shift is not None}
        if block.shift.day in days:
            return True
    return gap <= settings.chain_gap


def _date_blocks(chain: Chain) -> None:
    """A shift's work date is its own; an overtime request takes that of a shift of its chain."""
    shifts = [block for block in chain.blocks if block.shift is not None]
    for block in chain.blocks:
        if block.shift is not None:
            block.work_day = block.shift.day
        elif not shifts:
            block.work_day = block.start // DAY
        else:
            before = [other for other in shifts if other.start < block.start]
            owner = max(before, key=lambda other: other.start) if before else shifts[0]
            block.work_day = owner.shift.day if owner.shift else 0


def _cut_windows(chains: list[Chain], settings: Settings) -> None:
    """Where windows overlap both are cut at the midpoint, which belongs to the later chain.

    Cutting lengthens none: before the later window begins, a punch is in no window.
    """
    lows = [2 * (chain.start - settings.window_before) for chain in chains]
    highs = [2 * (chain.end + settings.window_after) for chain in chains]
    for index in range(len(chains) - 1):
        if highs[index] >= lows[index + 1]:
            midpoint = chains[index].end + chains[index + 1].start
            highs[index] = min(highs[index], midpoint - 1)
            lows[index + 1] = max(lows[index + 1], midpoint)
            chains[index].is_cut = chains[index + 1].is_cut = True
    for chain, low, high in zip(chains, lows, highs, strict=True):
        chain.window = (low, high)


def assign(punches: list[PreparedPunch], chains: list[Chain]) -> list[PreparedPunch]:
    """Give each punch to the chain whose window it is in; returns those in no window."""
    lows = [chain.window[0] for chain in chains]
    outside = []
    for punch in punches:
        index = bisect_right(lows, 2 * punch.minute) - 1
        if index >= 0 and 2 * punch.minute <= chains[index].window[1]:
            chains[index].punches.append(punch)
        else:
            outside.append(punch)
    return outside
