"""Long summaries page by page: behind a row that must still stand where it stood."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request

from backend.api.pagination import CursorInvalid, unpacked
from backend.problems import Problem
from sales.figures.asked import Told

#: Rows before a page are read anew; farther on it is quicker to ask for fewer days.
FARTHEST: Final = 200_000


class CursorOutdated(Problem):
    status = 409
    code = "cursor.outdated"
    message = _("Số liệu đã đổi từ trang trước nên các trang không còn khớp; hãy đọc lại từ đầu.")


class TooFar(Problem):
    code = "cursor.too_far"
    message = _("Bảng quá dài để đọc tiếp theo trang; hãy chia khoảng ngày ra nhiều lần gọi.")


@dataclass(frozen=True, slots=True)
class Start:
    """Where a page begins: behind so many rows, the last of which was of these codes."""

    rows: int = 0
    last: Sequence[Any] = ()

    def page(self, told: Sequence[Told], all_rows: Sequence[Told]) -> list[Told]:
        """Those of `all_rows` that no page before told. Raises CursorOutdated.

        `told` are the rows from the first on; `all_rows` may have more of which there is a plan alone.
        """
        if not self.rows:
            return list(all_rows)
        if len(told) < self.rows or codes_of(told[self.rows - 1]) != list(self.last):
            raise CursorOutdated
        before = {row.keys for row, _is_estimate in told[: self.rows]}
        return [each for each in all_rows if each[0].keys not in before]


def start_of(request: Request, *, dimensions: int) -> Start:
    """Raises CursorInvalid, TooFar."""
    if not request.query_params.get("cursor"):
        return Start()
    rows, *last = unpacked(request, 1 + dimensions)
    if not isinstance(rows, int) or rows < 1:
        raise CursorInvalid
    if rows > FARTHEST:
        raise TooFar
    return Start(rows, last)


def codes_of(told: Told) -> list[str]:
    """The codes, dates and numbers a row is of."""
    return [str(values[0]) for values in told[0].keys]
