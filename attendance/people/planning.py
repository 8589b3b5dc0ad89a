"""What differs between the people on a terminal and those who should be there. Pure."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

#: The terminal's own administrators (privilege 14) can change its settings.
ADMINISTRATOR = 14


@dataclass(frozen=True)
class Wanted:
    """Somebody of this terminal's site: `name` as the terminal can show it."""

    user_id: str
    name: str


@dataclass(frozen=True)
class There:
    """Somebody on the terminal."""

    user_id: str
    name: str
    privilege: int = 0


@dataclass(frozen=True)
class Plan:
    """`strangers` belong to nobody in the register, and nothing is done about them.

    `guests` are employees of other sites. `guarded` should be removed but are administrators of
    the terminal, which needs a word more.
    """

    add: tuple[Wanted, ...] = ()
    rename: tuple[Wanted, ...] = ()
    remove: tuple[There, ...] = ()
    guarded: tuple[There, ...] = ()
    guests: tuple[There, ...] = ()
    strangers: tuple[There, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.add or self.rename or self.remove)


def plan(
    *,
    there: Iterable[There],
    wanted: Iterable[Wanted],
    owned: Collection[str],
    left: Collection[str],
) -> Plan:
    """Compare. `owned` ids are somebody's today; `left` ids were a leaver's and are nobody's now."""
    on_terminal = {person.user_id: person for person in there}
    to_be = {person.user_id: person for person in wanted}
    others = [person for user_id, person in on_terminal.items() if user_id not in to_be]
    gone = [person for person in others if person.user_id in left and person.user_id not in owned]
    return Plan(
        add=tuple(person for user_id, person in to_be.items() if user_id not in on_terminal),
        rename=tuple(
            person
            for user_id, person in to_be.items()
            if user_id in on_terminal and on_terminal[user_id].name != person.name
        ),
        remove=tuple(person for person in gone if person.privilege != ADMINISTRATOR),
        guarded=tuple(person for person in gone if person.privilege == ADMINISTRATOR),
        guests=tuple(person for person in others if person.user_id in owned),
        strangers=tuple(
            person
            for person in others
            if person.user_id not in owned and person.user_id not in left
        ),
    )
