"""Every change of business data is recorded by the database: who, when, from what to what."""

import pytest
from django.db import InternalError, connection, transaction

from backend.org.models import Company, Department, Site
from tests import make


def rows(client, query=""):
    answer = client.get(f"/nhat-ky/{query}")
    assert answer.status_code == 200
    return answer.context["changes"]


def only(changes):
    (change,) = changes
    return change


def told(change):
    return [(field.label, field.before, field.after) for field in change.fields]


def test_a_change_in_the_admin_names_the_person_and_both_values(page, person):
    admin = page(person("administrator", full_name="Trần Thị Quản"))
    site = Site.objects.create(code="HL", name="Hạ Long")
    answer = admin.post(f"/quan-tri/org/site/{site.pk}/change/", {"code": "HL", "name": "Hòn Gai"})
    assert answer.status_code == 302
    change = rows(admin, "?loai=org.site")[0]
    assert (change.actor, change.kind, change.object_name) == ("Trần Thị Quản", "update", "Hòn Gai")
    assert told(change) == [("tên", "Hạ Long", "Hòn Gai")]


@pytest.mark.django_db
def test_what_is_recorded_after_a_request_is_nobodys():
    """A connection that has served one keeps its settings, empty."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pghistory.context_id', '', true)")
        cursor.execute("SELECT set_config('pghistory.context_metadata', '', true)")
        Site.objects.create(code="HL", name="Hạ Long")
        cursor.execute("SELECT pgh_context_id FROM org_siteevent")
        assert cursor.fetchall() == [(None,)]


def test_the_name_of_the_company_changes_before_witnesses(page, person):
    admin = page(person("administrator", full_name="Trần Thị Quản"))
    kept = Company.objects.create(name="Công ty A", short_name="A")
    sent = {"name": "Công ty B", "short_name": "A"}
    assert admin.post(f"/quan-tri/org/company/{kept.pk}/change/", sent).status_code == 302
    change = rows(admin, "?loai=org.company")[0]
    assert change.actor == "Trần Thị Quản"
    assert told(change) == [("tên công ty", "Công ty A", "Công ty B")]


@pytest.mark.parametrize("part", ["region", "departments"])
def test_who_sees_a_part_of_the_company_does_not_read_the_record_of_all(page, person, part):
    province = make.region("22")
    make.agent("QN0001", make.region("06685", parent=province))
    auditor = person(
        "auditor", region=make.region("06712", parent=province) if part == "region" else None
    )
    if part == "departments":
        auditor.departments.add(make.department("KD"))
    assert page(auditor).get("/nhat-ky/?loai=sales.agent").status_code == 403


def test_nobody_can_put_a_change_down_to_somebody_else(page, person):
    admin = person("administrator", full_name="Trần Thị Quản")
    site = Site.objects.create(code="HL", name="Hạ Long")
    sent = {"code": "HL", "name": "Hòn Gai"}
    page(admin).post(f"/quan-tri/org/site/{site.pk}/change/", sent)
    other = person("hr")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE pghistory_context SET metadata = %s", [f'{{"user": {other.pk}}}'])
        with pytest.raises(InternalError), transaction.atomic():
            cursor.execute("DELETE FROM pghistory_context")
    assert rows(page("auditor"), "?loai=org.site")[0].actor == "Trần Thị Quản"


def test_a_change_by_raw_sql_is_recorded_with_both_values(page):
    Department.objects.create(code="KD", name="Phòng Kinh doanh")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE org_department SET name = 'Phòng Thị trường' WHERE code = 'KD'")
    change = rows(page("auditor"), "?loai=org.department")[0]
    assert change.actor == "chương trình hoặc SQL trực tiếp"
    assert told(change) == [("tên", "Phòng Kinh doanh", "Phòng Thị trường")]


def test_a_deletion_by_raw_sql_is_recorded_with_what_is_gone(page):
    Department.objects.create(code="KD", name="Phòng Kinh doanh")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM org_department WHERE code = 'KD'")
    change = rows(page("auditor"), "?loai=org.department")[0]
    assert (change.kind, change.object_name) == ("delete", "KD")
    assert told(change) == [("mã", "KD", ""), ("tên", "Phòng Kinh doanh", "")]


def test_pages_of_changes_made_in_one_moment_leave_none_out(page):
    Department.objects.bulk_create(Department(code=f"P{n:03}", name="x") for n in range(60))
    Site.objects.bulk_create(Site(code=f"S{n:03}", name="x") for n in range(60))
    client = page("auditor")
    seen, query = [], "?"
    while query:
        answer = client.get(f"/nhat-ky/{query}")
        seen += [change.object_name for change in answer.context["changes"]]
        query = answer.context["older"]
    made = [f"P{n:03}" for n in range(60)] + [f"S{n:03}" for n in range(60)]
    assert len(seen) == len(made) + 1  # and the auditor's own account
    assert client.get("/nhat-ky/?loai=org.department").context["older"] != ""


def test_filters_by_person_and_day(page, person):
    admin = page("administrator")
    Site.objects.create(code="A", name="không ai")
    admin.post("/quan-tri/org/site/add/", {"code": "B", "name": "của quản trị"})
    mine = rows(admin, "?loai=org.site&nguoi=administrator")
    assert only(mine).object_name == "của quản trị"
    assert rows(admin, "?nguoi=khong-co-ai") == []
    assert rows(admin, "?tu=2099-01-01") == []
    assert rows(admin, "?den=2000-01-01") == []
    assert rows(admin, "?den=9999-12-31") != []


def test_a_nonsense_address_shows_the_beginning(page):
    client = page("auditor")
    assert len(rows(client, "?sau=abc&tu=x&loai=auth.permission")) == 1


def test_the_number_of_queries_does_not_grow_with_the_histories(
    page, django_assert_max_num_queries
):
    client = page("auditor")
    Department.objects.bulk_create(Department(code=f"P{n:03}", name="x") for n in range(200))
    with django_assert_max_num_queries(70):
        client.get("/nhat-ky/?loai=org.department")


def test_values_of_every_kind_are_told(page):
    """A shift has JSON, a roster row names people and days, an agent has choices and numbers."""
    person = make.employee("7", "Lê Thị Na")
    make.roster(person, "2026-11-02")
    make.agent("QN0001", make.region("22"))
    client = page("auditor")
    shift = only(rows(client, "?loai=attendance.shift"))
    told_of_shift = {label: after for label, _before, after in told(shift)}
    assert '"from": "11:30"' in told_of_shift["giờ nghỉ"]
    duty = only(rows(client, "?loai=attendance.rosterentry"))
    assert {"7 Lê Thị Na", "02/11/2026"} <= {after for _label, _before, after in told(duty)}
    agent = only(rows(client, "?loai=sales.agent"))
    assert {"cá nhân", "50.000.000"} <= {after for _label, _before, after in told(agent)}
