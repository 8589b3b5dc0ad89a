"""The slides of a briefing: what is open, the frozen editions, the units' points, what was decided."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Final

from backend.clock import VN
from reporting.briefings.agenda import agenda_of
from reporting.briefings.votes import TOO_FEW, result_of
from reporting.builders.slides import Slide, report_slides, text_slide
from reporting.builders.speaking import Language, speaking, spoken, t
from reporting.editions import report_of
from reporting.in_english import english_slides
from reporting.models import AgendaItem, Briefing, Poll
from reporting.tasks.following_up import TaskLine, counted, decided, opening

_HEAD: Final = ("Kết luận", "Đơn vị", "Hạn")


def deck_of(briefing: Briefing, *, at: datetime, language: Language = "vi") -> list[Slide]:
    """All slides in their order; made anew they only differ in what stands open by then.

    In either language they are as many; what people typed stays as it is.
    """
    with speaking(language):
        return list(_slides(briefing, at=at))


def _slides(briefing: Briefing, *, at: datetime) -> Iterator[Slide]:
    yield _title(briefing)
    yield _open(opening(briefing, at=at))
    for item in agenda_of(briefing):
        yield from _of_item(item)
    for poll in briefing.polls.order_by("pk"):
        yield _asked(poll, at=at)
    yield _decided(decided(briefing, at=at))


def _title(briefing: Briefing) -> Slide:
    local = briefing.starts_at.astimezone(VN)
    people = (f"{t('Chủ trì')}: {briefing.chair}", f"{t('Thư ký')}: {briefing.secretary}")
    return Slide(briefing.title, f"{local:%H:%M %d/%m/%Y}", note=briefing.place, lines=people)


def _open(lines: Sequence[TaskLine]) -> Slide:
    """There even when nothing is open: who opens the slides after the last task was done counts the
    same pages.
    """
    count, late = counted(lines)
    told = f"{count} việc còn mở, {late} việc quá hạn" if lines else "Không còn việc nào mở"
    return Slide(
        t("Kết luận còn mở của các phiên trước"),
        note=t(told),
        mood="bad" if late else "plain",
        head=tuple(map(t, (*_HEAD, "Tiến độ", "Chỉ tiêu khi quyết định → nay"))),
        rows=tuple(_row(line) for line in lines),
    )


def _row(line: TaskLine) -> tuple[str, ...]:
    late = t(f" (quá {line.days_late} ngày)") if line.days_late else ""
    kpi = f"{line.kpi}: {line.kpi_then} → {line.kpi_now}" if line.kpi else "–"
    return (
        line.task.conclusion.text,
        line.owners,
        f"{line.due:%d/%m/%Y}{late}",
        f"{line.percent} %",
        kpi,
    )


def _of_item(item: AgendaItem) -> Iterator[Slide]:
    if item.edition is not None:
        report = report_of(item.edition)
        if report is not None:
            yield from english_slides(report) if spoken() == "en" else report_slides(report)
        else:
            note = "Bản này lập trước khi có trình chiếu; hãy mở tệp PDF."
            yield Slide(item.title, note=t(note))
    else:
        files = "\n".join(f"{t('Tài liệu')}: {file.name}" for file in item.files.all())
        text = "\n".join(part for part in (item.text, files) if part)
        yield text_slide(item.title, text, kicker=item.unit, notes=item.notes)


def _asked(poll: Poll, *, at: datetime) -> Slide:
    """What was asked before the meeting; its result once its time is over, as on the briefing's page."""
    title, due = t("Kết quả lấy ý kiến"), poll.due_at.astimezone(VN)
    way = t("kín") if poll.is_secret else t("công khai tên")
    kicker = f"{way} · {t('hạn trả lời')} {due:%H:%M %d/%m/%Y}"
    found = result_of(poll, at=at)
    if found is None:
        why = TOO_FEW if poll.is_over(at) else "Kết quả hiện sau hạn trả lời."
        return Slide(title, kicker, note=poll.question, lines=(t(why),))
    rows = tuple((each.option.text, str(each.count)) for each in found)
    head = (t("Phương án"), t("Số người chọn"))
    return Slide(title, kicker, note=poll.question, head=head, rows=rows)


def _decided(lines: Sequence[TaskLine]) -> Slide:
    rows = tuple((line.task.conclusion.text, line.owners, f"{line.due:%d/%m/%Y}") for line in lines)
    note = "" if rows else t("Thảo luận và kết luận.")
    return Slide(t("Kết luận"), note=note, head=tuple(map(t, _HEAD)), rows=rows)
