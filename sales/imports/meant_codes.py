"""Codes as people write them into files: which known one each of them means."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from backend.accounts.models import User
from backend.org.models import Region
from sales.engine import unit_names
from sales.models import Agent, Product


def with_known_codes(lines: Sequence[Any], *, by: User) -> list[Any]:
    """The lines with the codes that are meant: of "qn 0012" QN0012, of 7 the agent 007 (Excel drops zeros),
    of "P. Hồng Gai" the unit in force of that name.

    Only where there is no such code, and one alone can be meant; a list of new agents says their codes
    itself. Few queries, however many lines there are.
    """
    kept = list(lines)
    regions = Region.objects.in_scope(by.scope_path)
    for name, known in (
        ("agent", Agent.objects.visible_to(by)),
        ("product", Product.objects.all()),
        ("region", regions),
    ):
        said = {code for each in kept if (code := getattr(each, name, ""))}
        strange = said - set(known.filter(code__in=said).values_list("code", flat=True))
        if not strange:
            continue
        meant = _meant(strange, known.values_list("code", flat=True))
        if name == "region":
            meant |= _named(strange - meant.keys(), regions.filter(valid_to=None))
        kept = [_renamed(each, name, meant) for each in kept] if meant else kept
    return kept


def _renamed(line: Any, name: str, meant: Mapping[str, str]) -> Any:
    code = getattr(line, name)
    return msgspec.structs.replace(line, **{name: meant[code]}) if code in meant else line


def _meant(codes: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Of each code the only known one that is the same but for case, spaces and zeros in front of digits."""
    ways: dict[str, set[str]] = {}
    for code in known:
        ways.setdefault(_bare(code), set()).add(code)
    return _only({code: ways.get(_bare(code), set()) for code in codes})


def _bare(code: str) -> str:
    bare = "".join(code.split()).casefold()
    return bare.lstrip("0") if bare.isdecimal() else bare


def _named(texts: Iterable[str], units: Any) -> dict[str, str]:
    known = unit_names.ways(dict(units.values_list("code", "name")))
    return _only({text: unit_names.named(text, known) for text in texts})


def _only(found: Mapping[str, set[str]]) -> dict[str, str]:
    return {said: next(iter(codes)) for said, codes in found.items() if len(codes) == 1}
