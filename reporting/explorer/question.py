"""The whole question of the explorer, as an address says it and a saved view keeps it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final
from urllib.parse import urlencode

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.pages.months import day_from
from backend.problems import Problem
from reporting.explorer.dimensions import DIMENSIONS, PLACES, Dimension
from reporting.explorer.measures import CHOSEN, PLAN, Measure
from reporting.explorer.spans import SPANS, Days, days_of

#: Each part of an address: what it is called on the page.
NAMES: Final = {
    "hang": gettext_lazy("Hàng"),
    "cot": gettext_lazy("Cột"),
    "so": gettext_lazy("Số liệu"),
    "ky": gettext_lazy("Thời gian"),
    "tu": gettext_lazy("Từ ngày"),
    "den": gettext_lazy("Đến ngày"),
    "dia_ban": gettext_lazy("Địa bàn"),
    "cay": gettext_lazy("Đơn vị"),
    "dai_ly": gettext_lazy("Đại lý"),
    "loai_ve": gettext_lazy("Loại vé"),
    "thu": gettext_lazy("Thứ"),
    "xep": gettext_lazy("Sắp xếp"),
    "thanh": gettext_lazy("Thanh trong ô"),
}
#: The span that two days given one by one make.
FROM_TO: Final = "tu_den"
TREES: Final = ("", "nay")
LONGEST: Final = 60
_PLAN_TELLS: Final = frozenset({"territory", "region", "agent", "product", "month"})


class BadQuestion(Problem):
    """What of a question cannot be asked; `faults` are sentences, each naming its part."""

    code = "explorer.bad_question"

    def __init__(self, faults: tuple[str, ...], status: int = 400) -> None:
        super().__init__(" ".join(faults), details={"faults": list(faults)})
        self.faults, self.status = faults, status


@dataclass(frozen=True, slots=True)
class Question:
    """Rows × columns × a measure over some days, within filters. Codes as `dimensions`, `measures` and
    `spans` have them.

    `first` and `last` only with the span "tu_den"; `place` is a region's code, or "vung:" and a
    territory's.
    """

    rows: str = "dai_ly"
    columns: str = ""
    measure: str = "doanh_thu"
    span: str = "thang_nay"
    first: date | None = None
    last: date | None = None
    place: str = ""
    tree: str = ""
    agent: str = ""
    product: str = ""
    weekday: int | None = None
    sort: str = ""
    bars: bool = False

    @property
    def row_dimension(self) -> Dimension:
        return DIMENSIONS[self.rows]

    @property
    def column_dimension(self) -> Dimension | None:
        return DIMENSIONS[self.columns] if self.columns else None

    @property
    def dimensions(self) -> tuple[Dimension, ...]:
        column = self.column_dimension
        return (self.row_dimension, *((column,) if column else ()))

    @property
    def told(self) -> Measure:
        return CHOSEN[self.measure]

    def days(self, *, last: date, now: date) -> Days:
        """The days asked for, as `spans.days_of` sees them."""
        if self.first is not None and self.last is not None:
            return self.first, self.last
        return days_of(self.span, last=last, now=now)

    def written(self) -> dict[str, str]:
        """As the parts of an address, without what is usual."""
        usual = Question()
        said = {
            "hang": self.rows, "cot": self.columns, "so": self.measure, "ky": self.span,
            "tu": f"{self.first or ''}", "den": f"{self.last or ''}", "dia_ban": self.place,
            "cay": self.tree, "dai_ly": self.agent, "loai_ve": self.product,
            "thu": "" if self.weekday is None else str(self.weekday), "xep": self.sort,
            "thanh": "1" if self.bars else "",
        }  # fmt: skip
        kept = {"hang": usual.rows, "so": usual.measure, "ky": usual.span}
        return {name: text for name, text in said.items() if text != kept.get(name, "")}

    @property
    def query(self) -> str:
        return urlencode(self.written())

    def but(self, **changes: Any) -> "Question":
        return replace(self, **changes)


def read(sent: Mapping[str, str], *, beside: frozenset[str] = frozenset()) -> Question:
    """The question an address asks; `beside` are parts that are not of it.

    Raises BadQuestion naming every part that is wrong.
    """
    question, faults = readable(sent, beside=beside)
    if faults:
        raise BadQuestion(faults)
    return question


def readable(
    sent: Mapping[str, str], *, beside: frozenset[str] = frozenset()
) -> tuple[Question, tuple[str, ...]]:
    """As `read`, with what of it can be understood, for the form, and the faults."""
    parts = {name: text.strip() for name, text in sent.items() if name not in beside}
    reader = _Reader(parts)
    question = reader.question()
    return question, (*reader.faults, *_clashes(question))


class _Reader:
    """Reads part after part and collects what is wrong."""

    def __init__(self, parts: Mapping[str, str]) -> None:
        self.parts = parts
        self.faults = [
            _("Không có tham số «{name}» trong địa chỉ này; hãy bỏ nó đi.").format(
                name=name[:LONGEST]
            )
            for name in parts
            if name not in NAMES
        ]

    def question(self) -> Question:
        usual = Question()
        first, last = self._day("tu"), self._day("den")
        span = self._one_of("ky", (*SPANS, FROM_TO), FROM_TO if first or last else usual.span)
        if span != FROM_TO:
            first = last = None
        elif first is None or last is None:
            self.faults.append(
                _("Từ ngày, Đến ngày: hãy chọn cả hai ngày, hoặc một khoảng có sẵn.")
            )
            span, first, last = usual.span, None, None
        elif first > last:
            self.faults.append(_("Đến ngày: phải từ ngày đầu trở đi."))
            span, first, last = usual.span, None, None
        weekday = self._one_of("thu", tuple("0123456"), "")
        return Question(
            rows=self._one_of("hang", tuple(DIMENSIONS), usual.rows),
            columns=self._one_of("cot", tuple(DIMENSIONS), ""),
            measure=self._one_of("so", tuple(CHOSEN), usual.measure),
            span=span, first=first, last=last,
            place=self._text("dia_ban"),
            tree=self._one_of("cay", TREES, ""),
            agent=self._text("dai_ly"),
            product=self._text("loai_ve"),
            weekday=int(weekday) if weekday else None,
            sort=self._text("xep"),
            bars=bool(self._one_of("thanh", ("1",), "")),
        )  # fmt: skip

    def _one_of(self, name: str, choices: tuple[str, ...], usual: str) -> str:
        text = self.parts.get(name, "")
        if not text or text in choices:
            return text or usual
        self._fault(name, text)
        return usual

    def _text(self, name: str) -> str:
        text = self.parts.get(name, "")
        if len(text) <= LONGEST and text.isprintable():
            return text
        self._fault(name, text)
        return ""

    def _day(self, name: str) -> date | None:
        text = self.parts.get(name, "")
        day = day_from(text)
        if text and day is None:
            self._fault(name, text)
        return day

    def _fault(self, name: str, text: str) -> None:
        said = _("{part} ({name}): không có lựa chọn «{text}»; hãy chọn trong danh sách.")
        self.faults.append(said.format(part=NAMES[name], name=name, text=text[:LONGEST]))


def _clashes(question: Question) -> Iterator[str]:
    """Parts that are right one by one and cannot be asked together."""
    names = [each.engine for each in question.dimensions]
    if len(set(names)) < len(names):
        yield _("Cột (cot): hàng và cột đang cùng là một chiều; hãy chọn chiều khác cho cột.")
    if question.measure != PLAN:
        return
    places = PLACES & ({*names, "agent"} if question.agent else set(names))
    if not set(names) <= _PLAN_TELLS or len(places) > 1 or question.weekday is not None:
        yield _(
            "Số liệu (so): kế hoạch chỉ xem được theo tháng, loại vé và một trong vùng, địa bàn,"
            " đại lý, không lọc theo thứ."
        )
