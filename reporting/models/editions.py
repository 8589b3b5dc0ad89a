"""Frozen editions and their files. What a report contains is code, not a row."""

import json
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Concat, Left
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from backend.accounts.scope import departments_for
from backend.jobs.models import Run
from backend.mail.models import StoredFile
from backend.org.models import Department, Region, Territory
from backend.promises import APPEND_ONLY
from reporting.builders.content import title_in
from reporting.definitions import reports_for, title_of, whole_for
from reporting.models.views import CODE

#: So many characters of an edition are searched: a word vector holds a megabyte at most.
SEARCHED = 400_000


class Plain(Func):
    """Small letters and digits without accents, as `backend.vntext.search_key` writes a query, with
    a space for anything else.
    """

    template = (
        "regexp_replace(lower(regexp_replace(translate(normalize(%(expressions)s, NFD), 'đĐ', 'dD'),"
        " '[\u0300-\u036f]', '', 'g')), '[^a-z0-9]+', ' ', 'g')"
    )
    output_field = models.TextField()


class Words(Func):
    """The words of a text, each once."""

    template = "strip(to_tsvector('simple', %(expressions)s))"
    output_field = SearchVectorField()


class EditionQuerySet(models.QuerySet["Edition"]):
    def visible_to(self, user: Any) -> Self:
        """Those the person may see; of what was only tried, nobody is told."""
        return self._told_to(user).issued()

    def openable_by(self, user: Any) -> Self:
        """Those visible to the person, and the trials he asked for himself."""
        return self._told_to(user).filter(Q(number__gt=0) | Q(made_by=user))

    def issued(self) -> Self:
        """Without trials."""
        return self.filter(number__gt=0)

    def _told_to(self, user: Any) -> Self:
        """Those of the reports the person may see, as far as they tell of what is in his charge.

        Of the whole company: what a report tells, the account sees all of. Of a region, territory
        or department: it is in the account's charge.
        """
        codes = reports_for(user)
        parts = Q(region__in=Region.objects.in_scope(user.scope_path)) | Q(
            department__in=departments_for(user)
        )
        if user.territory_id is not None:
            parts |= Q(territory=user.territory_id)
        elif user.region_id is None:
            parts |= Q(territory__isnull=False)
        whole = Q(report__in=whole_for(user, codes)) & Q(**self.model.OF_THE_COMPANY)
        return self.filter(Q(report__in=codes) & parts | whole)

    def of_the_same(self, edition: "Edition") -> Self:
        """All editions of its report, period and scope."""
        return self.issued().filter(
            report=edition.report,
            period_first_date=edition.period_first_date,
            period_last_date=edition.period_last_date,
            region=edition.region_id,
            territory=edition.territory_id,
            department=edition.department_id,
        )

    def of_the_company(self) -> Self:
        """Those issued for the whole company."""
        return self.issued().filter(**self.model.OF_THE_COMPANY)

    def newest_first(self) -> Self:
        return self.order_by("-cut_off_at", "-pk")


class Edition(models.Model):
    """A frozen report (bản phát hành): the numbers as they stood at `cut_off_at`. Append-only.

    `snapshot` is the canonical JSON text every face is made from, `sha256` its digest. `number`
    counts the editions of one report, period and scope from 1; 0 is a trial (bản thử), made for the
    one person who asked and sent to nobody else. The scope is the `region`, the
    `territory`, the `department` or, with all empty, the whole company.
    """

    OF_THE_COMPANY: ClassVar = {"region": None, "territory": None, "department": None}

    code = models.CharField(_("mã bản"), max_length=80, unique=True)
    report = models.CharField(_("báo cáo"), max_length=50)
    period_first_date = models.DateField(_("từ ngày"))
    period_last_date = models.DateField(_("đến ngày"))
    region = models.ForeignKey(
        Region, models.PROTECT, null=True, blank=True, verbose_name=_("địa bàn")
    )
    territory = models.ForeignKey(
        Territory, models.PROTECT, null=True, blank=True, verbose_name=_("vùng bán hàng")
    )
    department = models.ForeignKey(
        Department, models.PROTECT, null=True, blank=True, verbose_name=_("phòng ban")
    )
    number = models.PositiveIntegerField(_("bản số"))
    cut_off_at = models.DateTimeField(_("chốt số liệu lúc"))
    snapshot = models.TextField(_("số liệu"))
    words = models.GeneratedField(
        expression=Words(
            Plain(
                Left(
                    Concat("code", Value(" "), "snapshot", output_field=models.TextField()),
                    SEARCHED,
                )
            )
        ),
        output_field=SearchVectorField(),
        db_persist=True,
    )
    sha256 = models.CharField("SHA-256", max_length=64)
    is_complete = models.BooleanField(_("đủ số liệu"))
    program_version = models.CharField(_("phiên bản chương trình"), max_length=50)
    template_version = models.CharField(_("phiên bản mẫu"), max_length=50)
    run = models.ForeignKey(Run, models.PROTECT, null=True, blank=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, verbose_name=_("người lập")
    )

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("bản phát hành")
        verbose_name_plural = _("bản phát hành")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=[
                    "report",
                    "period_first_date",
                    "period_last_date",
                    "region",
                    "territory",
                    "department",
                    "number",
                ],
                name="edition_number_once",
                condition=Q(number__gt=0),
                nulls_distinct=False,
            ),
            models.UniqueConstraint(
                fields=["run", "region", "territory", "department"],
                name="edition_once_per_run_and_scope",
                condition=Q(run__isnull=False),
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                name="edition_one_scope",
                condition=Q(region=None, territory=None)
                | Q(region=None, department=None)
                | Q(territory=None, department=None),
            ),
            models.CheckConstraint(
                name="edition_period_order",
                condition=Q(period_last_date__gte=F("period_first_date")),
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["-cut_off_at"], name="edition_newest"),
            GinIndex(fields=["words"], name="edition_words"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        """What people call it, in the language of the page; made of a saved view, as it was called then."""
        if self.report.startswith(CODE):
            return title_in(self.snapshot)
        first, last = self.period_first_date, self.period_last_date
        return title_of(self.report, first, last, language=get_language() or "vi")

    @property
    def is_trial(self) -> bool:
        return self.number == 0

    @property
    def scope_name(self) -> str:
        """The region, territory or department it tells of; empty for the whole company."""
        return str(self.region or self.territory or self.department or "")

    @property
    def data(self) -> dict[str, Any]:
        return dict(json.loads(self.snapshot))


class FileKind(models.TextChoices):
    HTML = "html", "HTML"
    PDF = "pdf", "PDF"
    XLSX = "xlsx", "Excel"
    DOCX = "docx", "Word"


class EditionFile(models.Model):
    """One face of an edition (tệp của bản phát hành), or the reason why it is missing. Append-only."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="files")
    kind = models.CharField(_("loại"), max_length=5, choices=FileKind.choices)
    name = models.CharField(_("tên tệp"), max_length=150)
    stored = models.ForeignKey(StoredFile, models.PROTECT, null=True, blank=True)
    unavailable_reason = models.CharField(_("lý do thiếu"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("tệp của bản phát hành")
        verbose_name_plural = _("tệp của bản phát hành")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "kind"], name="edition_file_kind_once"),
            models.CheckConstraint(
                name="edition_file_or_reason",
                condition=Q(stored__isnull=False, unavailable_reason="")
                | (Q(stored__isnull=True) & ~Q(unavailable_reason="")),
            ),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.name


class Recheck(models.Model):
    """A later run of a schedule found an edition still true (lần xem lại, số liệu không đổi) and sent it
    instead of making another. Append-only.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="rechecks")
    run = models.ForeignKey(Run, models.PROTECT, related_name="rechecks")
    at = models.DateTimeField(_("xem lại lúc"))

    class Meta:
        verbose_name = _("lần xem lại bản phát hành")
        verbose_name_plural = _("lần xem lại bản phát hành")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["edition", "run"], name="recheck_once_per_run"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.edition} {self.at:%Y-%m-%d %H:%M}"
