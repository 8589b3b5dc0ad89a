"""The public site's entry point (granian, ASGI): Django's pages, and the stream of the live draw."""

import os
from typing import Any

from django.core.asgi import get_asgi_application

# Never with other settings, whatever the environment says: they would open other doors.
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.public_settings"
pages: Any = get_asgi_application()

from sales.public.stream import STREAM, Broadcaster, LiveStream, read_now  # noqa: E402 -- needs the apps

stream = LiveStream(Broadcaster(read_now))


async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Watchers of a draw go past Django: a request of its own would hold a thread for each."""
    is_stream = scope["type"] == "http" and scope["path"] == STREAM
    await (stream if is_stream else pages)(scope, receive, send)
