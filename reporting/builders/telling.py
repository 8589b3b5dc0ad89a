"""Rules by which reports put numbers into words, shared by all of them. Pure."""

from reporting.builders.content import Figure, Kind, Mood, Part, figure
from reporting.builders.speaking import Language

#: A change of less than this is called "about the same" (0.5 %).
STEADY_BPS = 50


def moved(bps: int, language: Language = "vi", link: str = "") -> tuple[Part, ...]:
    """How far something went: "tăng 3,1 %", "gần như không đổi (+0,2 %)"."""
    if abs(bps) < STEADY_BPS:
        steady = "gần như không đổi (" if language == "vi" else "about the same ("
        return (steady, figure(bps, Kind.CHANGE, link), ")")
    vi, en = ("tăng ", "up ") if bps > 0 else ("giảm ", "down ")
    return (vi if language == "vi" else en, figure(abs(bps), Kind.SHARE, link))


def joined(parts: list[tuple[Part, ...]], between: str) -> tuple[Part, ...]:
    """Pieces of a sentence with words between them."""
    found: list[Part] = []
    for place, piece in enumerate(parts):
        found += [between, *piece] if place else piece
    return tuple(found)


def mood_of(change: int | None) -> Mood:
    """More is good."""
    return Mood.PLAIN if not change else Mood.GOOD if change > 0 else Mood.BAD


def of_many(number: int, one: str, many: str) -> str:
    """The English word for one or for many: "agent" or "agents"; Vietnamese has one for both."""
    return one if number == 1 else many


def count(value: int, link: str = "") -> Figure:
    return figure(value, Kind.COUNT, link)


def money(value: int, link: str = "") -> Figure:
    return figure(value, Kind.MONEY, link)


def share(value: int | None, link: str = "") -> Figure:
    return figure(value, Kind.SHARE, link)
