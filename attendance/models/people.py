"""People on the terminals: what was read there, what is to be changed, and who consented."""

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from attendance.models.terminals import Terminal
from backend.org.models import Employee
from backend.promises import APPEND_ONLY


class TerminalPerson(models.Model):
    """A user on a terminal as last read from it (người trên máy).

    Of fingerprints only the number is kept, and the day they were first noticed. `gone_at`: read
    since, and no longer there.
    """

    terminal = models.ForeignKey(Terminal, models.CASCADE, related_name="people", db_index=False)
    device_user_id = models.CharField(max_length=32, db_collation="C")
    uid = models.PositiveIntegerField()
    name = models.CharField(max_length=100, blank=True, default="")
    privilege = models.PositiveSmallIntegerField(default=0)
    has_card = models.BooleanField(default=False)
    finger_count = models.PositiveSmallIntegerField(default=0)
    enrolled_date = models.DateField(null=True)
    read_at = models.DateTimeField()
    gone_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("người trên máy")
        verbose_name_plural = _("người trên máy")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terminal", "device_user_id"], name="terminal_person_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_user_id} {self.name}".strip()


class PeopleAction(models.TextChoices):
    READ = "read", _("đọc danh sách")
    PUT = "put", _("đưa lên máy")
    REMOVE = "remove", _("xóa khỏi máy")
    REMOVE_ADMIN = "remove_admin", _("xóa người quản trị máy")
    REMOVE_FINGERS = "remove_fingers", _("xóa vân tay")


class TaskState(models.TextChoices):
    WAITING = "waiting", _("đang chờ")
    DONE = "done", _("đã xong, có đối chiếu")
    FAILED = "failed", _("không làm được")


class PeopleTask(models.Model):
    """One change of the people on a terminal (việc trên máy): asked for, done, proved.

    `device_user_id` is empty for READ. `proof` is what was read back of the person afterwards
    ({"there": false}, {"name": …, "fingers": …}); a task is done only with a proof that fits.
    `by` is None where the rule asked: a leaver, a consent withdrawn.
    """

    terminal = models.ForeignKey(Terminal, models.PROTECT, related_name="people_tasks")
    action = models.CharField(max_length=14, choices=PeopleAction.choices)
    device_user_id = models.CharField(max_length=32, blank=True, default="", db_collation="C")
    name = models.CharField(max_length=100, blank=True, default="")
    state = models.CharField(max_length=7, choices=TaskState.choices, default=TaskState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    problem = models.TextField(blank=True, default="")
    proof = models.JSONField(null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True)
    at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("việc trên máy")
        verbose_name_plural = _("việc trên máy")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["terminal", "action", "device_user_id"],
                condition=Q(state="waiting"),
                name="people_task_once_waiting",
            ),
            models.CheckConstraint(
                name="people_task_done_is_proved",
                condition=~Q(state="done") | Q(proof__isnull=False, done_at__isnull=False),
            ),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["next_try_at"], name="people_task_due", condition=Q(state="waiting")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_action_display()} {self.device_user_id}"


class ConsentStep(models.TextChoices):
    NOTICE = "notice", _("đã thông báo")
    CONSENT = "consent", _("đồng ý")
    WITHDRAWAL = "withdrawal", _("rút lại đồng ý")


class BiometricConsent(models.Model):
    """A step of a person's consent to the use of fingerprints (đồng ý dùng vân tay).

    Law 91/2025/QH15: fingerprints are sensitive personal data; who consents is told before, may
    withdraw, and the proof is the employer's to keep. The newest step by date counts.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="biometric_consents")
    step = models.CharField(_("bước"), max_length=10, choices=ConsentStep.choices)
    date = models.DateField(_("ngày"))
    document = models.CharField(_("văn bản"), max_length=100)
    note = models.CharField(_("ghi chú"), max_length=300, blank=True, default="")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("đồng ý dùng vân tay")
        verbose_name_plural = _("đồng ý dùng vân tay")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.get_step_display()} {self.date:%d/%m/%Y}"


class TemplateCopy(models.Model):
    """A copy of a person's finger templates between terminals, as asked for (sao chép vân tay).

    Written before any terminal is talked to; without a result it was interrupted. No template is
    kept, here or elsewhere. `consent` is the one that stood.
    """

    employee = models.ForeignKey(Employee, models.PROTECT, related_name="template_copies")
    device_user_id = models.CharField(max_length=32, db_collation="C")
    source = models.ForeignKey(Terminal, models.PROTECT, related_name="templates_copied_from")
    destination = models.ForeignKey(Terminal, models.PROTECT, related_name="templates_copied_to")
    consent = models.ForeignKey(BiometricConsent, models.PROTECT, related_name="+")
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("sao chép vân tay")
        verbose_name_plural = _("sao chép vân tay")
        constraints: ClassVar = [
            models.CheckConstraint(
                name="template_copy_two_terminals", condition=~Q(source=models.F("destination"))
            ),
            models.CheckConstraint(name="template_copy_says_why", condition=~Q(reason="")),
        ]
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.device_user_id} {self.at:%d/%m/%Y %H:%M}"


class TemplateCopyResult(models.Model):
    """What became of a copy: `fingers` read from the source, `proved` read back equal there.

    `code` is empty when all went over, else why not.
    """

    copy = models.OneToOneField(TemplateCopy, models.PROTECT, related_name="result")
    code = models.CharField(max_length=40, blank=True, default="")
    fingers = models.PositiveSmallIntegerField(default=0)
    proved = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("kết quả sao chép vân tay")
        verbose_name_plural = _("kết quả sao chép vân tay")
        triggers: ClassVar = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.proved}/{self.fingers}"
