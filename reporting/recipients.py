"""Who gets the reports of a schedule, and in which scope."""

from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.jobs.models import Run
from backend.problems import Problem
from reporting.definitions import catalogue, definition, made_for, reports_for
from reporting.models import MailLanguage, Recipient, ReportSchedule
from reporting.scopes import COMPANY, places_of

#: A pasted list longer than this is no list of readers.
MOST_LINES = 1_000
#: What tells a reader's scope.
_SCOPE = ("user__region", "user__territory")


class AddressNotAllowed(Problem):
    """An outside address whose domain the company has not allowed."""

    code = "recipient.not_allowed"
    message = gettext_lazy(
        "Địa chỉ này không thuộc tên miền được phép nhận báo cáo; hãy thêm tên miền vào cấu hình"
        " hoặc chọn một tài khoản trong danh sách."
    )


class BadAddressList(Problem):
    """Lines of a pasted list that are nobody; nothing of the list was kept."""

    code = "recipient.bad_list"


@dataclass(frozen=True, slots=True)
class WrongLine:
    """A line of the list, from 1, and why it is nobody."""

    number: int
    text: str
    reason: str

    def __str__(self) -> str:
        return _("dòng {number} «{text}»: {reason}").format(
            number=self.number, text=self.text, reason=self.reason
        )


def add_recipient(schedule: ReportSchedule, *, to: User | str) -> Recipient:
    """Let an account, or an outside address of an allowed domain, get the schedule's reports.

    Raises AddressNotAllowed, ValidationError.
    """
    if isinstance(to, str):
        _check_address(to)
    user, address = (to, "") if isinstance(to, User) else (None, to)
    recipient, made = Recipient.objects.get_or_create(schedule=schedule, user=user, address=address)
    if not made and not recipient.enabled:
        recipient.enabled = True
        recipient.save(update_fields=["enabled"])
    return recipient


def _check_address(address: str) -> None:
    validate_email(address)
    if not _is_allowed(address):
        raise AddressNotAllowed


def _is_allowed(address: str) -> bool:
    return address.rsplit("@", 1)[1].lower() in settings.MAIL_ALLOWED_DOMAINS


def add_list(schedule: ReportSchedule, *, text: str, by: User | None = None) -> list[Recipient]:
    """Add every line: a login name, an account's address, or an outside address; all or none.

    An outside address gets what the report tells of the whole company, so only who sees that may
    add one; None is the program itself. Raises BadAddressList naming each wrong line.
    """
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    lines = [(number, line) for number, line in lines if line]
    if not lines or len(lines) > MOST_LINES:
        raise BadAddressList(
            _("Viết mỗi dòng một tên đăng nhập hoặc một địa chỉ thư, tối đa 1.000 dòng.")
        )
    people = _people({line.lower() for _number, line in lines})
    sees_all = by is None or COMPANY in places_of(by, definition(schedule.report))
    wrong = [
        found
        for number, line in lines
        if (found := _fault(number, line, people, schedule.report, sees_all=sees_all))
    ]
    if wrong:
        told = [_("Chưa thêm ai. Sửa các dòng sau rồi dán lại cả danh sách:"), *map(str, wrong)]
        raise BadAddressList("\n".join(told))
    with transaction.atomic():
        return [add_recipient(schedule, to=people.get(line.lower(), line)) for _n, line in lines]


def _people(names: set[str]) -> dict[str, User]:
    """The accounts these lines name, by login name or address in lower case."""
    active = User.objects.filter(is_active=True).order_by("-pk")
    known: dict[str, User] = {}
    for user in active:
        known |= {name: user for name in (user.email.lower(), user.username.lower()) if name}
    return {name: known[name] for name in names & known.keys()}


def _fault(
    number: int, line: str, people: dict[str, User], report: str, *, sees_all: bool
) -> WrongLine | None:
    shown = line[:80]
    user = people.get(line.lower())
    if user is not None:
        reason = why_not(user, report)
        return WrongLine(number, shown, reason) if reason else None
    try:
        _check_address(line)
    except ValidationError:
        return WrongLine(number, shown, _("Không phải tên đăng nhập, cũng không phải địa chỉ thư."))
    except AddressNotAllowed:
        return WrongLine(number, shown, _not_allowed())
    if not sees_all:
        return WrongLine(
            number, shown,
            _("Địa chỉ ngoài nhận số liệu cả công ty, nên chỉ người xem được cả công ty mới thêm."),
        )  # fmt: skip
    return None


def _not_allowed() -> str:
    return _("Tên miền của địa chỉ ngoài này chưa được phép nhận báo cáo.")


def drop(recipient: Recipient) -> None:
    """Send nothing more to the recipient; what he got stays known."""
    Recipient.objects.filter(pk=recipient.pk).update(enabled=False)


def write_in(recipient: Recipient, language: MailLanguage) -> None:
    """The next mails of the schedule in this language, with the files in it."""
    Recipient.objects.filter(pk=recipient.pk).update(language=language)


def recipients_of(schedule: ReportSchedule) -> list[Recipient]:
    """Those who get its reports now: accounts in force that may see reports, and allowed addresses."""
    return _in_force(Q(schedule=schedule))


def left_out(schedule: ReportSchedule) -> list[tuple[Recipient, str]]:
    """Who is on the list of the schedule and gets none of its reports now, and why not."""
    listed = (
        Recipient.objects.filter(schedule=schedule, enabled=True)
        .select_related(*_SCOPE)
        .order_by("pk")
    )
    told = [(each, _why_left_out(each, schedule.report)) for each in listed]
    return [(each, reason) for each, reason in told if reason]


def _why_left_out(recipient: Recipient, report: str) -> str:
    if recipient.user is not None:
        return why_not(recipient.user, report)
    return "" if _is_allowed(recipient.address) else _not_allowed()


def readers_of(run: Run, *, report: str) -> list[Recipient]:
    """For whom a run makes its report: one person (a test), its schedule's readers, or, for a run
    without a schedule, the readers of all schedules of the report, each once.
    """
    if "only" in run.payload:
        return list(Recipient.objects.filter(pk=run.payload["only"]).select_related(*_SCOPE))
    if run.schedule_id is not None:
        return _in_force(Q(schedule__schedule=run.schedule_id))
    if "schedule" in run.payload:
        return _in_force(Q(schedule__schedule__code=run.payload["schedule"]))
    everyone = _in_force(Q(schedule__report=report))
    return list({(each.user_id, each.address): each for each in reversed(everyone)}.values())[::-1]


def _in_force(which: Q) -> list[Recipient]:
    everyone = (
        Recipient.objects.filter(which, enabled=True)
        .select_related(*_SCOPE, "schedule")
        .order_by("pk")
    )
    return [each for each in everyone if is_in_force(each)]


def is_in_force(recipient: Recipient) -> bool:
    """Whether the account may still read the report, or the address's domain is still allowed."""
    if recipient.user is None:
        return _is_allowed(recipient.address)
    return may_read(recipient.user, recipient.schedule.report)


def why_not(user: User, report: str) -> str:
    """Why the account gets no editions of the report, and of which it would; empty where it does."""
    if may_read(user, report):
        return ""
    if not (may(user, "reports.view") and report in reports_for(user)):
        return _("Tài khoản này không được xem báo cáo.")
    here = {"title": definition(report).title.said(get_language())}
    others = [each for each in made_for(user) if each.code in catalogue() and places_of(user, each)]
    if not others:
        return _(
            "«{title}» không lập cho phạm vi của tài khoản này (chỉ xem một phần công ty), và chưa có"
            " báo cáo nào khác lập cho phạm vi đó."
        ).format(**here)
    return _(
        "«{title}» không lập cho phạm vi của tài khoản này (chỉ xem một phần công ty). Các báo cáo lập"
        " cho phạm vi đó: {others}."
    ).format(
        **here, others=", ".join(dict.fromkeys(each.title.said(get_language()) for each in others))
    )


def may_read(user: User, report: str) -> bool:
    """Whether the account may open the archive, and editions of the report are made in its scope."""
    return (
        may(user, "reports.view")
        and report in reports_for(user)
        and bool(places_of(user, definition(report)))
    )
