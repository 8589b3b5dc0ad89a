"""Employees ask, the head of department and HR decide, and the timesheet follows at once."""

from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import Error, transaction

from attendance.models import (
    Attachment,
    Delegation,
    DirtyDay,
    ManualPunch,
    Request,
    RequestStep,
    Shift,
    Swap,
    TimesheetRow,
)
from backend.accounts.models import User
from backend.clock import today
from backend.org.models import Employee
from tests import make
from tests.pages import text

MINE, NEW, INBOX = "/cham-cong/cua-toi/", "/cham-cong/cua-toi/don-moi/", "/cham-cong/don/"
MONDAY = "2025-11-03"
PDF = b"%PDF-1.7\n1 0 obj"


@pytest.fixture
def company(db, person, page):
    """Bình heads the department of An and Chi; everybody has an account, and HR is outside it."""
    department = make.department("PKT", name="Phòng Kế toán")
    an, binh, chi = (
        make.employee(code, name, department=department)
        for code, name in (("7", "Trần An"), ("8", "Lê Bình"), ("9", "Vũ Chi"))
    )
    department.manager = binh
    department.save()
    make.roster(an, MONDAY)
    return {
        "an": page(person("employee", username="an", employee=an)),
        "binh": page(person("manager", username="binh", employee=binh)),
        "chi": page(person("employee", username="chi", employee=chi)),
        "hr": page("hr"),
    }


def ask(client, status=302, **values):
    form = {"loai": "punch", "ngay": MONDAY, "gio": "07:28", "ly_do": "Quên thẻ ở nhà"}
    answer = client.post(NEW, form | values)
    assert answer.status_code == status, text(answer, answer.status_code)
    return answer


def decide(client, pk, approve=True, note=""):
    form = {"y": "duyet" if approve else "tu-choi", "ly_do": note}
    return client.post(f"{INBOX}{pk}/quyet-dinh/", form, follow=True)


def row(code="7", day=MONDAY):
    found = TimesheetRow.objects.get(employee__code=code, work_date=day)
    return found.symbol, found.worked, found.exceptions


def steps(request):
    return [(step.kind, step.by.username, step.note) for step in request.steps.order_by("pk")]


def test_a_forgotten_punch_goes_by_the_head_and_hr_into_the_timesheet(company):
    make.punches("7", f"{MONDAY} 17:03")
    make.timesheets()
    assert row() == ("?", 0, ["missing_in"])
    shown = text(company["an"].get(MINE, {"thang": "2025-11"}))
    assert f"{NEW}?loai=punch&amp;ngay={MONDAY}" in shown
    ask(company["an"])
    asked = Request.objects.get()
    assert asked.state == "manager"
    assert "đang chờ bạn" in text(company["hr"].get(INBOX))
    assert f"/don/{asked.pk}/" not in text(company["hr"].get(INBOX))  # not their turn yet
    assert "Trần An" in text(company["binh"].get(INBOX))
    assert "Đã duyệt đơn" in text(decide(company["binh"], asked.pk, note="Tôi có thấy"))
    asked.refresh_from_db()
    assert asked.state == "hr"
    assert not ManualPunch.objects.exists()
    assert "Đã duyệt đơn" in text(decide(company["hr"], asked.pk))
    asked.refresh_from_db()
    assert asked.state == "approved"
    make.timesheets()
    assert row() == ("+", 480, [])
    punch = ManualPunch.objects.get()
    assert (punch.reason, punch.by.username) == (f"Đơn số {asked.pk}: Quên thẻ ở nhà", "hr")
    assert steps(asked) == [
        ("submitted", "an", ""),
        ("manager_approved", "binh", "Tôi có thấy"),
        ("hr_approved", "hr", ""),
    ]
    shown = text(company["an"].get(f"{MINE}ngay/{MONDAY}/"))
    assert "Vào lúc 07:28, do nhân sự nhập tay (lượt đầu)." in shown


@pytest.mark.parametrize("who", ["binh", "hr"])
def test_a_refusal_needs_words_and_ends_it(company, who):
    ask(company["an"])
    asked = Request.objects.get()
    if who == "hr":
        decide(company["binh"], asked.pk)
    before = asked.steps.count()
    assert "ít nhất 5 ký tự" in text(decide(company[who], asked.pk, approve=False, note="ko"))
    assert asked.steps.count() == before
    decide(company[who], asked.pk, approve=False, note="Camera không thấy bạn")
    asked.refresh_from_db()
    assert asked.state == "rejected"
    assert "không chờ bạn duyệt" in text(decide(company["hr"], asked.pk))
    assert not ManualPunch.objects.exists()
    assert "Camera không thấy bạn" in text(company["an"].get(f"{INBOX}{asked.pk}/"))


def test_who_asks_cannot_decide_and_who_is_outside_sees_nothing(company, page, person):
    ask(company["an"])
    pk = Request.objects.get().pk
    assert "không chờ bạn duyệt" in text(decide(company["an"], pk))
    for client in (company["chi"], page("sales_manager")):
        assert client.get(f"{INBOX}{pk}/").status_code == 404
        assert decide(client, pk).status_code == 404
        assert client.post(f"{INBOX}{pk}/rut/").status_code == 404
    limited = person("hr", username="hr2")
    limited.departments.set([make.department("KD")])
    assert page(limited).get(f"{INBOX}{pk}/").status_code == 404
    assert "không chờ bạn duyệt" in text(decide(page("auditor"), pk))  # sees, decides nothing
    assert Request.objects.get().state == "manager"


def test_a_head_of_department_asks_hr_alone(company):
    ask(company["binh"])
    asked = Request.objects.get()
    assert asked.state == "hr"
    assert "không chờ bạn duyệt" in text(decide(company["binh"], asked.pk))
    decide(company["hr"], asked.pk)
    assert ManualPunch.objects.get().employee.code == "8"


def test_hr_does_not_decide_about_itself(company, page, person):
    own = person("hr", username="hr3", employee=make.employee("20", department=make.department()))
    client = page(own)
    ask(client)
    pk = Request.objects.get().pk
    assert "không chờ bạn duyệt" in text(decide(client, pk))
    assert not ManualPunch.objects.exists()
    decide(company["hr"], pk)
    assert ManualPunch.objects.count() == 1


def test_one_account_takes_one_step_only(company, page, person):
    """HR that heads a department decides for it as its head; another of HR decides as HR."""
    department = make.department("NS", name="Phòng Nhân sự")
    head = make.employee("30", department=department)
    department.manager = head
    department.save()
    both = page(person("hr", username="head", employee=head))
    client = page(
        person("employee", username="di", employee=make.employee("31", department=department))
    )
    ask(client)
    pk = Request.objects.get().pk
    decide(both, pk)
    assert "không chờ bạn duyệt" in text(decide(both, pk))
    assert Request.objects.get().state == "hr"
    decide(company["hr"], pk)
    assert Request.objects.get().state == "approved"


def test_hr_takes_over_when_the_head_has_gone(company):
    ask(company["an"])
    asked = Request.objects.get()
    User.objects.get(employee=asked.employee.department.manager).delete()
    shown = text(company["hr"].get(INBOX))
    assert "Trần An" in shown
    decide(company["hr"], asked.pk)
    asked.refresh_from_db()
    assert asked.state == "approved"


def test_what_could_not_be_approved_is_refused_when_it_is_sent(company):
    make.punches("7", f"{MONDAY} 07:28:40")
    make.timesheets()
    assert "đã có lượt chấm trong phút đó" in text(ask(company["an"], 409), 409)
    assert "ở tương lai" in text(ask(company["an"], 400, ngay="2099-01-01"), 400)
    assert "không làm việc tại công ty" in text(ask(company["an"], 400, ngay="2019-12-31"), 400)
    assert "ít nhất 5 ký tự" in text(ask(company["an"], 400, ly_do="quên"), 400)
    assert "còn thiếu thông tin" in text(ask(company["an"], 400, gio=""), 400)
    assert "PDF, JPEG hoặc PNG" in text(
        ask(company["an"], 400, tep=SimpleUploadedFile("a.pdf", b"<html>")), 400
    )
    assert not Request.objects.exists()
    assert not Attachment.objects.exists()
    assert not DirtyDay.objects.exists()


def test_what_has_become_impossible_stays_open_and_says_why(company):
    ask(company["an"])
    asked = Request.objects.get()
    decide(company["binh"], asked.pk)
    make.punches("7", f"{MONDAY} 07:28")  # came late from the terminal
    assert "đã có lượt chấm trong phút đó" in text(decide(company["hr"], asked.pk))
    asked.refresh_from_db()
    assert (asked.state, asked.steps.count()) == ("hr", 2)


def test_one_open_request_of_a_kind_and_moment(company):
    ask(company["an"])
    assert "đang chờ duyệt" in text(ask(company["an"], 409), 409)
    ask(company["an"], gio="17:03")
    first = Request.objects.order_by("pk")[0]
    company["an"].post(f"{INBOX}{first.pk}/rut/")
    ask(company["an"])
    assert Request.objects.open().count() == 2


def test_withdrawn_by_its_owner_only_and_only_while_it_waits(company):
    ask(company["an"])
    asked = Request.objects.get()
    address = f"{INBOX}{asked.pk}/rut/"
    assert "không rút được" in text(company["binh"].post(address, follow=True))
    assert "Đã rút đơn" in text(company["an"].post(address, follow=True))
    assert "không rút được" in text(company["an"].post(address, follow=True))
    assert "không chờ bạn duyệt" in text(decide(company["binh"], asked.pk))
    assert [kind for kind, *_ in steps(asked)] == ["submitted", "withdrawn"]


def test_several_are_approved_at_once_and_one_that_fails_stops_no_other(company):
    for moment in ("07:28", "17:03"):
        ask(company["an"], gio=moment)
    ids = list(Request.objects.order_by("pk").values_list("pk", flat=True))
    company["binh"].post(f"{INBOX}duyet/", {"don": ids})
    make.punches("7", f"{MONDAY} 07:28")
    shown = text(company["hr"].post(f"{INBOX}duyet/", {"don": [*ids, "x", 999]}, follow=True))
    assert "Đã duyệt 1 đơn." in shown
    assert f"Đơn số {ids[0]}: Người này đã có lượt chấm" in shown
    assert list(Request.objects.order_by("pk").values_list("state", flat=True)) == [
        "hr",
        "approved",
    ]


def test_a_paper_is_for_those_who_decide(company):
    ask(company["an"], tep=SimpleUploadedFile("Đơn.pdf", PDF))
    address = f"{INBOX}{Request.objects.get().pk}/dinh-kem/"
    for who in ("an", "binh", "hr"):
        answer = company[who].get(address)
        assert answer.content == PDF
        assert "sandbox" in answer["Content-Security-Policy"]
    assert company["chi"].get(address).status_code == 404


def test_a_swap_asks_the_colleague_first(company):
    chi = Employee.objects.get(code="9")
    evening = Shift.objects.create(code="CT", name="Chiều tối", start="13:00", end="21:00")
    make.roster(chi, MONDAY, shift=evening)
    ask(company["an"], loai="swap", nguoi="9", gio="")
    asked = Request.objects.get()
    assert asked.state == "partner"
    assert "không chờ bạn duyệt" in text(decide(company["hr"], asked.pk))
    assert "Trần An" in text(company["chi"].get(INBOX))
    decide(company["chi"], asked.pk)
    decide(company["binh"], asked.pk)
    decide(company["hr"], asked.pk)
    swap = Swap.objects.get()
    assert (swap.a.code, swap.b.code, swap.date) == ("7", "9", date(2025, 11, 3))
    assert [kind for kind, *_ in steps(asked)] == [
        "submitted",
        "partner_agreed",
        "manager_approved",
        "hr_approved",
    ]


def test_a_colleague_may_refuse_a_swap(company):
    chi = Employee.objects.get(code="9")
    make.roster(
        chi, MONDAY, shift=Shift.objects.create(code="CT", name="C", start="13:00", end="21:00")
    )
    ask(company["an"], loai="swap", nguoi="9", gio="")
    asked = Request.objects.get()
    decide(company["chi"], asked.pk, approve=False, note="Tôi bận hôm đó")
    asked.refresh_from_db()
    assert asked.state == "rejected"


def test_the_database_itself_keeps_the_steps(company):
    ask(company["an"])
    for change in (RequestStep.objects.all().delete, lambda: RequestStep.objects.update(note="x")):
        with pytest.raises(Error), transaction.atomic():
            change()
    with pytest.raises(Error), transaction.atomic():
        Request.objects.update(reason="ừ")


def test_an_account_of_nobody_is_told_so(page):
    client = page("administrator")
    for address in (MINE, NEW):
        assert "chưa gắn với hồ sơ nhân viên" in text(client.get(address))
    assert client.get(f"{MINE}ngay/{MONDAY}/").status_code == 404
    answer = client.post(NEW, {"ngay": MONDAY, "gio": "07:28", "ly_do": "Quên thẻ"})
    assert answer.status_code == 403


def test_ones_own_month_shows_nobody_else(company):
    make.roster(Employee.objects.get(code="9"), MONDAY)
    make.punches("9", f"{MONDAY} 07:11", f"{MONDAY} 17:03")
    make.timesheets()
    assert "07:11" in text(company["chi"].get(MINE, {"thang": "2025-11"}))
    assert "07:11" not in text(company["an"].get(MINE, {"thang": "2025-11"}))
    assert company["an"].get("/cham-cong/nguoi/9/").status_code == 403


DEPUTIES = "/cham-cong/uy-quyen/"


def test_a_deputy_decides_for_the_head_until_it_is_taken_back(company):
    day = today().isoformat()
    form = {"nguoi": "9", "tu": day, "den": day, "ly_do": "Đi công tác xa"}
    assert "duyệt đơn thay bạn" in text(company["binh"].post(DEPUTIES, form, follow=True))
    ask(company["an"])
    asked = Request.objects.get()
    assert "Trần An" in text(company["chi"].get(INBOX))
    decide(company["chi"], asked.pk)
    step = asked.steps.get(kind="manager_approved")
    assert step.on_behalf_of is not None
    assert (step.by.username, step.on_behalf_of.code) == ("chi", "8")
    assert "thay Lê Bình" in text(company["an"].get(f"{INBOX}{asked.pk}/"))
    pk = Delegation.objects.get().pk
    assert "Đã thôi ủy quyền" in text(company["binh"].post(f"{DEPUTIES}{pk}/thoi/", follow=True))
    assert "Ủy quyền này đã thôi" in text(
        company["binh"].post(f"{DEPUTIES}{pk}/thoi/", follow=True)
    )
    ask(company["an"], gio="17:03")
    assert "không có đơn nào" in text(company["chi"].get(INBOX)).lower()
    second = Request.objects.get(start="17:03")
    assert company["chi"].get(f"{INBOX}{second.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("values", "said", "status"),
    [
        ({"nguoi": "8"}, "chưa có tài khoản", 400),
        ({"nguoi": "40"}, "chưa có tài khoản", 400),
        ({"nguoi": "404"}, "Không có nhân viên nào", 400),
        ({"tu": "2025-01-01", "den": "2025-01-02"}, "không ở trong quá khứ", 400),
        ({"den": "2025-01-02"}, "không trước ngày đầu", 400),
        ({"ly_do": "xa"}, "ít nhất 5 ký tự", 400),
    ],
)
def test_who_cannot_be_a_deputy(company, values, said, status):
    make.employee("40")
    day = today().isoformat()
    form = {"nguoi": "9", "tu": day, "den": day, "ly_do": "Đi công tác xa"} | values
    assert said in text(company["binh"].post(DEPUTIES, form), status)
    assert not Delegation.objects.exists()


def test_only_a_head_names_a_deputy(company):
    form = {"nguoi": "9", "tu": MONDAY, "den": "2099-01-01", "ly_do": "Đi công tác xa"}
    assert company["hr"].post(DEPUTIES, form).status_code == 403
    assert company["an"].post(DEPUTIES, form).status_code == 403
    assert not Delegation.objects.exists()
