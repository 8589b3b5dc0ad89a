"""Where calls may go: hosts that the operator of the server has named, and nowhere else.

The people of a timesheet are told to the receiver, and the server may reach machines that a browser
cannot: so an address typed into a page is never enough.
"""

from collections.abc import Iterable
from urllib.parse import urlsplit

from django.utils.translation import gettext_lazy as _

from backend.problems import Problem


class ReceiverRefused(Problem):
    """Not an http(s) address of a named host. Nothing was contacted."""

    code = "receiver_refused"
    message = _(
        "Địa chỉ nhận phải bắt đầu bằng https:// (hoặc http:// trong mạng nội bộ), không kèm tên "
        "đăng nhập, và máy nhận phải có trong cài đặt GIAOBAN_WEBHOOK_HOSTS của máy chủ."
    )


def checked_receiver(url: str, *, hosts: Iterable[str]) -> str:
    """`url` as it is. `hosts` are names "host" or "host:port". Raises ReceiverRefused."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ReceiverRefused from None
    host = (parts.hostname or "").lower()
    plain = all("!" <= sign <= "~" for sign in url)
    if parts.scheme not in ("http", "https") or not host or not plain:
        raise ReceiverRefused
    if parts.username is not None or parts.password is not None:
        raise ReceiverRefused
    allowed = {name.lower() for name in hosts}
    if host not in allowed and f"{host}:{port}" not in allowed:
        raise ReceiverRefused
    return url
