"""What the company tells the public."""

from datetime import datetime
from typing import ClassVar, Self

import pghistory
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

#: With more letters a page would weigh more than it may.
MOST_LETTERS = 10_000


class NewsQuerySet(models.QuerySet["NewsItem"]):
    def published(self, at: datetime) -> Self:
        """What the public may read at the moment, the newest first."""
        return self.filter(published_at__lte=at).order_by("-published_at", "-pk")


@pghistory.track()
class NewsItem(models.Model):
    """A piece of news (tin) of the public site: a draft until `published_at`, which may lie ahead.

    Plain text; an empty line begins a paragraph. English is told where there is any.
    """

    slug = models.SlugField(_("địa chỉ"), max_length=100, unique=True, editable=False)
    title = models.CharField(_("tiêu đề"), max_length=150)
    summary = models.CharField(_("tóm tắt"), max_length=300)
    body = models.TextField(
        _("nội dung"), validators=[MaxLengthValidator(MOST_LETTERS)],
        help_text=_("Chữ thường; dòng trống tách đoạn; địa chỉ web tự thành liên kết."),
    )  # fmt: skip
    title_en = models.CharField(_("tiêu đề tiếng Anh"), max_length=150, blank=True, default="")
    summary_en = models.CharField(_("tóm tắt tiếng Anh"), max_length=300, blank=True, default="")
    body_en = models.TextField(
        _("nội dung tiếng Anh"), blank=True, default="",
        validators=[MaxLengthValidator(MOST_LETTERS)],
    )  # fmt: skip
    published_at = models.DateTimeField(
        _("đăng lúc"), null=True, blank=True,
        help_text=_("Để trống là bản nháp; giờ sắp tới thì tự hiện khi đến giờ."),
    )  # fmt: skip
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False
    )
    changed_at = models.DateTimeField(editable=False)

    objects = NewsQuerySet.as_manager()

    class Meta:
        verbose_name = _("tin trên trang công khai")
        verbose_name_plural = _("tin trên trang công khai")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="news_english_whole",
                condition=Q(title_en="", summary_en="", body_en="")
                | (~Q(title_en="") & ~Q(summary_en="") & ~Q(body_en="")),
                violation_error_message=_(
                    "Bản tiếng Anh phải có đủ tiêu đề, tóm tắt và nội dung, hoặc để trống cả ba."
                ),
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["-published_at"], name="news_published")]

    def __str__(self) -> str:
        return self.title
