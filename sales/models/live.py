"""Numbers told while they are drawn, before anybody has compared anything."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from sales.engine.prizes import PLACES
from sales.models.draws import Draw


def _has_its_digits() -> Q:
    """A number has the digits of its place, or is empty."""
    fits = Q(number="")
    for digits in sorted({digits for _kind, _place, digits in PLACES}):
        places = [at for at, place in enumerate(PLACES, 1) if place[2] == digits]
        fits |= Q(place__in=places, number__regex=rf"^[0-9]{{{digits}}}$")
    return fits


class LiveNumber(models.Model):
    """A number as it was announced while it was drawn (số báo trực tiếp); never the result.

    `place` is its place on the sheet from 1 (see `Draw.numbers`). Only added to: a slip is followed
    by a new row of the same place, an empty number takes it back; the newest row of a place counts.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="live_numbers", db_index=False)
    place = models.PositiveSmallIntegerField(_("vị trí"))
    number = models.CharField(_("số"), max_length=5, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("số báo trực tiếp")
        verbose_name_plural = _("số báo trực tiếp")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="live_number_place", condition=Q(place__gte=1, place__lte=len(PLACES))
            ),
            models.CheckConstraint(name="live_number_digits", condition=_has_its_digits()),
        ]
        indexes: ClassVar = [models.Index(fields=["draw", "place", "-id"], name="live_number_draw")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.place} {self.number}"
