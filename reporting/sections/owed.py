"""Reports owed to authorities, as the briefing opens on them: overdue, or due within two weeks."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse

from backend.clock import VN
from reporting.builders.content import Blocks, Column, Kind, Sentence, Sentences, Table, linked, row
from reporting.builders.telling import count, of_many
from reporting.defining import Asked, ScopeKind, SectionOf
from reporting.obligations.due import Standing
from reporting.obligations.register import Owed, open_now

AHEAD: Final = 14
_STANDINGS: Final = {
    Standing.DUE: "chưa lập",
    Standing.PREPARED: "đã lập",
    Standing.APPROVED: "đã duyệt",
}


def read_owed(asked: Asked) -> list[Owed] | None:
    """The whole company's affair."""
    if asked.scope.kind is not ScopeKind.COMPANY:
        return None
    return open_now(on=asked.cut_off_at.astimezone(VN).date(), ahead=AHEAD)


def told(asked: Asked, owed: Sequence[Owed]) -> Blocks:
    if not owed:
        return ()
    late = sum(line.is_overdue for line in owed)
    page = reverse("obligations")
    words = Sentence(
        (count(len(owed), page), " báo cáo phải nộp, trong đó ", count(late, page), " quá hạn."),
        (count(len(owed), page), of_many(len(owed), " report", " reports"), " to submit, ",
         count(late, page), " of them overdue."),
    )  # fmt: skip
    columns = (
        Column("Báo cáo", Kind.TEXT, in_mail=True, width=40),
        Column("Kỳ", Kind.TEXT, in_mail=True, width=20),
        Column("Nơi nhận", Kind.TEXT),
        Column("Hạn nộp", Kind.DAY, in_mail=True),
        Column("Đơn vị lập", Kind.TEXT, in_mail=True),
        Column("Trạng thái", Kind.TEXT, in_mail=True),
    )
    rows = tuple(
        row(
            linked(line.obligation.name, reverse("obligation", args=[line.obligation.code])),
            line.period.name(), line.obligation.authority, line.due,
            line.obligation.unit.name, _STANDINGS.get(line.standing, ""),
        )
        for line in owed
    )  # fmt: skip
    return Sentences((words,)), Table("Báo cáo phải nộp", columns, rows, in_mail=10)


SECTION: Final = SectionOf(
    "obligations",
    "Báo cáo phải nộp",
    told,
    needs=("obligations",),
    nothing="Không có báo cáo nào quá hạn hoặc đến hạn trong 14 ngày tới.",
)
