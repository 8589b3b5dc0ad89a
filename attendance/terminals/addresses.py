"""Which addresses a terminal may have: a written-out IP in one of the company's terminal networks.

A terminal's address is typed by a person and later handed to network code (pyzk 0.9 even hands it
to a shell), so names, brackets, spaces and shell signs never get past here.
"""

from collections.abc import Iterable
from ipaddress import ip_address, ip_network

from django.utils.translation import gettext_lazy as _

from backend.problems import Problem


class AddressRefused(Problem):
    """Not an IP address, or outside the terminal networks. Nothing was contacted."""

    code = "address_refused"
    message = _(
        "Địa chỉ máy chấm công phải là địa chỉ IP nằm trong dải mạng của máy chấm công "
        "(cài đặt GIAOBAN_TERMINAL_NETWORKS)."
    )


def checked_address(address: str, *, networks: Iterable[str]) -> str:
    """`address` in its one canonical spelling. Raises AddressRefused."""
    try:
        ip = ip_address(address)
    except ValueError:
        raise AddressRefused from None
    if getattr(ip, "scope_id", None) or not any(ip in ip_network(network) for network in networks):
        raise AddressRefused
    return str(ip)
