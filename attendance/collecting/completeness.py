"""Is everything here that the terminal holds? A proof in figures, or why there is none. Pure.

The terminal counts its own records. Those that earlier pulls stored and those read now must be as
many, and each one read must be a punch, known, or set aside.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from attendance.models import Pull, PullState


class Verdict(StrEnum):
    COMPLETE = "complete"
    GAP = "gap"
    CANNOT_TELL = "cannot_tell"


class Why(StrEnum):
    """What the verdict rests on, or what it lacks."""

    COUNTS_AGREE = "counts_agree"
    SENT_LESS = "sent_less"
    SENT_MORE = "sent_more"
    NOT_READ = "not_read"
    NO_COUNT = "no_count"
    BROKEN_OFF = "broken_off"
    FAILED = "failed"
    DO_NOT_ADD_UP = "do_not_add_up"


@dataclass(frozen=True)
class Proof:
    """`counted` by the terminal = `skipped` (stored before) + `read`; `read` = the other three.

    `gap` is how many records the terminal counts but did not send; negative: it sent more.
    """

    verdict: Verdict
    why: Why
    counted: int | None
    skipped: int
    read: int
    stored: int
    known: int
    parked: int
    gap: int | None

    @property
    def accounted(self) -> int:
        """Records of the log that are stored, or set aside."""
        return self.skipped + self.read


def proof(
    *,
    counted: int | None,
    skipped: int,
    read: int,
    stored: int,
    known: int,
    parked: int,
    is_done: bool = True,
    broken_off: bool = False,
) -> Proof:
    """The proof of one pull. `broken_off`: its time was over before all had come."""
    gap = None if counted is None else counted - skipped - read
    if not is_done:
        verdict, why = Verdict.CANNOT_TELL, Why.FAILED
    elif read != stored + known + parked:
        verdict, why = Verdict.CANNOT_TELL, Why.DO_NOT_ADD_UP
    elif gap is None:
        verdict, why = Verdict.CANNOT_TELL, Why.NO_COUNT
    elif gap > 0:
        verdict, why = Verdict.GAP, Why.BROKEN_OFF if broken_off else Why.SENT_LESS
    elif gap < 0:
        # Everything that was sent is here; the terminal's own count is what is wrong.
        verdict, why = Verdict.CANNOT_TELL, Why.SENT_MORE
    else:
        verdict, why = Verdict.COMPLETE, Why.COUNTS_AGREE
    return Proof(verdict, why, counted, skipped, read, stored, known, parked, gap)


def proof_of(pull: Pull | None) -> Proof:
    """The proof of a pull; of none, that nothing can be told."""
    if pull is None:
        return Proof(Verdict.CANNOT_TELL, Why.NOT_READ, None, 0, 0, 0, 0, 0, None)
    return proof(
        counted=pull.device_count,
        skipped=pull.skipped,
        read=pull.read,
        stored=pull.stored,
        known=pull.known,
        parked=pull.parked,
        is_done=pull.state == PullState.DONE,
        broken_off=pull.code == "broken_off",
    )


WORDS: Final[Mapping[Why, str | Promise]] = {
    Why.COUNTS_AGREE: _("Số bản ghi máy đếm bằng số đã lưu và đã cách ly."),
    Why.SENT_LESS: _(
        "Máy đếm nhiều hơn số nó gửi. Khởi động lại máy rồi tải lại; nếu vẫn thiếu, hãy xuất tệp"
        " ra USB và nhập để bù."
    ),
    Why.SENT_MORE: _(
        "Máy gửi nhiều hơn số nó đếm: mọi bản ghi nhận được đã lưu, nhưng số đếm của máy không tin"
        " được nên không chứng minh được là đủ."
    ),
    Why.NOT_READ: _("Chưa tải được lần nào."),
    Why.NO_COUNT: _("Máy không cho biết số bản ghi nên không đối chiếu được."),
    Why.BROKEN_OFF: _("Nhật ký dài, chưa tải hết trong một lần; lần sau tải tiếp."),
    Why.FAILED: _("Lần tải này không thành công."),
    Why.DO_NOT_ADD_UP: _("Các con số của lần tải không khớp nhau; hãy chạy đối chiếu toàn bộ."),
}
LABELS: Final[Mapping[Verdict, str | Promise]] = {
    Verdict.COMPLETE: _("Đủ"),
    Verdict.GAP: _("Thiếu"),
    Verdict.CANNOT_TELL: _("Chưa rõ"),
}
#: The page's chip classes.
TONES: Final[Mapping[Verdict, str]] = {
    Verdict.COMPLETE: "good",
    Verdict.GAP: "bad",
    Verdict.CANNOT_TELL: "attention",
}
