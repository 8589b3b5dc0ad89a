"""Asking those invited before the meeting: a question, its answers, who has answered, the result."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.db.models import Case, F, When
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.db import lock_rows
from backend.problems import Problem
from reporting.briefings.agenda import BriefingOver
from reporting.briefings.leading import require_leader
from reporting.briefings.letters import mail_question
from reporting.models import Briefing, BriefingState, Poll, PollOption, PollVoter

#: How long before the end those who have not answered are reminded.
LAST_CALL: Final = timedelta(days=1)
#: Of a secret poll answered by fewer the result is not told: it would tell who chose what.
SECRET_FROM: Final = 3


class PollRefused(Problem):
    code = "poll.refused"
    message = _(
        "Hãy ghi câu hỏi (nhiều nhất 500 ký tự), từ 2 đến 10 phương án khác nhau, và hạn trả lời"
        " ở tương lai."
    )


class PollClosed(Problem):
    status = 409
    code = "poll.closed"
    message = _("Đã hết hạn trả lời, hoặc phiên họp đã kết thúc.")


class AnsweredAlready(Problem):
    status = 409
    code = "poll.answered"
    message = _("Bạn đã trả lời câu hỏi này rồi; mỗi người trả lời một lần.")


class NotInvited(Problem):
    status = 403
    code = "poll.not_invited"
    message = _("Chỉ người được mời dự phiên họp trả lời câu hỏi này.")


class AnswerRefused(Problem):
    code = "poll.answer"
    message = _("Hãy chọn một phương án. Lấy ý kiến kín chỉ nhận phương án, không nhận lời ghi.")


TOO_FEW: Final = "Chưa đủ 3 người trả lời nên không công bố kết quả lấy ý kiến kín."


@dataclass(frozen=True, slots=True)
class Standing:
    """How often an answer was given, and by whom where the poll has names."""

    option: PollOption
    count: int
    voters: tuple[PollVoter, ...]


def ask(
    briefing: Briefing,
    *,
    question: str,
    options: Sequence[str],
    is_secret: bool,
    due_at: datetime,
    by: User,
    at: datetime,
) -> Poll:
    """Ask everybody invited, by mail too. Raises NotLeading, BriefingOver, PollRefused."""
    require_leader(briefing, by)
    if briefing.is_over:
        raise BriefingOver
    texts = [text.strip() for text in options if text.strip()]
    fits = all(len(text) <= 200 for text in texts) and len(set(texts)) == len(texts)
    if not (fits and 2 <= len(texts) <= 10 and 1 <= len(question.strip()) <= 500 and due_at > at):
        raise PollRefused
    with transaction.atomic():
        poll = Poll.objects.create(
            briefing=briefing, question=question.strip(), is_secret=is_secret,
            due_at=due_at, by=by, at=at,
        )  # fmt: skip
        PollOption.objects.bulk_create(
            PollOption(poll=poll, position=place, text=text)
            for place, text in enumerate(texts, start=1)
        )
        mail_question(poll, to=_silent(poll), at=at)
    return poll


def remind_silent(*, at: datetime) -> int:
    """Ask those once more who have not answered a question that is about to close.

    Returns how many mails.
    """
    waiting = Poll.objects.filter(
        due_at__gt=at, briefing__state__in=[BriefingState.PLANNED, BriefingState.OPEN]
    ).select_related("briefing")
    with transaction.atomic():
        return sum(
            mail_question(poll, to=_silent(poll), at=at, again=True)
            for poll in waiting.order_by("pk")
            if at >= reminded_at(poll.at, poll.due_at)
        )


def reminded_at(asked_at: datetime, due_at: datetime) -> datetime:
    """A day before the end; of a question of less than two days, halfway."""
    return max(due_at - LAST_CALL, asked_at + (due_at - asked_at) / 2)


def _silent(poll: Poll) -> list[User]:
    """Those invited who have not answered."""
    rows = poll.briefing.participants.exclude(user__in=poll.voters.values("user"))
    return [row.user for row in rows.select_related("user").order_by("pk")]


def answer(poll: Poll, option: PollOption | None, opinion: str, *, by: User, at: datetime) -> None:
    """Answer once. Of a secret poll only the count is kept, apart from who has answered.

    Raises NotInvited, PollClosed, AnswerRefused, AnsweredAlready.
    """
    if not poll.briefing.participants.filter(user=by).exists():
        raise NotInvited
    if option is None or option.poll_id != poll.pk or (poll.is_secret and opinion.strip()):
        raise AnswerRefused
    try:
        with transaction.atomic():
            [poll.briefing] = lock_rows(
                Briefing.objects.filter(pk=poll.briefing_id)
            )  # not closed beside
            if poll.is_over(at):
                raise PollClosed
            PollVoter.objects.create(
                poll=poll,
                user=by,
                option=None if poll.is_secret else option,
                opinion=opinion.strip()[:5_000],
                at=at,
            )
            if poll.is_secret:
                _count_secretly(poll, option)
    except IntegrityError as error:
        raise AnsweredAlready from error


def _count_secretly(poll: Poll, option: PollOption) -> None:
    """Every option is written: the database stamps a row with the transaction that wrote it last, and
    by the stamp of one alone it would tell the choice of whoever answered in that transaction.
    """
    one = Case(When(pk=option.pk, then=1), default=0)
    lock_rows(PollOption.objects.filter(poll=poll))  # in one order, whoever answers beside
    PollOption.objects.filter(poll=poll).update(secret_count=F("secret_count") + one)


def result_of(poll: Poll, *, at: datetime) -> list[Standing] | None:
    """The result; None where it is not told: before the deadline, so that nobody follows the others,
    and of a secret poll with few answers.
    """
    is_too_small = poll.is_secret and poll.voters.count() < SECRET_FROM
    return None if is_too_small or not poll.is_over(at) else standings(poll)


def in_one_line(poll: Poll, *, at: datetime) -> str:
    """A poll that is over, for the minutes: "Mở thêm điểm bán? Kín, 5 người trả lời. Có: 3; Không: 2." """
    way = "Kín" if poll.is_secret else "Công khai tên"
    found = result_of(poll, at=at)
    told = "; ".join(f"{each.option.text}: {each.count}" for each in found or ())
    counted = f"{poll.question} {way}, {poll.voters.count()} người trả lời."
    return f"{counted} {told}." if told else f"{counted} {TOO_FEW}"


def standings(poll: Poll) -> list[Standing]:
    """How often each answer was given."""
    voters = list(poll.voters.select_related("user").order_by("at", "pk"))
    found = []
    for option in poll.options.order_by("position"):
        theirs = tuple(voter for voter in voters if voter.option_id == option.pk)
        count = option.secret_count if poll.is_secret else len(theirs)
        found.append(Standing(option, count, theirs))
    return found
