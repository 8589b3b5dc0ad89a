"""The punch trail: each punch as received, what it was used for, and nothing hidden."""

from datetime import date, datetime, timedelta
from io import BytesIO

import openpyxl
import pytest

from attendance.collecting.manual import enter_punch, withdraw
from attendance.exports import punch_facts
from attendance.models import (
    ClockCorrection,
    ParkedDismissal,
    ParkedRecord,
    ParkedResolution,
    PeriodLock,
    Pull,
    Punch,
    UserIdSetAside,
)
from backend.accounts.models import Role
from backend.clock import VN
from backend.org.models import Employee
from tests import make

pytestmark = pytest.mark.django_db
RESET = datetime.fromisoformat("2000-01-01 07:30")
SLOW = datetime.fromisoformat("2026-10-06 06:29")
PAGE = "/cham-cong/tai-lieu/"
AT = datetime(2026, 11, 3, 9, 0, tzinfo=VN)


@pytest.fixture
def hr(person):
    return person(Role.HR, full_name="Lê Nhân Sự")


def take(client, first="2026-10-01", last="2026-10-31", **form):
    values = {"tai_lieu": "punches", "dang": "xlsx", "tu": first, "den": last}
    answer = client.post(PAGE, values | form)
    assert answer.status_code == 200, answer.content.decode()
    return openpyxl.load_workbook(BytesIO(answer.content))


def lines(book, sheet="Lượt chấm"):
    heads, *rows = book[sheet].iter_rows(min_row=6 if sheet != "Tổng hợp" else 5, values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


def told(book, sheet="Lượt chấm"):
    """(moment that counts, use, remark), in the order of the sheet."""
    return [
        (f"{line['Giờ tính công']:%d %H:%M}", line["Dùng làm"], line["Ghi chú"])
        for line in lines(book, sheet)
    ]


def check(book):
    return {(line["Trang"], line["Dùng làm"]): line["Số lượt"] for line in lines(book, "Tổng hợp")}


def test_each_punch_says_what_it_was_used_for(page, hr):
    make.employee("7", "Nguyễn Văn An")
    an = Employee.objects.get()
    make.roster(an, "2026-10-05", "2026-10-06")
    make.punches(
        "7", "2026-10-05 07:30:10", "2026-10-05 07:30:40", "2026-10-05 11:31:00",
        "2026-10-05 17:02:00", "2026-10-06 02:00:00", "2026-10-06 07:29:00", "2026-10-07 08:00:00",
        "2026-10-10 09:00:00",
    )  # fmt: skip
    book = take(page(hr))
    assert told(book) == [
        ("05 07:30", "vào", "ngày công 05/10"),
        ("05 07:30", "trùng", "cùng máy, cùng phút với lượt trước"),
        ("05 11:31", "ở giữa", None),
        ("05 17:02", "ra", "ngày công 05/10"),
        ("06 02:00", "để riêng", "ngày có ca nhưng cách ca quá xa"),
        ("06 07:29", "vào", "ngày công 06/10"),
        ("07 08:00", "hỏi lại", "Có chấm công nhưng chưa phân ca ngày này."),
        ("10 09:00", "hỏi lại", "Có chấm công ngày nghỉ nhưng chưa duyệt làm thêm."),
    ]
    first = lines(book)[0]
    pull = Pull.objects.get()
    shown = ("Mã NV", "Họ và tên", "Phòng ban", "Mã trên máy", "Máy", "Số sê-ri", "Nguồn")
    assert [first[head] for head in shown] == [
        "7", "Nguyễn Văn An", "Phòng Kế toán", "7", "M1", "M1", "tệp xuất từ máy",
    ]  # fmt: skip
    assert f"{first['Giờ trên máy']:%d/%m/%Y %H:%M:%S}" == "05/10/2026 07:30:10"
    assert (first["Lần tải số"], first["Phím vào/ra (mã máy)"]) == (pull.pk, 0)
    assert check(book)["Đối chiếu", "khớp"] == 0
    assert check(book)["Cộng", "lượt từ máy đã liệt kê"] == 8


def test_a_night_shift_over_the_end_of_the_month_is_one_shift_on_both_sides(page, hr):
    night = make.office_shift()
    night.code, night.start, night.end, night.breaks, night.pk = "CA3", "22:00", "06:00", [], None
    night.save()
    an = make.employee("7")
    make.roster(an, "2026-10-31", shift=night)
    make.punches("7", "2026-10-31 21:55", "2026-11-01 06:03")
    client = page(hr)
    assert told(take(client)) == [("31 21:55", "vào", "ngày công 31/10")]
    november = take(client, "2026-11-01", "2026-11-01")
    assert told(november) == [("01 06:03", "ra", "ngày công 31/10")]
    assert [use for _, use, _ in told(take(client, "2026-10-01", "2026-11-30"))] == ["vào", "ra"]


def test_punches_by_hand_tell_reason_person_and_withdrawal(page, hr):
    an = make.employee("7")
    make.roster(an, "2026-10-05")
    make.punches("7", "2026-10-05 07:30")
    kept, taken = (
        enter_punch(
            employee=an, moment=datetime(2026, 10, 5, hour, 0, tzinfo=VN), reason="Máy mất điện",
            by=hr, at=AT,
        )
        for hour in (17, 18)
    )  # fmt: skip
    withdraw(taken, reason="Nhập nhầm giờ", by=hr, at=AT)
    book = take(page(hr))
    assert told(book) == [
        ("05 07:30", "vào", "ngày công 05/10"),
        ("05 17:00", "ra", "ngày công 05/10"),
        ("05 18:00", "đã thu hồi", "Lê Nhân Sự thu hồi lúc 09:00 03/11/2026: Nhập nhầm giờ"),
    ]
    _, by_hand, _ = lines(book)
    shown = ("Giờ trên máy", "Máy", "Nguồn", "Lý do chấm tay", "Người nhập")
    assert [by_hand[head] for head in shown] == [
        None, None, "nhập tay", "Máy mất điện", "Lê Nhân Sự",
    ]  # fmt: skip
    assert f"{by_hand['Nhận lúc']:%H:%M %d/%m/%Y}" == "09:00 03/11/2026"
    assert kept.pk != taken.pk
    assert check(book)["Lượt chấm", "ra (chấm tay)"] == 1
    assert check(book)["Đối chiếu", "khớp"] == 0  # the terminals' own only


def test_a_corrected_clock_shows_both_times_and_who_corrected_it(page, hr):
    an = make.employee("7")
    make.roster(an, "2026-10-05", "2026-10-06")
    make.punches("7", "2026-10-05 07:29", "2026-10-05 17:00")
    stored = Punch.objects.order_by("pk")[0]
    correction = ClockCorrection.objects.create(
        terminal=stored.terminal, serial_number="M1", shift_seconds=3600, records=1,
        first_device_time=SLOW, last_device_time=SLOW,
        reason="Đồng hồ chậm một giờ", by=hr, at=AT,
    )  # fmt: skip
    Punch.objects.create(
        terminal=stored.terminal, pull=stored.pull, serial_number="M1", device_user_id="7",
        device_time=SLOW, verify=1, state=0, correction=correction,
        punched_at=datetime(2026, 10, 6, 7, 29, tzinfo=VN), received_at=AT,
    )  # fmt: skip
    line = lines(take(page(hr)))[2]
    assert f"{line['Giờ trên máy']:%H:%M} {line['Giờ tính công']:%H:%M}" == "06:29 07:29"
    assert (line["Hiệu chỉnh (giây)"], line["Dùng làm"]) == (3600, "vào")
    assert line["Ghi chú"] == (
        "ngày công 06/10; Giờ do Lê Nhân Sự hiệu chỉnh lúc 09:00 03/11/2026: Đồng hồ chậm một giờ"
    )


def test_a_measured_drift_is_told_in_seconds(page, hr):
    an = make.employee("7")
    make.roster(an, "2026-10-05")
    pull = make.punches("7", "2026-10-05 07:40")
    Pull.objects.filter(pk=pull.pk).update(clock_offset_seconds=600)
    [line] = lines(take(page(hr)))
    assert f"{line['Giờ trên máy']:%H:%M} {line['Giờ tính công']:%H:%M}" == "07:40 07:30"
    assert line["Hiệu chỉnh (giây)"] == -600


def test_what_came_after_the_lock_says_so(page, hr):
    an = make.employee("7")
    make.roster(an, "2026-10-05")
    make.punches("7", "2026-10-05 07:30")
    PeriodLock.objects.create(
        period=date(2026, 10, 1), by=hr, at=datetime(2026, 10, 5, 12, 0, tzinfo=VN)
    )
    make.punches("7", "2026-10-05 17:00")
    remarks = [remark for _, _, remark in told(take(page(hr)))]
    assert remarks == [
        "ngày công 05/10",
        "ngày công 05/10; Đến sau khi khóa kỳ công: chỉ thành điều chỉnh.",
    ]


def parked(user_id, *, raw=b"\x01\xff", clock="07:30"):
    pull = make.punches("99", f"2026-10-05 {clock}")
    return ParkedRecord.objects.create(
        terminal=pull.terminal, pull=pull, serial_number="M1", raw=raw, reason="clock_reset",
        device_user_id=user_id, device_time=RESET, received_at=datetime(2026, 10, 5, 8, tzinfo=VN),
    )  # fmt: skip


def test_unknown_users_and_parked_records_are_there_with_their_reason(page, hr):
    record = parked("7")
    make.punches("98", "2026-10-06 07:30", "2026-10-07 07:30")
    UserIdSetAside.objects.create(
        device_user_id="98", upto=datetime(2026, 10, 6, 23, tzinfo=VN), reason="Thẻ thử máy",
        by=hr, at=AT,
    )  # fmt: skip
    left = ParkedDismissal.objects.create(
        terminal=record.terminal, records=1, reason="Bản ghi thử", by=hr, at=AT
    )
    client = page(hr)
    before = lines(take(client), "Bản ghi cách ly")
    assert [line["Đã quyết"] for line in before] == ["chưa quyết"]
    ParkedResolution.objects.create(parked=record, dismissal=left)
    book = take(client)
    assert told(book) == []
    assert told(book, "Mã chưa biết") == [
        ("05 07:30", "chưa dùng", "Mã chưa gắn với nhân viên nào ngày ấy."),
        ("06 07:30", "để riêng", "Thẻ thử máy"),
        ("07 07:30", "chưa dùng", "Mã chưa gắn với nhân viên nào ngày ấy."),
    ]
    [line] = lines(book, "Bản ghi cách ly")
    shown = ("Mã trên máy", "Vì sao để riêng", "Dữ liệu gốc (hex, hoặc dòng của tệp)", "Đã quyết")
    assert [line[head] for head in (*shown, "Lý do", "Người quyết")] == [
        "7", "đồng hồ máy bị đặt lại (ngày quá cũ)", "01 ff", "bỏ qua", "Bản ghi thử", "Lê Nhân Sự",
    ]  # fmt: skip
    assert check(book) == {
        ("Mã chưa biết", "chưa dùng"): 2,
        ("Mã chưa biết", "để riêng"): 1,
        ("Cộng", "lượt từ máy đã liệt kê"): 3,
        ("Cơ sở dữ liệu", "lượt từ máy đã lưu của khoảng ngày"): 3,
        ("Đối chiếu", "khớp"): 0,
    }


def test_who_sees_some_departments_gets_only_their_people(page, person, hr):
    make.employee("7")
    make.employee("8", department=make.department("KD"))
    make.punches("7", "2026-10-05 07:30")
    make.punches("8", "2026-10-05 07:31")
    parked("7")
    parked("8", raw=b"\x02", clock="08:30")
    some = person(Role.HR, username="some")
    some.departments.add(make.department("KD"))
    for book in (take(page(some)), take(page(hr), phong="KD")):
        assert [line["Mã NV"] for line in lines(book)] == ["8"]
        assert lines(book, "Mã chưa biết") == []
        assert [line["Mã trên máy"] for line in lines(book, "Bản ghi cách ly")] == ["8"]
        assert "Chỉ gồm những người trong phạm vi" in book["Lượt chấm"]["A4"].value
        assert ("Đối chiếu", "khớp") not in check(book)


def test_the_borders_of_the_span_are_vietnamese_midnights(page, hr):
    make.employee("7")
    make.punches(
        "7", "2026-10-04 23:59:59", "2026-10-05 00:00:00", "2026-10-05 23:59:59",
        "2026-10-06 00:00:00",
    )  # fmt: skip
    book = take(page(hr), "2026-10-05", "2026-10-05")
    assert [moment for moment, _, _ in told(book)] == ["05 00:00", "05 23:59"]


def test_who_left_and_who_got_the_id_later_are_told_apart(page, hr):
    an = make.employee("7", "Người cũ", join_date=date(2020, 1, 1))
    an.enrolment_set.update(valid_to=date(2026, 10, 10))
    Employee.objects.filter(pk=an.pk).update(leave_date=date(2026, 10, 5))
    be = make.employee("8", "Người mới", join_date=date(2026, 10, 12))
    be.enrolment_set.update(device_user_id="7")
    make.punches("7", "2026-10-06 07:30", "2026-10-12 07:30")
    found = {(line["Họ và tên"], line["Dùng làm"]) for line in lines(take(page(hr)))}
    assert found == {("Người cũ", "để riêng"), ("Người mới", "hỏi lại")}


def test_queries_do_not_grow_with_people_of_a_batch_or_their_punches(
    page, hr, django_assert_max_num_queries
):
    start = datetime.fromisoformat("2026-10-05 07:30")
    for number in range(20, 20 + punch_facts.BATCH):
        make.employee(str(number))
    for number in range(20, 24):
        stamps = [f"{start + timedelta(days=day):%Y-%m-%d %H:%M}" for day in range(5)]
        make.punches(str(number), *stamps)
    client = page(hr)
    with django_assert_max_num_queries(80):
        assert len(lines(take(client))) == 20
