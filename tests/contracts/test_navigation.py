"""The menu: its keys, and that it offers nobody what is refused."""

import re
from collections import Counter
from datetime import date
from html import unescape

import pytest
from django.conf import settings

from backend.accounts.models import Role
from backend.org.models import Territory, TerritoryRegion
from tests import make

#: A new account's sight: all, sales of a unit and attendance of a department, or sales of a territory.
SIGHTS = [
    *((role, part) for role in Role for part in ("", "unit")),
    (Role.SALES_MANAGER, "territory"),
]


def test_a_key_of_the_menu_leads_to_one_page():
    keys = Counter(
        key for _group, rows in settings.NAVIGATION for _capability, _name, _label, key in rows
    )
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize(("role", "part"), SIGHTS)
def test_everything_the_start_page_leads_to_opens(page, person, role, part):
    """The menu is on it, too; an account of a part of the company is led only where it may go."""
    ward = make.region("06712", parent=make.region("22"))
    limits = {"unit": {"region": ward}, "territory": {"territory": territory_of(ward)}}
    account = person(role, employee=make.employee("7"), **limits.get(part, {}))
    if part == "unit":
        account.departments.add(make.department("KD"))
    client = page(account)
    start = client.get("/").content.decode()
    found = {unescape(link).split("#")[0] for link in re.findall(r'<a [^>]*href="(/[^"]*)"', start)}
    assert "/" in found
    answers = {link: client.get(link).status_code for link in sorted(found)}
    assert {link: status for link, status in answers.items() if status != 200} == {}


def territory_of(ward):
    made = Territory.objects.create(code="DONG", name="Vùng Đông")
    TerritoryRegion.objects.create(territory=made, region=ward, valid_from=date(2025, 7, 1))
    return made
