"""Votes and opinions asked for before a meeting."""

from datetime import datetime
from typing import ClassVar

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from backend.mail.models import OutgoingMail
from backend.promises import APPEND_ONLY
from reporting.models.briefings import Briefing


class Poll(models.Model):
    """A question to those invited (lấy ý kiến): secret, or with names. Append-only.

    Of a secret one nobody can tell who chose what, not even from the database: who answered and how
    often each answer was given are kept apart, and the counts have no history. Counts tell it all the
    same where all chose alike or one or two answered; the voter is told so before he answers.
    """

    briefing = models.ForeignKey(Briefing, models.PROTECT, related_name="polls")
    question = models.CharField(_("câu hỏi"), max_length=500)
    is_secret = models.BooleanField(_("kín"))
    due_at = models.DateTimeField(_("hạn trả lời"))
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("lấy ý kiến")
        verbose_name_plural = _("lấy ý kiến")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return self.question

    def is_over(self, at: datetime) -> bool:
        """Whether the time to answer or the meeting is over: nobody answers any more, and the result is
        told, also in the minutes.
        """
        return at > self.due_at or self.briefing.is_over


class PollOption(models.Model):
    """An answer to choose (phương án): never changed but for `secret_count`, which grows in secret polls."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="options")
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("phương án"), max_length=200)
    secret_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("phương án")
        verbose_name_plural = _("phương án")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "position"], name="poll_option_once"),
        ]
        triggers: ClassVar = [
            pgtrigger.Trigger(
                name="as_it_was_asked",
                when=pgtrigger.Before,
                operation=pgtrigger.UpdateOf("poll_id", "position", "text") | pgtrigger.Delete,  # type: ignore[no-untyped-call]
                func="RAISE EXCEPTION 'what a poll offers is never changed';",
            )
        ]

    def __str__(self) -> str:
        return self.text


class PollVoter(models.Model):
    """Who has answered (người đã trả lời). In an open poll with what. Append-only."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="voters")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    option = models.ForeignKey(PollOption, models.PROTECT, null=True, related_name="+")
    opinion = models.TextField(_("ý kiến"), blank=True, max_length=5_000)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("người trả lời")
        verbose_name_plural = _("người trả lời")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "user"], name="poll_voter_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.poll_id} {self.user_id}"


class PollMail(models.Model):
    """A mail that asked somebody for an answer (thư lấy ý kiến), or reminded him of it. Append-only."""

    poll = models.ForeignKey(Poll, models.PROTECT, related_name="mails")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    is_reminder = models.BooleanField(_("nhắc lại"))
    mail = models.OneToOneField(OutgoingMail, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("thư lấy ý kiến")
        verbose_name_plural = _("thư lấy ý kiến")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["poll", "user", "is_reminder"], name="poll_mail_once"),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.poll_id} → {self.user_id}"
