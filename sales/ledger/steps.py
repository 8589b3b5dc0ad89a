"""What is under way while many lines are recorded, for those who wait for it (tiến độ)."""

from collections.abc import Callable
from typing import Final

from django.db.models import IntegerChoices
from django.utils.translation import gettext_lazy as _


class Step(IntegerChoices):
    """In this order; those before it are done."""

    READING = 0, _("đang đọc các dòng")
    CHECKING = 1, _("đang kiểm tra từng dòng")
    SUMMING = 2, _("đang cộng cho từng đại lý và kỳ vé")
    WRITING = 3, _("đang ghi sổ")
    GATHERING = 4, _("đang cập nhật các số tổng hợp")
    BOOKING = 5, _("đang cập nhật công nợ và kiểm tra hạn mức")


#: As many steps as there are.
STEPS: Final = len(Step)

#: Is told each step as it begins.
Begins = Callable[[Step], object]


def untold(_step: Step) -> None:
    """Nobody waits."""
