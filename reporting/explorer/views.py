"""Saved views (bảng đã lưu): kept, changed, dropped. Every change is recorded."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.problems import Problem
from reporting.explorer.question import Question
from reporting.models.delivery import ReportSchedule
from reporting.models.views import SavedView, SharedWith


class ViewNameTaken(Problem):
    code = "view.name_taken"
    status = 409
    message = gettext_lazy("Bạn đã có một bảng tên này; hãy đặt tên khác hoặc cập nhật bảng ấy.")


class BadViewName(Problem):
    code = "view.bad_name"
    message = gettext_lazy("Tên bảng: viết một dòng, từ 1 đến 100 chữ.")


class BadSharing(Problem):
    code = "view.bad_sharing"
    message = gettext_lazy("Ai xem được: hãy chọn trong danh sách.")


class NotYours(Problem):
    code = "view.not_yours"
    status = 403
    message = gettext_lazy(
        "Chỉ người lập, hoặc người quản lý báo cáo với bảng dùng chung, được sửa và bỏ bảng này."
        " Hãy lưu thành bảng mới của bạn."
    )


class StillScheduled(Problem):
    """Schedules make reports of the view."""

    code = "view.still_scheduled"
    status = 409

    def __init__(self, schedule: str) -> None:
        told = _("Lịch «{name}» đang lập báo cáo từ bảng này; hãy tạm dừng lịch ấy trước.")
        super().__init__(told.format(name=schedule))


def may_change(view: SavedView, user: User) -> bool:
    """Its owner, and of a shared one who manages reports."""
    is_shared = view.shared_with != SharedWith.OWNER
    return view.owner_id == user.pk or (is_shared and may(user, "reports.manage"))


def keep_view(
    view: SavedView | None, *, name: str, shared_with: str, question: Question, by: User
) -> SavedView:
    """Keep a question under a name, or change `view`. Editions made before stay as they are.

    Raises BadViewName, BadSharing, ViewNameTaken, NotYours, StillScheduled (a scheduled view
    cannot become private).
    """
    name = name.strip()
    if not 0 < len(name) <= 100 or not name.isprintable():
        raise BadViewName
    if shared_with not in SharedWith.values:
        raise BadSharing
    if view is not None:
        _check_change(view, by, is_hidden=shared_with == SharedWith.OWNER)
    kept = view or SavedView(owner=by)
    kept.name, kept.shared_with, kept.question = name, shared_with, question.written()
    try:
        with transaction.atomic():
            kept.save()
    except IntegrityError:
        raise ViewNameTaken from None
    return kept


def drop_view(view: SavedView, *, by: User, at: datetime) -> None:
    """Take the view off the lists; editions made of it stay readable. Raises NotYours, StillScheduled."""
    _check_change(view, by, is_hidden=True)
    view.deleted_at = at
    view.save(update_fields=["deleted_at"])


def _check_change(view: SavedView, by: User, *, is_hidden: bool) -> None:
    if not may_change(view, by):
        raise NotYours
    running = ReportSchedule.objects.filter(report=view.code, schedule__enabled=True)
    if is_hidden and (schedule := running.select_related("schedule").first()):
        raise StillScheduled(schedule.schedule.name)
