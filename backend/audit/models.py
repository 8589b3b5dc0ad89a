"""The shape of every history table (pghistory makes one for each tracked model)."""

import pghistory.models
from django.db import models


class Event(pghistory.models.Event):
    """A row as it was after a change, or before its deletion. Ordered by time on the audit page."""

    pgh_created_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        abstract = True
