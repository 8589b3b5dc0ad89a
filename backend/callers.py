"""Who is calling, as far as a socket and our own proxies can tell."""

from ipaddress import IPv4Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def canonical(address: str) -> str:
    """The canonical spelling, IPv4 also where a socket of both kinds wraps it in IPv6."""
    ip = ip_address(address)
    return str(getattr(ip, "ipv4_mapped", None) or ip)


def client_address(request: HttpRequest) -> str:
    """Who is calling: the socket's other end or, behind a proxy of our own, whom that one saw."""
    return seen_address(request.META["REMOTE_ADDR"], request.META.get("HTTP_X_FORWARDED_FOR", ""))


def seen_address(peer: str, forwarded: str) -> str:
    """The same from the socket's other end and the header X-Forwarded-For."""
    address = canonical(peer)
    ip = ip_address(address)
    if any(ip in ip_network(network) for network in settings.PROXY_NETWORKS):
        try:
            return canonical(forwarded.split(",")[-1].strip())
        except ValueError:
            return address
    return address


def household(address: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 a subscriber is given in IPv6."""
    ip = ip_address(address)
    return address if isinstance(ip, IPv4Address) else str(ip_network(f"{ip}/64", strict=False))


def caller(request: HttpRequest) -> str | None:
    """Who is counted when callers are: all addresses of one subscriber are the same.

    None for a request that came over no socket.
    """
    return household(client_address(request)) if "REMOTE_ADDR" in request.META else None
