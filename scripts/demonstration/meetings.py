"""A weekly series of briefings with one that was held: its roll call, minutes, conclusions, tasks."""

from datetime import datetime, time, timedelta

from django.db import transaction

from backend.accounts.models import User
from backend.clock import VN
from backend.org.models import Department
from reporting.asking import WEEKLY
from reporting.briefings.agenda import put_item
from reporting.briefings.meeting import Call, call_roll, close_briefing, open_briefing, save_minutes
from reporting.briefings.planning import Guests, keep_series, make_ahead
from reporting.briefings.votes import ask
from reporting.models import Briefing, BriefingSeries, Presence, Task
from reporting.tasks.deciding import conclude
from reporting.tasks.progress import Step, take_step
from reporting.tasks.states import State
from reporting.tasks.units import speakers_of

NAME = "Giao ban tuần"
UNITS = ("BGD", "TCHC", "KTTC", "KD", "KV", "CNTT")
MINUTES = """Phòng Kinh doanh báo cáo doanh thu các kỳ quay trong tuần; vé ế tập trung ở một số phường.
Phòng Tổ chức – Hành chính báo cáo tình hình đi muộn, đề nghị nhắc từng bộ phận.
Giám đốc yêu cầu các phòng báo cáo tiến độ trước phiên sau."""
#: What was concluded; days are counted from the meeting.
CONCLUSIONS = (
    ("Đẩy mạnh bán vé tại các phường có tỷ lệ vé ế cao", "@KD @KV", 4, "!kpi:vé-ế"),
    ("Nhắc từng bộ phận giờ vào làm, báo cáo người đi muộn nhiều lần", "@TCHC", 14, "!kpi:muộn"),
    ("Đối chiếu công nợ các đại lý vượt hạn mức", "@KTTC @KD", 10, ""),
)


def create_meetings(
    *, chair: User, secretary: User, others: tuple[User, ...] = (), at: datetime
) -> Briefing | None:
    """The series, the briefing of last week, and the next ones; None when it is there already.

    Returns the next briefing.
    """
    if BriefingSeries.objects.exists():
        return None
    then = at - timedelta(days=8 + (at.astimezone(VN).weekday() - 2) % 7)
    with transaction.atomic():
        series = _series(chair, secretary, others, at=then)
        held = series.briefings.order_by("starts_at")[0]
        _hold(held, secretary=secretary)
        make_ahead(series, at=at)
        coming = series.briefings.filter(starts_at__gt=at).order_by("starts_at")[0]
        _prepare(coming, secretary, at=at)
    return coming


def _series(
    chair: User, secretary: User, others: tuple[User, ...], *, at: datetime
) -> BriefingSeries:
    values = {
        "name": NAME,
        "starts": time(8),
        "duration_minutes": 60,
        "place": "Phòng họp tầng 2, trụ sở Hạ Long",
        "join_url": "https://meet.jit.si/GiaoBanTrinhDien",
        "chair": chair,
        "secretary": secretary,
        "report": WEEKLY,
        "copies_to": "Các thành viên dự họp;\nCác phòng, chi nhánh;\nLưu: VT, TCHC.",
    }
    units = list(Department.objects.filter(code__in=UNITS).order_by("pk"))
    guests = Guests(units=units, people=others)
    return keep_series(BriefingSeries(), values, guests, by=chair, at=at)


def _hold(briefing: Briefing, *, secretary: User) -> None:
    begins = briefing.starts_at
    open_briefing(briefing, by=secretary, at=begins)
    people = list(briefing.participants.select_related("user").order_by("pk"))
    calls = {person: Call(Presence.PRESENT) for person in people}
    calls[people[-1]] = Call(Presence.ONLINE)
    call_roll(briefing, calls, by=secretary, at=begins)
    save_minutes(briefing, MINUTES, base=0, by=secretary, at=begins + timedelta(minutes=30))
    tasks: list[Task] = []
    for text, units, days, kpi in CONCLUSIONS:
        due = (begins + timedelta(days=days)).astimezone(VN)
        line = f"{text} {units} #{due:%d/%m/%Y} {kpi}"
        moment = begins + timedelta(minutes=40 + len(tasks))
        tasks.append(conclude(briefing, line, by=secretary, at=moment))
    close_briefing(briefing, by=secretary, at=begins + timedelta(minutes=55))
    step = Step(State.DOING, percent=50, note="Đã gửi danh sách cho các trưởng bộ phận.")
    for head in speakers_of(Department.objects.get(code="TCHC"))[:1]:
        take_step(tasks[1], step, by=head, at=begins + timedelta(days=1))


def _prepare(briefing: Briefing, secretary: User, *, at: datetime) -> None:
    put_item(
        briefing,
        title="Kế hoạch phát hành vé dịp Tết",
        text="Đề nghị thống nhất số vé phát hành mỗi kỳ và lịch giao vé cho chi nhánh.",
        notes="Hỏi ý kiến các chi nhánh trước khi kết luận.",
        files=(),
        unit="Phòng Kinh doanh",
        by=secretary,
        at=at,
    )
    ask(
        briefing,
        question="Có giao vé Tết cho chi nhánh sớm hơn một tuần không?",
        options=["Có", "Không", "Chỉ các chi nhánh xa"],
        is_secret=False,
        due_at=briefing.starts_at,
        by=secretary,
        at=at,
    )
