"""How a day came about, in the words HR and the employee read."""

from collections import defaultdict
from random import Random

import pytest
from django.utils import translation

from attendance.engine.wire import evaluate
from attendance.timesheet.sentences import _SAY, QUESTIONS, STATUS, sentences
from tests.engine.companies import told_wholly


@pytest.fixture(autouse=True)
def vietnamese():
    """Whatever language another test was answered in."""
    with translation.override("vi"):
        yield


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


DAY = "2026-11-02T"


def stamp(time, terminal="M1"):
    return {"at": DAY + time, "terminal": terminal}


def span(start, end, **more):
    return {"from": DAY + start, "to": DAY + end, **more}


@pytest.mark.parametrize(
    ("step", "said"),
    [
        (
            {"rule": "between", "punches": [stamp("11:31"), stamp("12:58", "")]},
            "Lượt ở giữa, bỏ qua: 11:31 (M1), 12:58 (nhập tay).",
        ),
        ({"rule": "repeated", "punches": [stamp("07:31")]}, "Chấm lặp, bỏ qua: 07:31 (M1)."),
        (
            {"rule": "one_event", "punches": [stamp("07:45")], "minutes": 30},
            "Chấm cách nhau dưới 30 phút nên là một lượt: 07:45 (M1).",
        ),
        (
            {"rule": "missing_out", **stamp("07:31"), **span("07:30", "17:00")},
            "Chỉ có lượt 07:31, gần đầu giờ phải làm (07:30) nên là lượt vào; thiếu lượt ra.",
        ),
        (
            {"rule": "missing_in", **stamp("16:31"), **span("07:30", "17:00")},
            "Chỉ có lượt 16:31, gần cuối giờ phải làm (17:00) nên là lượt ra; thiếu lượt vào.",
        ),
        ({"rule": "missing_in", **stamp("16:31")}, "Lượt ra 16:31 không có lượt vào."),
        ({"rule": "missing_out", **stamp("07:31")}, "Lượt vào 07:31 không có lượt ra."),
        ({"rule": "odd_punches", **stamp("13:00")}, "Lượt 13:00 lẻ, không tính."),
        (
            {"rule": "pair", **span("07:30", "11:30", minutes=240)},
            "Có mặt 07:30–11:30, 240 phút.",
        ),
        (
            {"rule": "window", **span("02:00", "11:59")},
            ("Lượt chấm từ 02:00 đến 11:59 được nhận cho ca này; ngoài đó thuộc ca bên cạnh."),
        ),
        (
            {"rule": "other_site", **stamp("07:30"), "site": "mc", "own": "hl"},
            "Lượt 07:30 chấm ở địa điểm mc, không phải hl; giờ vẫn tính đủ.",
        ),
        (
            {"rule": "clock_drift", **stamp("07:30"), "seconds": 600},
            "Đồng hồ máy M1 nhanh 600 giây, đã hiệu chỉnh lượt 07:30.",
        ),
        (
            {"rule": "clock_drift", **stamp("07:30"), "seconds": -180},
            "Đồng hồ máy M1 chậm 180 giây, đã hiệu chỉnh lượt 07:30.",
        ),
        (
            {"rule": "unapproved_extra", **span("17:00", "18:30", minutes=90, least=60)},
            "Có mặt 17:00–18:30 ngoài giờ phải làm, 90 phút, chưa duyệt: không tính.",
        ),
        (
            {"rule": "absent_part", "code": "C", **span("14:00", "18:00", minutes=240)},
            "Không có lượt chấm nào cho ca C 14:00–18:00.",
        ),
        (
            {
                "rule": "ot_not_worked",
                **span("17:00", "19:00", minutes=0, present=29, least=30, block=1),
            },
            "Làm thêm 17:00–19:00 có mặt 29 phút, dưới 30 phút: không tính.",
        ),
        (
            {
                "rule": "ot_rounded",
                **span("17:00", "19:00", minutes=30, present=44, least=30, block=30),
            },
            "Làm thêm 17:00–19:00 có mặt 44 phút, làm tròn xuống 30 phút.",
        ),
        (
            {"rule": "ot_cap_day", "kind": "day", "minutes": 270, "cap": 240},
            "Làm thêm 4:30, quá nửa số giờ phải làm trong ngày (4:00).",
        ),
        (
            {"rule": "ot_cap_day", "kind": "week", "minutes": 721, "cap": 720},
            "Giờ công và làm thêm 12:01, quá 12:00 một ngày.",
        ),
        (
            {"rule": "ot_cap_day", "kind": "off", "minutes": 721, "cap": 720},
            "Làm thêm ngày nghỉ, lễ 12:01, quá 12:00 một ngày.",
        ),
        (
            {"rule": "unassigned_punch", **stamp("02:00")},
            "Chấm công lúc 02:00 tại máy M1, xa mọi ca: không tính.",
        ),
        (
            {"rule": "outside_employment", **stamp("09:00", "")},
            "Chấm công lúc 09:00 do nhân sự nhập tay, ngoài thời gian làm việc: không tính.",
        ),
        (
            {"rule": "punch_on_trip", **stamp("09:00")},
            "Chấm công lúc 09:00 tại máy M1.",
        ),
    ],
)
def test_a_step_tells_what_was_done_with_a_punch_and_why(step, said):
    assert sentences([step]) == [said]


def test_every_rule_of_the_engine_has_a_sentence_and_every_sentence_a_rule():
    met = defaultdict(list)
    statuses, exceptions = set[str](), set[str]()
    for seed in range(400):
        answer = evaluate(told_wholly(Random(seed)), explain=True)
        exceptions.update(punch["code"] for punch in answer["punch_exceptions"])
        for row in answer["rows"]:
            statuses.add(row["status"])
            exceptions.update(row["exceptions"])
            for step in row["steps"]:
                met[step["rule"]].append(step)
    assert set(met) == set(_SAY)
    assert statuses <= set(STATUS)
    assert exceptions - {"bad_clock", "unknown_user"} == set(QUESTIONS)  # parked, of nobody
    for rule, steps in met.items():
        for step in steps:
            (sentence,) = sentences([step])
            assert sentence.endswith("."), rule
            assert "%(" not in sentence
