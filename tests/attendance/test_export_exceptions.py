"""The exceptions of a span as a workbook, downloaded from the page of documents."""

from datetime import date, datetime
from io import BytesIO

import openpyxl
import pytest
import time_machine

from attendance.models import Export, ExportDownload, ExportResult, PeriodLock
from attendance.review.deciding import correct, let_stand, reopen
from attendance.review.open_exceptions import open_issues
from backend.accounts.models import Role
from backend.clock import VN, now
from backend.org.models import Department, Placement
from tests import make

PAGE = "/cham-cong/tai-lieu/"
WHY = "Bảo vệ xác nhận có mặt"


@pytest.fixture(autouse=True)
def saturday():
    with time_machine.travel(datetime(2025, 11, 8, 9, tzinfo=VN), tick=True):
        yield


def take(client, **form):
    values = {"tai_lieu": "exceptions", "dang": "xlsx", "tu": "2025-11-01", "den": "2025-11-30"}
    return client.post(PAGE, values | form)


def lines(answer, head=5):
    """The rows below the heads, by head."""
    assert answer.status_code == 200, answer.content.decode()
    [sheet] = openpyxl.load_workbook(BytesIO(answer.content)).worksheets
    heads = [cell.value.split("\n")[0] for cell in sheet[head]]
    return [
        dict(zip(heads, [cell.value for cell in row], strict=True))
        for row in sheet.iter_rows(min_row=head + 1)
    ]


def forgot(code, *days, **fields):
    person = make.employee(code, f"Người {code}", **fields)
    make.roster(person, *days)
    make.punches(code, *(f"{day} 17:03" for day in days))
    return person


def issue_of(person, day):
    [found] = open_issues(Placement.objects.filter(employee=person), first=day, last=day, at=now())
    return found


def test_open_and_decided_ones_are_told_with_cause_reason_and_age(page, person):
    hr = person(Role.HR, full_name="Lê Nhân Sự")
    days = ["2025-11-03", "2025-11-04", "2025-11-05", "2025-11-07"]
    an = forgot("7", *days)
    make.timesheets()
    monday, tuesday, wednesday, _friday = (date.fromisoformat(day) for day in days)
    let_stand(issue_of(an, monday), excused=True, reason=WHY, by=hr, at=now())
    moment = datetime(2025, 11, 4, 7, 30, tzinfo=VN)
    correct(issue_of(an, tuesday), moments=[moment], reason=WHY, by=hr, at=now())
    taken_back = let_stand(issue_of(an, wednesday), excused=False, reason=WHY, by=hr, at=now())
    reopen(taken_back, reason="Nhầm người rồi", by=hr, at=now())
    make.timesheets()
    told = lines(take(page(hr)))
    assert [line["Ngày công"].date().day for line in told] == [3, 4, 5, 7]
    assert {line["Mã NV"] for line in told} == {"7"}
    shown = ("Tình trạng", "Chờ ai", "Tuổi (ngày)", "Quyết định", "Lý do", "Người quyết")
    assert [tuple(line[head] for head in shown) for line in told] == [
        ("đã quyết", None, None, "có lý do chính đáng", WHY, "Lê Nhân Sự"),
        ("đã quyết", None, None, "đã bổ sung: chấm tay 07:30 04/11", WHY, "Lê Nhân Sự"),
        ("mở lại", "nhân sự", 3, "mở lại", "Nhầm người rồi", "Lê Nhân Sự"),
        ("chưa quyết", "nhân sự", 1, None, None, None),
    ]
    first = told[0]
    assert first["Ngoại lệ"] == "Thiếu lượt vào: bổ sung phiếu giải trình giờ vào."
    assert first["Nguyên nhân"] == "Quên chấm vào"
    assert first["Ca và lượt chấm đã thấy"] == "HC 07:30–17:00 · ra 17:03 (M1)"
    assert f"{first['Quyết lúc']:%H:%M %d/%m/%Y}" == "09:00 08/11/2025"


def test_a_decision_on_other_facts_is_told_as_open_again(page, person):
    hr = person(Role.HR)
    an = forgot("7", "2025-11-06")
    make.timesheets()
    let_stand(issue_of(an, date(2025, 11, 6)), excused=False, reason=WHY, by=hr, at=now())
    make.punches("7", "2025-11-06 17:20")
    make.timesheets()
    [line] = lines(take(page(hr)))
    assert line["Tình trạng"] == "mở lại, vì ngày công đã đổi sau quyết định"
    assert (line["Quyết định"], line["Lý do"], line["Tuổi (ngày)"]) == ("giữ như đã tính", WHY, 2)


def test_nobody_decided_before_the_month_was_closed(page, person):
    hr = person(Role.HR)
    forgot("7", "2025-10-06")
    make.timesheets()
    PeriodLock.objects.create(period=date(2025, 10, 1), by=hr, at=now())
    [line] = lines(take(page(hr), tu="2025-10-01", den="2025-10-31"))
    assert (line["Tình trạng"], line["Tuổi (ngày)"]) == ("kỳ đã khóa, chưa ai quyết", None)


def test_only_people_of_the_departments_in_charge_and_of_the_one_chosen(page, person):
    sales = make.department("KD")
    forgot("7", "2025-11-06")
    forgot("8", "2025-11-06", department=sales)
    make.timesheets()
    some = person(Role.HR, username="some")
    some.departments.add(sales)
    assert [line["Mã NV"] for line in lines(take(page(some)))] == ["8"]
    whole = page("hr")
    assert [line["Mã NV"] for line in lines(take(whole))] == ["8", "7"]  # by department
    assert [line["Mã NV"] for line in lines(take(whole, phong="PKT"))] == ["7"]
    refused = take(page(some), phong="PKT")
    assert refused.status_code == 403
    assert "không được xem phòng ban" in refused.content.decode()
    assert Export.objects.filter(by=some).count() == 1


def test_every_download_is_recorded_with_whose_data_it_held(page, person):
    hr = person(Role.HR)
    an = forgot("7", "2025-11-06")
    make.timesheets()
    answer = take(page(hr))
    assert answer["Content-Disposition"] == 'attachment; filename="ngoai-le-2025-11.xlsx"'
    assert answer["Cache-Control"] == "private, no-store"
    export, result = Export.objects.get(), ExportResult.objects.get()
    assert (export.kind, export.by, export.run) == ("exceptions", hr, None)
    assert (export.first, export.last) == (date(2025, 11, 1), date(2025, 11, 30))
    assert (result.people, result.rows, result.size) == ([an.pk], 1, len(answer.content))
    assert ExportDownload.objects.get().by == hr
    listed = page(person(Role.AUDITOR)).get("/nhat-ky/?loai=attendance.export").content.decode()
    assert "Danh sách ngoại lệ" in listed
    assert "đã tải ngay" in page(hr).get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"tu": "2025-11-30", "den": "2025-11-01"}, "Khoảng ngày không đúng"),
        ({"tu": "2024-01-01", "den": "2025-11-01"}, "không quá một năm"),
        ({"tu": "x"}, "Khoảng ngày không đúng"),
        ({"dang": "csv"}, "không có dạng tệp đó"),
    ],
)
def test_what_cannot_be_made_is_told_and_nothing_is_recorded(page, form, told):
    refused = take(page("hr"), **form)
    assert refused.status_code == 400
    assert told in refused.content.decode()
    assert not Export.objects.exists()


def test_there_is_no_other_document(page):
    assert take(page("hr"), tai_lieu="khac").status_code == 404


def test_queries_do_not_grow_with_the_people(page, person, django_assert_max_num_queries):
    hr = person(Role.HR)
    department = Department.objects.create(code="X", name="X")
    for code in range(20, 26):
        forgot(str(code), "2025-11-05", "2025-11-06", department=department)
    make.timesheets()
    client = page(hr)
    with django_assert_max_num_queries(32):
        assert len(lines(take(client))) == 12


def test_totals_are_taken_out_as_their_page_shows_them_of_the_departments_in_charge(page, person):
    sales = make.department("KD")
    forgot("7", "2025-11-06")
    seller = forgot("8", "2025-11-06", department=sales)
    make.punches("8", "2025-11-06 07:42")
    make.timesheets()
    hr = page("hr")
    shown = hr.get("/cham-cong/tong-hop/?tu=2025-11-01&den=2025-11-30")
    assert 'value="totals"' in shown.content.decode()
    total = shown.context["total"]
    [first, second, whole] = lines(take(hr, tai_lieu="totals"), head=6)
    assert [first["Mã NV"], second["Mã NV"], whole["Họ và tên"]] == ["7", "8", "Cộng 2 người"]
    assert (second["Đi làm (ngày)"], second["Phút muộn"]) == (1, 12)
    assert (whole["Phút muộn"], whole["Phải làm rõ (ngày)"]) == (
        total["late_minutes"], total["question_days"],
    )  # fmt: skip
    some = person(Role.HR, username="some", employee=seller)
    some.departments.add(make.department("KT"))
    assert lines(take(page(some), tai_lieu="totals"), head=6) == []
