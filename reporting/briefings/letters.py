"""Mails about a briefing: the invitation with its calendar file, changes, cancellation, reminders,
questions asked before it.

In Vietnamese whatever the language of the page that caused them: the reader's is not known.
"""

from collections.abc import Iterable
from datetime import datetime
from email.utils import parseaddr
from typing import Final

from django.conf import settings
from django.urls import reverse

from backend.accounts.models import User
from backend.clock import VN
from backend.mail import outbox
from backend.mail.models import OutgoingMail, StoredFile
from reporting.briefings.invitation import Invitation, Method, Person, invitation_text
from reporting.models import Briefing, BriefingMail, BriefingMailKind, Poll, PollMail

_SUBJECTS: Final = {
    BriefingMailKind.INVITATION: "Mời họp: {title}, {when}",
    BriefingMailKind.CANCELLATION: "Hủy họp: {title}, {when}",
    BriefingMailKind.REMINDER: "Nhắc họp: {title}, {when}",
}


def mail_briefing(
    briefing: Briefing, kind: BriefingMailKind, *, to: Iterable[User], at: datetime
) -> None:
    """Put the mail into the outbox of each who has an address and has not had this one yet.

    Call it in the transaction that is the reason.
    """
    had = set(
        BriefingMail.objects.filter(
            briefing=briefing, kind=kind, sequence=briefing.sequence
        ).values_list("user", flat=True)
    )
    readers = [user for user in to if user.is_active and user.email and user.pk not in had]
    for user in readers:
        mail = outbox.enqueue(
            message_id=outbox.own_message_id(
                f"hop.{briefing.uid}.{kind}.{briefing.sequence}.{user.pk}"
            ),
            recipient=user,
            subject=_subject(briefing, kind),
            text=_text(briefing, kind, user),
            files=_files(briefing, kind, user, at),
            due_at=at,
        )
        BriefingMail.objects.create(
            briefing=briefing, user=user, kind=kind, sequence=briefing.sequence, mail=mail
        )


def mail_question(poll: Poll, *, to: Iterable[User], at: datetime, again: bool = False) -> int:
    """Ask each who has an address for an answer, once, and `again` once more. Returns how many mails.

    Call it in the transaction that is the reason.
    """
    name = "nhac-y-kien" if again else "y-kien"
    ids = {
        outbox.own_message_id(f"{name}.{poll.pk}.{user.pk}"): user
        for user in to
        if user.is_active and user.email
    }
    known = OutgoingMail.objects.filter(message_id__in=ids).values_list("message_id", flat=True)
    had = set(known)
    for message_id, user in ids.items():
        if message_id not in had:
            mail = outbox.enqueue(
                message_id=message_id,
                recipient=user,
                subject=f"{'Nhắc lấy ý kiến' if again else 'Lấy ý kiến'}: {poll.question}",
                text=_question_text(poll, user),
                due_at=at,
            )
            PollMail.objects.create(poll=poll, user=user, is_reminder=again, mail=mail)
    return len(ids) - len(had)


def _question_text(poll: Poll, to: User) -> str:
    options = "\n".join(f"- {option.text}" for option in poll.options.order_by("position"))
    way = (
        "kín: không ghi ai chọn gì, dưới 3 người trả lời thì không công bố kết quả"
        if poll.is_secret
        else "công khai tên"
    )
    lines = (
        f"Kính gửi {to},",
        f"{poll.briefing.title} lấy ý kiến ({way}):",
        poll.question,
        options,
        f"Hạn trả lời: {poll.due_at.astimezone(VN):%H:%M %d/%m/%Y} (giờ Việt Nam).",
        f"Trả lời tại mục Lấy ý kiến: {link_of(poll.briefing)}",
    )
    return "\n\n".join(lines) + "\n"


def link_of(briefing: Briefing) -> str:
    return settings.PUBLIC_URL + reverse("briefing", args=[briefing.pk])


def _when(briefing: Briefing) -> str:
    return f"{briefing.starts_at.astimezone(VN):%H:%M %d/%m/%Y}"


def _subject(briefing: Briefing, kind: BriefingMailKind) -> str:
    changed = kind is BriefingMailKind.INVITATION and briefing.sequence
    words = "Thay đổi lịch họp: {title}, {when}" if changed else _SUBJECTS[kind]
    return words.format(title=briefing.title, when=_when(briefing))


def _text(briefing: Briefing, kind: BriefingMailKind, to: User) -> str:
    lines = [f"Kính gửi {to},"]
    if kind is BriefingMailKind.CANCELLATION:
        lines.append(f"Phiên họp sau không tổ chức nữa. Lý do: {briefing.cancel_reason}")
    lines += [
        briefing.title,
        f"Thời gian: {_when(briefing)} (giờ Việt Nam), {briefing.duration_minutes} phút",
        *([f"Địa điểm: {briefing.place}"] if briefing.place else []),
        *([f"Họp trực tuyến: {briefing.join_url}"] if briefing.join_url else []),
        f"Chủ trì: {briefing.chair}. Thư ký: {briefing.secretary}.",
    ]
    if kind is not BriefingMailKind.CANCELLATION:
        due = f"{briefing.items_due_at.astimezone(VN):%H:%M %d/%m/%Y}"
        lines.append(f"Đơn vị gửi nội dung kèm tài liệu trước {due}.")
    lines.append(f"Chương trình và tài liệu: {link_of(briefing)}")
    return "\n\n".join(lines) + "\n"


def _files(
    briefing: Briefing, kind: BriefingMailKind, to: User, at: datetime
) -> list[tuple[str, StoredFile]]:
    """The calendar file, but for reminders: calendars know the meeting already."""
    if kind is BriefingMailKind.REMINDER:
        return []
    cancels = kind is BriefingMailKind.CANCELLATION
    method = Method.CANCEL if cancels else Method.REQUEST
    _name, sender = parseaddr(settings.DEFAULT_FROM_EMAIL)
    invitation = Invitation(
        uid=f"{briefing.uid}@giao-ban",
        sequence=briefing.sequence,
        title=briefing.title,
        starts_at=briefing.starts_at,
        duration=briefing.duration,
        place=briefing.place,
        description=_text(briefing, kind, to),
        link=link_of(briefing),
        organizer=Person(str(briefing.secretary), sender),
        attendee=Person(str(to), to.email),
        made_at=at,
    )
    content = invitation_text(invitation, method).encode()
    kept = outbox.store_file(content, f"text/calendar; method={method}; charset=utf-8")
    return [("moi-hop.ics", kept)]
