"""Whose attendance an account may see."""

import pytest

from backend.accounts.scope import departments_for, employees_for
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def company():
    """Two departments of two people each; the first person of each manages it."""
    people = {}
    for code in ("KD", "HC"):
        department = make.department(code)
        people[code] = [
            make.employee(f"{code}{number}", department=department) for number in (1, 2)
        ]
        department.manager = people[code][0]
        department.save()
    return people


def codes(user):
    return sorted(employees_for(user).values_list("code", flat=True))


@pytest.mark.parametrize("role", ["hr", "executive", "auditor"])
def test_who_sees_attendance_sees_the_company(company, person, role):
    assert codes(person(role)) == ["HC1", "HC2", "KD1", "KD2"]


def test_hr_may_be_limited_to_departments(company, person):
    hr = person("hr")
    hr.departments.set([company["KD"][0].department])
    assert codes(hr) == ["KD1", "KD2"]
    assert [department.code for department in departments_for(hr)] == ["KD"]


def test_a_manager_sees_the_departments_they_manage_and_themselves(company, person):
    assert codes(person("manager", employee=company["KD"][0])) == ["KD1", "KD2"]
    assert codes(person("manager", username="second", employee=company["HC"][1])) == ["HC2"]


def test_managing_without_the_role_shows_nobody_else(company, person):
    assert codes(person("employee", employee=company["KD"][0])) == ["KD1"]


@pytest.mark.parametrize("role", ["manager", "employee", "administrator", "sales_manager"])
def test_an_account_of_nobody_sees_nobody(company, person, role):
    assert codes(person(role)) == []


def test_hr_of_no_department_who_is_closed_sees_nobody(company, person):
    assert codes(person("hr", is_active=False)) == []
