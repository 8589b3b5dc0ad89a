"""Files that wait between being shown and being imported."""

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PendingImport(models.Model):
    """An uploaded export of a terminal, kept here while a person looks at its preview (tệp chờ).

    Only this copy is imported, never anything the browser sends back. `data` is zlib-compressed;
    `size` (bytes) and `sha256` are of the file as uploaded. Gone once imported, thrown away, or
    too old (`attendance.collecting.uploads`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=200)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    data = models.BinaryField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("tệp chờ nhập")
        verbose_name_plural = _("tệp chờ nhập")

    def __str__(self) -> str:
        return self.name
