"""One line when something a person waits for has happened; `scripts/start` shows the first of each."""

import logging

logger = logging.getLogger("giaoban.milestone")


def announce(kind: str, text: str) -> None:
    """Log `kind` (such as "punches.pulled") with a Vietnamese sentence for the person at the screen."""
    logger.info("[%s] %s", kind, text)
