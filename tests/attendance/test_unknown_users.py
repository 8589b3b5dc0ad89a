"""The unknown-user inbox: from a number on a terminal to the days of a person."""

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from attendance.figures import attendance_summary
from attendance.models import DirtyDay, Enrolment, TerminalUser, TimesheetRow, UserIdSetAside
from attendance.terminals.terminal_board import unknown_users
from backend.org.models import Employee
from tests import make
from tests.pages import text

from .test_zk_pages import UNKNOWN

MONDAY, TUESDAY = "2026-11-02", "2026-11-03"


def worker(code, name, **fields):
    """An employee who has no user id yet."""
    person = make.employee(code, name, **fields)
    Enrolment.objects.all().delete()
    return person


def waits(user_id, *times, name="", terminal="M1"):
    """Punches of an id on a terminal, as the ledger would leave them."""
    pull = make.punches(user_id, *times, terminal_code=terminal)
    user, _ = TerminalUser.objects.get_or_create(
        terminal=pull.terminal, device_user_id=user_id, defaults={"name": name}
    )
    user.punch_count += len(times)
    user.last_punched_at = pull.punches.order_by("-punched_at")[0].punched_at
    user.save()


def day_of(user_id, day, **values):
    waits(user_id, f"{day} 07:25", f"{day} 17:05", **values)


def form(user_id, employee, first=MONDAY, **values):
    return {"ma": user_id, "nhan_vien": employee, "tu_ngay": first, "den_ngay": ""} | values


def test_the_inbox_tells_what_is_known_and_guesses_by_name(page):
    worker("NV1", "Nguyễn Thị An")
    day_of("9001", MONDAY, name="NGUYEN THI AN")
    shown = text(page("hr").get(UNKNOWN))
    assert "1 mã đang chờ" in shown
    assert "NGUYEN THI AN" in shown
    assert "07:25:00 02/11/2026" in shown
    assert "17:05:00 02/11/2026" in shown
    assert 'value="NV1" checked' in shown
    assert 'name="tu_ngay" value="2026-11-02"' in shown


def test_mapping_replays_the_waiting_punches_into_their_days(page):
    an = worker("NV1", "Nguyễn Thị An")
    make.roster(an, MONDAY, TUESDAY)
    DirtyDay.objects.create(employee=an, work_date=date.fromisoformat(MONDAY))
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=MONDAY).symbol == "V"
    day_of("9001", MONDAY)
    day_of("9001", TUESDAY)
    hr = page("hr")
    shown = text(hr.post(f"{UNKNOWN}gan/", form("9001", "NV1"), follow=True))
    assert "Mã 9001 là của Nguyễn Thị An (NV1)" in shown
    assert "4 lượt chấm của 2 ngày" in shown
    assert "đang tính lại" in shown
    assert 'hx-trigger="every 2s"' in shown
    make.timesheets()
    shown = text(hr.get(f"{UNKNOWN}da-gan/"))
    assert "đã tính lại xong" in shown
    assert "every 2s" not in shown
    assert "<td>V </td><td><strong>+ 8:00</strong>" in shown
    assert "Mọi mã có chấm công đều đã gắn" in text(hr.get(UNKNOWN))


def test_a_mistake_is_taken_back_and_the_punches_wait_again(page):
    an = worker("NV1", "Nguyễn Thị An")
    make.roster(an, MONDAY)
    day_of("9001", MONDAY)
    hr = page("hr")
    hr.post(f"{UNKNOWN}gan/", form("9001", "NV1"))
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=MONDAY).worked == 480
    held = Enrolment.objects.get()
    shown = text(hr.post(f"{UNKNOWN}go/", {"so": held.pk}, follow=True))
    assert "Đã gỡ mã 9001" in shown
    assert "1 mã đang chờ" in shown
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=MONDAY).symbol == "V"
    assert hr.post(f"{UNKNOWN}go/", {"so": held.pk}).status_code == 404


def test_an_id_that_was_reused_waits_only_for_the_days_of_nobody(page):
    old = worker("NV1", "Nguyễn Thị An")
    worker("NV2", "Trần Văn Bình")
    Enrolment.objects.create(
        device_user_id="101", employee=old, valid_from=date(2020, 1, 1), valid_to=date(2026, 10, 31)
    )
    Enrolment.objects.create(
        device_user_id="101", employee=old, valid_from=date(2026, 11, 16), valid_to=None
    )
    for day in ("2026-10-30", MONDAY, TUESDAY, "2026-11-17"):
        day_of("101", day)
    hr = page("hr")
    shown = text(hr.get(UNKNOWN))
    assert "1 mã đang chờ" in shown
    assert "<dd>4</dd>" in shown  # of eight punches
    assert 'name="den_ngay" value="2026-11-15"' in shown
    refused = hr.post(f"{UNKNOWN}gan/", form("101", "NV2"))
    assert "đã thuộc về người khác" in text(refused, 409)
    answer = hr.post(f"{UNKNOWN}gan/", form("101", "NV2", den_ngay="2026-11-15"), follow=True)
    assert "Mã 101 là của Trần Văn Bình" in text(answer)
    assert "đang chờ" not in text(hr.get(UNKNOWN)).split("</header>")[1].split("Tìm một mã")[0]


def test_a_refused_form_keeps_what_was_typed(page):
    worker("NV1", "Nguyễn Thị An")
    worker("NV2", "Nguyễn Thị Ánh")
    day_of("9001", MONDAY)
    values = form("9001", "", tim="nguyen thi", tu_ngay="2026-11-01", den_ngay="2026-12-31")
    refused = page("hr").post(f"{UNKNOWN}gan/", values)
    shown = text(refused, 400)
    assert "Chưa rõ là nhân viên nào" in shown
    assert 'value="nguyen thi"' in shown
    assert 'name="tu_ngay" value="2026-11-01"' in shown
    assert 'name="den_ngay" value="2026-12-31"' in shown
    assert 'value="NV1"' in shown
    assert 'value="NV2"' in shown
    assert not Enrolment.objects.exists()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"tu_ngay": ""}, "Ngày không hợp lệ"),
        ({"tu_ngay": "31/02/2026"}, "Ngày không hợp lệ"),
        ({"den_ngay": "2026-11-01"}, "Ngày cuối đứng trước ngày đầu"),
        ({"nhan_vien": "NV404"}, "Chưa rõ là nhân viên nào"),
    ],
)
def test_impossible_answers_are_refused_in_place(page, values, words):
    worker("NV1", "Nguyễn Thị An")
    day_of("9001", MONDAY)
    refused = page("hr").post(f"{UNKNOWN}gan/", form("9001", "NV1") | values)
    assert words in text(refused, 400)
    assert not Enrolment.objects.exists()


def test_without_a_script_a_name_that_means_one_person_is_enough(page):
    worker("NV1", "Nguyễn Thị An")
    worker("NV2", "Trần Văn Bình")
    day_of("9001", MONDAY)
    page("hr").post(f"{UNKNOWN}gan/", form("9001", "", tim="tran binh"))
    assert Enrolment.objects.get().employee.code == "NV2"


def test_employees_are_found_by_code_or_by_name_without_accents(page):
    worker("NV1", "Đặng Thị Hường")
    worker("NV10", "Trần Văn Bình")
    hr = page("hr")
    find = f"{UNKNOWN}nhan-vien/"
    assert "NV1 " in text(hr.get(find, {"tim": "dang huong"}))
    only = text(hr.get(find, {"tim": "nv1"}))
    assert "Hường" in only
    assert "Bình" not in only  # this very code, not one that begins with it
    assert "Không có nhân viên nào như vậy" in text(hr.get(find, {"tim": "khong co"}))
    assert text(hr.get(find, {"tim": " "})) == ""


def test_an_enrolment_ends_and_the_later_punches_wait(page):
    an = worker("NV1", "Nguyễn Thị An")
    make.roster(an, MONDAY, TUESDAY)
    held = Enrolment.objects.create(
        device_user_id="101", employee=an, valid_from=date(2020, 1, 1), valid_to=None
    )
    day_of("101", MONDAY)
    day_of("101", TUESDAY)
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=TUESDAY).worked == 480
    hr = page("hr")
    shown = text(hr.get(UNKNOWN, {"ma": "101"}))  # any id can be looked up
    assert "NV1 Nguyễn Thị An" in shown
    ended = hr.post(f"{UNKNOWN}ket-thuc/", {"so": held.pk, "den_ngay": MONDAY}, follow=True)
    assert "đến hết 02/11/2026" in text(ended)
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=MONDAY).worked == 480
    assert TimesheetRow.objects.get(work_date=TUESDAY).symbol == "V"
    assert "1 mã đang chờ" in text(hr.get(UNKNOWN))
    # Put right again, the day counts again.
    hr.post(f"{UNKNOWN}ket-thuc/", {"so": held.pk, "den_ngay": "2026-12-31"})
    make.timesheets()
    assert TimesheetRow.objects.get(work_date=TUESDAY).worked == 480
    wrong = hr.post(f"{UNKNOWN}ket-thuc/", {"so": held.pk, "den_ngay": "2019-12-31"})
    assert wrong.status_code == 400


def test_a_test_finger_is_set_aside_until_it_punches_again(page):
    day_of("9001", MONDAY)
    hr = page("hr")
    short = hr.post(f"{UNKNOWN}de-rieng/", {"ma": "9001", "ly_do": "thử"})
    assert "ít nhất 5 ký tự" in text(short, 400)
    hr.post(f"{UNKNOWN}de-rieng/", {"ma": "9001", "ly_do": "ngón tay thử máy"})
    assert "Mọi mã có chấm công đều đã gắn" in text(hr.get(UNKNOWN))
    assert not unknown_users().exists()
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    assert attendance_summary(first=first, last=last).unknown_punches == 0
    assert "để riêng" in text(hr.get(UNKNOWN, {"rieng": "1"}))
    row = UserIdSetAside.objects.get()
    assert (row.reason, row.by.role) == ("ngón tay thử máy", "hr")

    day_of("9001", TUESDAY)
    assert "1 mã đang chờ" in text(hr.get(UNKNOWN))
    assert unknown_users().count() == 1
    assert (
        attendance_summary(first=first, last=last).unknown_punches == 2
    )  # those set aside stay so

    hr.post(f"{UNKNOWN}de-rieng/", {"ma": "9001", "ly_do": "ngón tay thử máy"})
    assert not unknown_users().exists()
    back = text(hr.post(f"{UNKNOWN}de-rieng/", {"ma": "9001", "lai": "1"}, follow=True))
    assert "Mã 9001 đã trở lại danh sách" in back
    assert unknown_users().count() == 1


def test_an_id_that_never_punched_cannot_be_set_aside(page):
    refused = page("hr").post(f"{UNKNOWN}de-rieng/", {"ma": "404", "ly_do": "ngón tay thử"})
    assert refused.status_code == 409
    assert not UserIdSetAside.objects.exists()


def test_certain_suggestions_are_accepted_together_and_the_others_left(page):
    worker("NV1", "Nguyễn Thị An")
    worker("NV2", "Trần Văn Bình")
    worker("NV3", "Đỗ Minh Đức")
    day_of("9001", MONDAY, name="Nguyen Thi An")
    day_of("9002", MONDAY, name="Tran Van Binh")
    day_of("9003", MONDAY, name="Do Minh Du")
    hr = page("hr")
    shown = text(hr.get(UNKNOWN))
    assert "2 gợi ý chắc chắn" in shown
    chosen = [f"?ma={user}&tu={MONDAY}" for user in ("9001", "9002", "9003")]
    answer = text(hr.post(f"{UNKNOWN}gan-goi-y/", {"chon": chosen}, follow=True))
    assert "Đã gắn 2 mã" in answer
    assert "không còn đúng nữa" in answer  # 9003 was never certain
    assert set(Enrolment.objects.values_list("device_user_id", "employee__code")) == {
        ("9001", "NV1"),
        ("9002", "NV2"),
    }


def test_those_who_only_look_see_no_forms(page):
    worker("NV1", "Nguyễn Thị An")
    day_of("9001", MONDAY, name="Nguyen Thi An")
    shown = text(page("auditor").get(UNKNOWN))
    assert "9001" in shown
    assert f'action="{UNKNOWN}' not in shown


def test_hostile_ids_and_names_stay_text(page):
    worker("NV1", "<i>An</i>")
    day_of("<b>&?ma=1", MONDAY, name="<svg onload=x>")
    hr = page("hr")
    shown = text(hr.get(UNKNOWN))
    assert "<svg onload" not in shown
    assert "<b>&" not in shown
    assert "?ma=%3Cb%3E%26%3Fma%3D1&amp;tu=2026-11-02" in shown
    assert "<i>An" not in text(hr.get(f"{UNKNOWN}nhan-vien/", {"tim": "an"}))


def test_a_long_inbox_asks_the_database_no_more_questions(page):
    people = [
        Employee(
            code=f"NV{n}",
            full_name=f"Người Số {n}",
            sort_key=f"{n}",
            search=f"nguoi so {n}",
            department=worker(f"X{n}", "Ai Đó").department,
            site=make.site(),
            join_date=date(2020, 1, 1),
        )
        for n in range(3)
    ]
    Employee.objects.bulk_create(people)
    for number in range(30):
        day_of(f"90{number:02}", MONDAY, name=f"Người Số {number}")
    hr = page("hr")
    with CaptureQueriesContext(connection) as asked:
        shown = text(hr.get(UNKNOWN))
    assert "30 mã đang chờ" in shown
    assert len(asked) <= 16


def test_two_people_mapping_at_once_cannot_both_succeed(page):
    worker("NV1", "Nguyễn Thị An")
    worker("NV2", "Trần Văn Bình")
    day_of("9001", MONDAY)
    hr = page("hr")
    assert hr.post(f"{UNKNOWN}gan/", form("9001", "NV1")).status_code == 302
    late = hr.post(f"{UNKNOWN}gan/", form("9001", "NV2"))
    assert late.status_code == 409
    assert Enrolment.objects.get().employee.code == "NV1"
