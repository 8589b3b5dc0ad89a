"""How a day came about, in the words HR and the employee read."""

import pytest

from attendance.timesheet.sentences import sentences

LATE = {
    "rule": "late", "code": "HC", "from": "2026-11-02T07:30", "minutes": 12, "grace": 5,
    "at": "2026-11-02T07:42", "terminal": "M2",
}  # fmt: skip
EARLY = {
    "rule": "early", "code": "HC", "to": "2026-11-02T17:00", "minutes": 20, "grace": 0,
    "at": "2026-11-02T16:40", "terminal": "M2",
}  # fmt: skip


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            LATE,
            "Đi muộn 12 phút: ca HC bắt đầu 07:30, ân hạn 5 phút, lượt đầu 07:42 tại máy M2.",
        ),
        (
            LATE | {"terminal": ""},
            (
                "Đi muộn 12 phút: ca HC bắt đầu 07:30, ân hạn 5 phút,"
                " lượt đầu 07:42 do nhân sự nhập tay."
            ),
        ),
        (
            LATE | {"rule": "late_excused", "minutes": 4, "at": "2026-11-02T07:34"},
            (
                "Đến sau giờ vào ca HC (07:30) 4 phút, trong ân hạn 5 phút:"
                " lượt đầu 07:34 tại máy M2, không ghi muộn."
            ),
        ),
        (EARLY, "Về sớm 20 phút: ca HC kết thúc 17:00, lượt cuối 16:40 tại máy M2."),
        (
            EARLY | {"rule": "early_excused", "minutes": 3, "grace": 5, "at": "2026-11-02T16:57"},
            (
                "Về trước giờ ra ca HC (17:00) 3 phút, trong ân hạn 5 phút:"
                " lượt cuối 16:57 tại máy M2, không ghi sớm."
            ),
        ),
        (  # as it was stored before the engine told grace and punch
            {"rule": "late", "code": "HC", "from": "2026-11-02T07:30", "minutes": 7},
            "Đi muộn 7 phút: ca HC bắt đầu 07:30, lượt đầu –.",
        ),
        (
            {"rule": "leave", "code": "P", "minutes": 240},
            "Nghỉ 4 giờ: nghỉ phép năm (P), trừ khỏi giờ phải làm.",
        ),
    ],
)
def test_a_step_is_told_with_its_shift_its_grace_and_its_punch(step, said):
    assert sentences([step]) == [said]
