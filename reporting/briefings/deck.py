"""The slides of a briefing: what is open, the frozen editions, the units' points, what was decided."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from backend.clock import VN
from reporting.briefings.agenda import agenda_of
from reporting.builders.slides import Slide, report_slides, text_slide
from reporting.editions import report_of
from reporting.models import AgendaItem, Briefing
from reporting.tasks.following_up import TaskLine, counted, decided, opening


def deck_of(briefing: Briefing, *, at: datetime) -> list[Slide]:
    """All slides in their order; made anew they only differ in what stands open by then."""
    slides = [_title(briefing)]
    first = opening(briefing, at=at)
    if first:
        slides.append(_open(first))
    for item in agenda_of(briefing):
        slides += _of_item(item)
    slides.append(_decided(decided(briefing, at=at)))
    return slides


def _title(briefing: Briefing) -> Slide:
    local = briefing.starts_at.astimezone(VN)
    people = (f"Chủ trì: {briefing.chair}", f"Thư ký: {briefing.secretary}")
    return Slide(briefing.title, f"{local:%H:%M %d/%m/%Y}", note=briefing.place, lines=people)


def _open(lines: Sequence[TaskLine]) -> Slide:
    count, late = counted(lines)
    return Slide(
        "Kết luận còn mở của các phiên trước",
        note=f"{count} việc còn mở, {late} việc quá hạn",
        mood="bad" if late else "plain",
        head=("Kết luận", "Đơn vị", "Hạn", "Tiến độ", "Chỉ tiêu khi quyết định → nay"),
        rows=tuple(_row(line) for line in lines),
    )


def _row(line: TaskLine) -> tuple[str, ...]:
    late = f" (quá {line.days_late} ngày)" if line.days_late else ""
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
            yield from report_slides(report)
        else:
            yield Slide(item.title, note="Bản này lập trước khi có trình chiếu; hãy mở tệp PDF.")
    else:
        files = "\n".join(f"Tài liệu: {file.name}" for file in item.files.all())
        text = "\n".join(part for part in (item.text, files) if part)
        yield text_slide(item.title, text, kicker=item.unit, notes=item.notes)


def _decided(lines: Sequence[TaskLine]) -> Slide:
    rows = tuple((line.task.conclusion.text, line.owners, f"{line.due:%d/%m/%Y}") for line in lines)
    note = "" if rows else "Thảo luận và kết luận."
    return Slide("Kết luận", note=note, head=("Kết luận", "Đơn vị", "Hạn"), rows=rows)
