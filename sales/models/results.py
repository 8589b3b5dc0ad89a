"""How a draw's numbers become known: keyed by two people, each blind to the other, then published."""

from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils.translation import gettext_lazy as _

from backend.promises import APPEND_ONLY
from backend.reasons import REASON_MIN
from sales.models.draws import Draw
from sales.models.ledger import Source

_TWO_PEOPLE = pgtrigger.Trigger(
    name="two_people",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert,
    declare=[("one", "sales_drawresultentry"), ("two", "sales_drawresultentry"),
             ("newest", "bigint")],
    func="""
        SELECT * INTO one FROM sales_drawresultentry WHERE id = NEW.first_id;
        SELECT * INTO two FROM sales_drawresultentry WHERE id = NEW.second_id;
        IF NEW.second_id IS NULL AND (one.source <> 'import' OR one.by_id = NEW.by_id) THEN
            RAISE EXCEPTION 'only an import is published without a second entry, by another';
        END IF;
        IF one.draw_id <> NEW.draw_id OR two.draw_id <> NEW.draw_id OR one.by_id = two.by_id
            OR two.numbers <> one.numbers OR two.symbols <> one.symbols
            OR (NEW.second_id IS NOT NULL AND two.series_count IS DISTINCT FROM one.series_count)
        THEN
            RAISE EXCEPTION 'a publication needs equal entries of two people for its draw';
        END IF;
        SELECT max(id) INTO newest FROM sales_drawpublication WHERE draw_id = NEW.draw_id;
        IF newest IS DISTINCT FROM NEW.replaces_id THEN
            RAISE EXCEPTION 'a publication replaces the one before it';
        END IF;
        IF EXISTS (
            SELECT FROM sales_drawpublication p
            WHERE p.id = newest AND (NEW.first_id <= greatest(p.first_id, p.second_id)
                OR NEW.second_id <= greatest(p.first_id, p.second_id))
        ) THEN
            RAISE EXCEPTION 'a correction is keyed anew';
        END IF;
        RETURN NEW;
    """,
)  # fmt: skip


class DrawResultEntry(models.Model):
    """One person's keying of a draw's sheet (lần nhập kết quả); never changed.

    `numbers` are as `Draw.numbers`; `symbols` (ký hiệu trúng) are empty and `series_count` null
    only where an imported result does not tell them. Of a person's entries the newest counts.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="entries", db_index=False)
    numbers = ArrayField(models.CharField(max_length=5), verbose_name=_("kết quả"))
    symbols = ArrayField(models.CharField(max_length=6), verbose_name=_("ký hiệu trúng"))
    series_count = models.PositiveSmallIntegerField(_("số sê-ri"), null=True, blank=True)
    source = models.CharField(max_length=20, choices=Source.choices)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("lần nhập kết quả")
        verbose_name_plural = _("lần nhập kết quả")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="result_entry_has_27_numbers", condition=Q(numbers__len=27)
            ),
            models.CheckConstraint(
                name="result_entry_has_symbols",
                condition=Q(source=Source.IMPORT) | Q(symbols__len__gte=1),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["draw", "-id"], name="result_entry_draw")]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.by_id} {self.at:%d/%m/%Y %H:%M}"


class DrawPublication(models.Model):
    """The result a draw was given (công bố kết quả): equal entries of two people, or an imported
    one confirmed by another person.

    A wrong one is replaced by a new one, keyed anew by two people, with a reason. The draw holds
    what its newest publication says; the database lets nothing else write it.
    """

    draw = models.ForeignKey(Draw, models.PROTECT, related_name="publications", db_index=False)
    first = models.OneToOneField(DrawResultEntry, models.PROTECT, related_name="+")
    second = models.OneToOneField(DrawResultEntry, models.PROTECT, related_name="+", null=True)
    minutes_no = models.CharField(_("số biên bản"), max_length=50, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    reason = models.CharField(_("lý do"), max_length=200, blank=True, default="")

    class Meta:
        verbose_name = _("công bố kết quả")
        verbose_name_plural = _("công bố kết quả")
        constraints: ClassVar = [
            models.UniqueConstraint(
                name="publication_first_once", fields=["draw"], condition=Q(replaces__isnull=True)
            ),
            models.CheckConstraint(
                name="publication_correction_says_why",
                condition=Q(replaces__isnull=True)
                | Q(GreaterThanOrEqual(Length("reason"), REASON_MIN)),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["draw", "-id"], name="publication_draw")]
        triggers: ClassVar = [APPEND_ONLY, _TWO_PEOPLE]

    def __str__(self) -> str:
        return f"{self.draw_id}: {self.at:%d/%m/%Y %H:%M}"
