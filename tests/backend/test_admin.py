"""Django's admin: reference data and accounts, for the administrator only, opened by role."""

import re
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client

from backend.accounts.models import Role, User
from backend.org.models import Department
from tests.conftest import PASSWORD


def test_the_administrator_sees_reference_data_and_nothing_else(page):
    text = page("administrator").get("/quan-tri/").content.decode()
    places = set(re.findall(r'href="/quan-tri/(\w+/\w+)/"', text))
    assert {"org/region", "org/employee", "org/site", "accounts/user", "sales/agent"} <= places
    assert not places & {"auth/group", "knox/authtoken", "axes/accessattempt", "attendance/punch"}


@pytest.mark.parametrize("role", ["hr", "sales_manager", "executive", "auditor"])
def test_other_roles_are_told_that_they_may_not(page, role):
    client = page(role)
    for address in ("/quan-tri/", "/quan-tri/org/region/", "/quan-tri/login/"):
        assert client.get(address, follow=True).status_code == 403


@pytest.mark.django_db
def test_a_stranger_logs_in_on_our_page_and_comes_back():
    answer = Client().get("/quan-tri/org/region/", follow=True)
    assert answer.redirect_chain[-1][0].startswith("/dang-nhap/?next=")
    assert answer.status_code == 200


def test_every_page_of_the_admin_opens(page):
    admin = page("administrator")
    Department.objects.create(code="KD", name="Kinh doanh")
    addresses = re.findall(r'href="(/quan-tri/\w+/\w+/)"', admin.get("/quan-tri/").content.decode())
    assert len(addresses) > 8
    for address in addresses:
        assert admin.get(address).status_code == 200, address
        assert admin.get(f"{address}add/").status_code == 200, address


def test_nothing_can_be_deleted_in_the_admin(page):
    department = Department.objects.create(code="KD", name="Kinh doanh")
    answer = page("administrator").post(
        f"/quan-tri/org/department/{department.pk}/delete/", {"post": "yes"}
    )
    assert answer.status_code == 403
    assert Department.objects.filter(code="KD").exists()


def test_the_administrator_makes_an_account_that_can_log_in(page):
    answer = page("administrator").post(
        "/quan-tri/accounts/user/add/",
        {
            "username": "moi", "full_name": "Lê Văn Mới", "email": "moi@example.vn", "role": "hr",
            "password1": PASSWORD, "password2": PASSWORD,
        },
    )  # fmt: skip
    assert answer.status_code == 302
    made = User.objects.get(username="moi")
    assert (made.role, made.is_staff, made.is_superuser) == (Role.HR, False, False)
    login = Client().post("/dang-nhap/", {"username": "moi", "password": PASSWORD})
    assert login.status_code == 302


def test_the_administrator_unlocks_a_locked_out_person(page, person):
    locked = person("hr")
    for _ in range(8):
        Client().post("/dang-nhap/", {"username": "hr", "password": "sai"})
    page("administrator").post(
        "/quan-tri/accounts/user/", {"action": "unlock", "_selected_action": [locked.pk]}
    )
    login = Client().post("/dang-nhap/", {"username": "hr", "password": PASSWORD})
    assert login.status_code == 302
    noted = LogEntry.objects.get()
    assert (noted.user.username, noted.object_id, noted.get_change_message()) == (
        "administrator", str(locked.pk), "Mở khoá đăng nhập",
    )  # fmt: skip


@pytest.mark.django_db
def test_the_first_administrator_gets_a_password_that_is_shown_once():
    shown = StringIO()
    call_command("create_administrator", stdout=shown)
    password = shown.getvalue().rsplit(" ", 1)[1].strip()
    made = User.objects.get(username="quantri")
    assert made.role == Role.ADMINISTRATOR
    assert made.check_password(password)
    again = StringIO()
    call_command("create_administrator", stdout=again)
    assert "nothing was changed" in again.getvalue()
    assert User.objects.get().check_password(password)


def test_a_taken_name_is_refused_and_keeps_its_password(person):
    person("administrator", username="chi-lan")
    with pytest.raises(CommandError, match="taken"):
        call_command("create_administrator", "chi-lan")
    assert User.objects.get().check_password(PASSWORD)
