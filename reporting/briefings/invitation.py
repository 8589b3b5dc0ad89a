"""An invitation as iCalendar for mail (iTIP, RFC 5546): request, update, cancellation. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from backend.icalendar import calendar_text, escaped, quoted, utc


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True, slots=True)
class Person:
    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Invitation:
    """What calendars are told. The same `uid` with a higher `sequence` replaces what they have."""

    uid: str
    sequence: int
    title: str
    starts_at: datetime
    duration: timedelta
    place: str
    description: str
    link: str
    organizer: Person
    attendee: Person
    made_at: datetime


def invitation_text(invitation: Invitation, method: Method) -> str:
    """The calendar file of one attendee; cancelling says so with the same uid."""
    it = invitation
    return calendar_text(
        [
            "BEGIN:VCALENDAR",
            "VERSION:2.0",
            "PRODID:-//Giao Ban//Hop giao ban//VI",
            f"METHOD:{method}",
            "BEGIN:VEVENT",
            f"UID:{escaped(it.uid)}",
            f"SEQUENCE:{it.sequence}",
            f"DTSTAMP:{utc(it.made_at)}",
            f"DTSTART:{utc(it.starts_at)}",
            f"DTEND:{utc(it.starts_at + it.duration)}",
            f"SUMMARY:{escaped(it.title)}",
            f"DESCRIPTION:{escaped(it.description)}",
            *([f"LOCATION:{escaped(it.place)}"] if it.place else []),
            *([f"URL:{_uri(it.link)}"] if it.link else []),
            f"STATUS:{'CANCELLED' if method is Method.CANCEL else 'CONFIRMED'}",
            f"ORGANIZER;CN={quoted(it.organizer.name)}:mailto:{_uri(it.organizer.address)}",
            (
                f"ATTENDEE;CN={quoted(it.attendee.name)};ROLE=REQ-PARTICIPANT;PARTSTAT=NEEDS-ACTION;"
                f"RSVP=TRUE:mailto:{_uri(it.attendee.address)}"
            ),
            *(_alarm() if method is Method.REQUEST else []),
            "END:VEVENT",
            "END:VCALENDAR",
        ]
    )


def _alarm() -> list[str]:
    """Calendars ring a quarter of an hour before."""
    return [
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Họp giao ban",
        "TRIGGER:-PT15M",
        "END:VALARM",
    ]


def _uri(text: str) -> str:
    """Nothing of an address or link may end its line or begin a parameter."""
    return "".join(c for c in text if c.isprintable() and c not in ' "<>\\^`{|}')
