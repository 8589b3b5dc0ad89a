"""Which terminals are heard when they push, and how new ones are let in.

A serial number is no secret, so it is not enough: the caller must come from the terminal's own
networks and, where a push key is set, must have shown it when it introduced itself.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hmac import compare_digest
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from attendance.collecting import contacts
from attendance.models import Collecting, PushLink, Terminal, TerminalCommand, WaitingTerminal
from attendance.push.commands import due
from attendance.push.refusals import (
    OutsideNetworks,
    PushRefused,
    SwitchedOff,
    UnknownTerminal,
    WrongKey,
)
from attendance.terminals.addresses import checked_address
from backend.org.models import Site
from backend.problems import Problem

#: Bounds of the waiting list: a flood of invented serial numbers fills neither it nor the disk.
MOST_WAITING: Final = 200
MOST_PER_ADDRESS: Final = 5
FORGOTTEN_AFTER: Final = timedelta(days=30)
#: A terminal calls every few seconds; that it did is written so often at most.
_HEARD_EVERY: Final = timedelta(seconds=5)
_CONTACT_EVERY: Final = timedelta(seconds=60)


def admit(
    serial: str, *, address: str, key: str | None, at: datetime, for_commands: bool = False
) -> PushLink:
    """The terminal's link, with `has_commands` where asked for. Raises PushRefused."""
    links = PushLink.objects.select_related("terminal")
    if for_commands:
        commands = TerminalCommand.objects.filter(due(at), terminal=OuterRef("terminal"))
        links = links.annotate(has_commands=Exists(commands))
    link = links.filter(terminal__serial_number=serial).first()
    if link is None:
        _write_down(serial, address=address, at=at)
        raise UnknownTerminal
    try:
        _check(link, address=address, key=key)
    except PushRefused as refusal:
        note_refusal(link, refusal, at=at)
        raise
    return link


def _check(link: PushLink, *, address: str, key: str | None) -> None:
    if not link.enabled or not link.terminal.enabled:
        raise SwitchedOff
    if not link.allows(address):
        raise OutsideNetworks
    if not link.key_sealed:
        return
    if key is None:
        if link.keyed_address != address:
            raise WrongKey
        return
    if not compare_digest(key.encode(), link.key().encode()):
        raise WrongKey
    if link.keyed_address != address:
        PushLink.objects.filter(pk=link.pk).update(keyed_address=address)
        link.keyed_address = address


def note_refusal(link: PushLink, refusal: PushRefused, *, at: datetime) -> None:
    """Once a minute at most."""
    recent = Q(last_refusal=refusal.code, last_refused_at__gt=at - _CONTACT_EVERY)
    PushLink.objects.filter(pk=link.pk).exclude(recent).update(
        last_refusal=refusal.code, last_refused_at=at
    )


def note_heard(link: PushLink, *, address: str, at: datetime) -> None:
    """That the terminal called, in one row at most."""
    terminal = link.terminal
    contact = terminal.last_contact_at
    if terminal.collecting == Collecting.PUSH and (
        contact is None or at - contact >= _CONTACT_EVERY or terminal.consecutive_failures
    ):
        Terminal.objects.filter(pk=terminal.pk).update(last_contact_at=at, consecutive_failures=0)
        contacts.heard(terminal.pk, at=at)
    elif (
        link.last_address != address
        or link.last_heard_at is None
        or at - link.last_heard_at >= _HEARD_EVERY
    ):
        PushLink.objects.filter(pk=link.pk).update(last_heard_at=at, last_address=address)


# --- the waiting list ----------------------------------------------------------------------

_WRITE_DOWN: Final = """
    INSERT INTO attendance_waitingterminal
        (serial_number, address, count, first_heard_at, last_heard_at)
    SELECT %(serial)s, %(address)s, 1, %(at)s, %(at)s
    WHERE (SELECT count(*) FROM attendance_waitingterminal) < %(most)s
      AND (SELECT count(*) FROM attendance_waitingterminal WHERE address = %(address)s)
          < %(most_of_address)s
    ON CONFLICT (serial_number) DO NOTHING
"""


def _write_down(serial: str, *, address: str, at: datetime) -> None:
    """One line in the list, from the company's terminal networks only, and only while it has room."""
    ip = ip_address(address)
    if not any(ip in ip_network(network) for network in settings.TERMINAL_NETWORKS):
        return
    known = WaitingTerminal.objects.filter(serial_number=serial)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE attendance_waitingterminal"
            " SET count = count + 1, last_heard_at = %s, address = %s WHERE serial_number = %s",
            [at, address, serial],
        )
        if cursor.rowcount or known.exists():
            return
        WaitingTerminal.objects.filter(last_heard_at__lt=at - FORGOTTEN_AFTER).delete()
        cursor.execute(
            _WRITE_DOWN,
            {
                "serial": serial,
                "address": address,
                "at": at,
                "most": MOST_WAITING,
                "most_of_address": MOST_PER_ADDRESS,
            },
        )


class BadNetworks(Problem):
    """Not networks, none at all, or outside the terminal networks."""

    code = "bad_networks"
    message = _(
        "Dải mạng “{text}” không dùng được: hãy ghi như 192.168.1.20/32 hoặc 192.168.1.0/24, và nằm"
        " trong dải mạng của máy chấm công (cài đặt GIAOBAN_TERMINAL_NETWORKS)."
    )

    def __init__(self, text: str) -> None:
        super().__init__(str(type(self).message).format(text=text))


def checked_networks(text: str) -> list[str]:
    """Networks parted by commas or spaces, in their canonical spelling. Raises BadNetworks."""
    found: list[str] = []
    for part in text.replace(",", " ").split():
        try:
            network = ip_network(part)
        except ValueError:
            raise BadNetworks(part) from None
        wider = (ip_network(one) for one in settings.TERMINAL_NETWORKS)
        if not any(_is_within(network, one) for one in wider):
            raise BadNetworks(part)
        if str(network) not in found:
            found.append(str(network))
    if not found:
        raise BadNetworks(text.strip())
    return found


def _is_within(network: IPv4Network | IPv6Network, wider: IPv4Network | IPv6Network) -> bool:
    return (
        network.version == wider.version
        and network.network_address in wider
        and network.broadcast_address in wider
    )


class AlreadyApproved(Problem):
    code = "already_approved"
    status = 409
    message = _("Máy này đã được duyệt trước đó.")


def approve(
    waiting: WaitingTerminal,
    *,
    code: str,
    name: str,
    site: Site | None,
    networks: Sequence[str],
    key: str = "",
    at: datetime,
) -> PushLink:
    """Let the terminal push: a new one is registered, one known by its serial number gets leave.

    All of its log is asked for at first. Raises AddressRefused, AlreadyApproved, ValidationError.
    """
    with transaction.atomic():
        terminal = Terminal.objects.filter(serial_number=waiting.serial_number).first()
        if terminal is None:
            terminal = _registered(waiting, code=code, name=name, site=site)
        elif PushLink.objects.filter(terminal=terminal).exists():
            raise AlreadyApproved
        elif terminal.collecting == Collecting.PULL:
            terminal.collecting = Collecting.BOTH
            terminal.save(update_fields=["collecting"])
        link = PushLink(terminal=terminal, networks=list(networks), created_at=at)
        link.set_key(key)
        link.full_clean()
        link.save()
        waiting.delete()
    return link


def _registered(waiting: WaitingTerminal, *, code: str, name: str, site: Site | None) -> Terminal:
    """Raises AddressRefused, ValidationError."""
    terminal = Terminal(
        code=code,
        name=name,
        site=site,
        serial_number=waiting.serial_number,
        address=checked_address(waiting.address, networks=settings.TERMINAL_NETWORKS),
        collecting=Collecting.PUSH,
    )
    terminal.full_clean()
    terminal.save()
    return terminal
