"""HR writes a pattern, says whose it is and rolls it out, all on one page."""

from datetime import date

import pytest

from attendance.models import PatternAssignment, RosterEntry, Shift, ShiftPattern
from backend.org.models import Department
from tests import make
from tests.pages import text

PAGE = "/cham-cong/phan-ca/mau/"
PATTERN = {
    "viec": "mau",
    "m-code": "3K",
    "m-name": "Ba kíp",
    "m-cycle": " S  S -",
    "m-anchor": "2026-11-02",
    "m-days": "continuous",
}
ROLL = {"viec": "trai", "t-first": "2026-11-02", "t-last": "2026-11-08"}


@pytest.fixture
def an(db):
    Shift.objects.create(code="S", name="Ca sáng", start="06:00", end="14:00")
    return make.employee("7")


def assign(client, **fields):
    form = {"viec": "ap-dung", "a-first": "2026-11-01", "a-offset": "0"}
    form["a-pattern"] = str(ShiftPattern.objects.get().pk)
    return client.post(PAGE, form | fields, follow=True)


def test_a_pattern_is_written_assigned_rolled_out_and_ended(page, an):
    hr = page("hr")
    assert "Đã lưu mẫu" in text(hr.post(PAGE, PATTERN, follow=True))
    assert ShiftPattern.objects.get().cycle == "S S -"
    assert "Đã áp dụng mẫu" in text(assign(hr, **{"a-employee": "7", "a-offset": "1"}))
    shown = text(hr.post(PAGE, ROLL, follow=True))
    assert "thêm 5 ca, bỏ 0 ca" in shown
    assert "Phân ca tháng 11/2026" in shown
    days = RosterEntry.objects.filter(employee=an).values_list("work_date__day", flat=True)
    assert sorted(days) == [2, 4, 5, 7, 8]
    row = str(PatternAssignment.objects.get().pk)
    ended = hr.post(PAGE, {"viec": "ket-thuc", "dong": row, "ngay": "2026-10-31"})
    assert "Ngày cuối phải không trước ngày đầu" in text(ended, 400)
    hr.post(PAGE, {"viec": "ket-thuc", "dong": row, "ngay": "2026-11-30"})
    assert PatternAssignment.objects.get().last == date(2026, 11, 30)
    assert RosterEntry.objects.count() == 5


def test_a_pattern_is_changed_and_replaces_only_when_asked(page, an):
    hr = page("hr")
    hr.post(PAGE, PATTERN)
    assign(hr, **{"a-department": an.department.code})
    hr.post(PAGE, ROLL)
    assert "Ba kíp" in text(hr.get(PAGE, {"mau": "3K"}))
    hr.post(PAGE, PATTERN | {"sua": "3K", "m-cycle": "S"})
    assert "thêm 2 ca, bỏ 0 ca" in text(hr.post(PAGE, ROLL, follow=True))
    hr.post(PAGE, PATTERN | {"sua": "3K", "m-cycle": "S - - - - - -"})
    shown = text(hr.post(PAGE, ROLL | {"t-replace": "on"}, follow=True))
    assert "thêm 0 ca, bỏ 6 ca" in shown


def test_seven_days_without_rest_are_told_after_rolling_out(page, an):
    hr = page("hr")
    hr.post(PAGE, PATTERN | {"m-cycle": "S"})
    assign(hr, **{"a-employee": "7"})
    assert "Phân ca có 1 chỗ trái quy định nghỉ" in text(hr.post(PAGE, ROLL, follow=True))


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"m-cycle": "S X"}, "Mã ca chưa có: X."),
        ({"m-cycle": "S+S"}, "mỗi ngày một từ"),
        ({"m-anchor": "hôm nay"}, "ngày"),
    ],
)
def test_a_pattern_that_cannot_be_is_told_at_its_field(page, an, fields, says):
    shown = text(page("hr").post(PAGE, PATTERN | fields), 400)
    assert says in shown.split('class="field-error"')[1]
    assert not ShiftPattern.objects.exists()


def test_an_assignment_is_of_one_person_or_department_at_a_time(page, an):
    hr = page("hr")
    hr.post(PAGE, PATTERN)
    assert "Hãy chọn một nhân viên hoặc một phòng ban." in text(assign(hr), 400)
    both = {"a-employee": "7", "a-department": "PKT"}
    assert "Hãy chọn một nhân viên hoặc một phòng ban." in text(assign(hr, **both), 400)
    assert "Không có nhân viên nào mang mã này" in text(assign(hr, **{"a-employee": "99"}), 400)
    assign(hr, **{"a-employee": "7"})
    shown = text(assign(hr, **{"a-employee": "7", "a-first": "2026-12-01"}), 400)
    assert "Đã có mẫu xoay ca khác" in shown
    assert PatternAssignment.objects.count() == 1


def test_hr_of_a_department_rolls_out_its_own_people_only(page, person, an):
    other = Department.objects.create(code="KD", name="Phòng Kinh doanh")
    cuong = make.employee("9", "Lê Cường", department=other)
    hr = page("hr")
    hr.post(PAGE, PATTERN)
    assign(hr, **{"a-department": "PKT"})
    assign(hr, **{"a-department": "KD"})
    account = person("hr", username="hr-kd")
    account.departments.add(other)
    limited = page(account)
    assert "Không có nhân viên nào" in text(assign(limited, **{"a-employee": "7"}), 400)
    limited.post(PAGE, ROLL)
    assert set(RosterEntry.objects.values_list("employee", flat=True)) == {cuong.pk}
    theirs = PatternAssignment.objects.get(department=an.department)
    form = {"viec": "ket-thuc", "dong": str(theirs.pk), "ngay": "2026-11-30"}
    assert limited.post(PAGE, form).status_code == 404
