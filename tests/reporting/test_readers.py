"""Who gets which edition: of the company, of a region, territory or department, or none, and why."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from backend.accounts.models import Role, User
from backend.jobs import queue
from backend.jobs.models import Run
from backend.org.models import Company, Region, Territory, TerritoryRegion
from reporting.builders.content import thaw
from reporting.definitions import catalogue, whole_for
from reporting.models import Delivery, Edition, Recipient
from reporting.recipients import BadAddressList, add_list, add_recipient, recipients_of
from reporting.scopes import COMPANY, places_of
from reporting.setup import ensure_weekly_briefing
from tests import make
from tests.mailbox import Mailbox
from tests.reporting.due import executive, make_due, process, schedule_of, send_now

Person = Callable[..., User]
Page = Callable[..., Client]


@pytest.mark.django_db
class TestReaders:
    def test_each_reader_gets_the_edition_of_his_region(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        region = Region.objects.create(
            code="22001", name="Phường Thử", level="ward", valid_from=date(2025, 7, 1)
        )
        make_due(executive(person, "all"), executive(person, "ward", region=region))
        process()

        whole, ward = Edition.objects.order_by("region_id", "pk").reverse()
        assert {whole.region, ward.region} == {None, region}
        ward = Edition.objects.get(region=region)
        whole = Edition.objects.get(region=None)
        assert [str(d.recipient) for d in ward.deliveries.all()] == ["ward"]
        assert [str(d.recipient) for d in whole.deliveries.all()] == ["all"]
        assert "attendance" not in [each.code for each in thaw(ward.snapshot).sections]
        assert list(Edition.objects.visible_to(ward.deliveries.get().recipient.user)) == [ward]

    def test_manager_of_a_territory_is_told_of_it_and_of_nothing_else(
        self, company: Company, person: Person, page: Page, mailbox: Mailbox
    ) -> None:
        ward = make.region("22001", name="Phường Thử")
        east = Territory.objects.create(code="ĐÔNG", name="Miền Đông")
        TerritoryRegion.objects.create(territory=east, region=ward, valid_from=date(2025, 7, 1))
        seller = person("sales_manager", username="east", territory=east)
        daily = schedule_of("daily-flash", executive(person, "all"), seller)
        send_now(daily)

        whole, own = Edition.objects.order_by("territory_id").reverse()
        assert (whole.scope_name, own.scope_name) == ("", "Miền Đông")
        assert "-vung-" in own.code
        assert [str(d.recipient) for d in own.deliveries.all()] == ["east"]
        assert [str(d.recipient) for d in whole.deliveries.all()] == ["all"]
        assert thaw(own.snapshot).heading.scope == "Miền Đông"
        assert list(Edition.objects.visible_to(seller)) == [own]
        archive = page(seller)
        assert archive.get(f"/bao-cao/{own.code}/").status_code == 200
        assert archive.get(f"/bao-cao/{whole.code}/").status_code == 404

    def test_who_sees_some_departments_gets_an_edition_of_each(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        kd, tchc, it = (make.department(code) for code in ("KD", "TCHC", "IT"))
        clerk = person("hr", username="clerk")
        clerk.departments.add(kd, tchc)
        month = schedule_of("attendance-month", person("hr", username="head"), clerk)
        send_now(month)

        seen = Edition.objects.visible_to(clerk).order_by("department__code")
        assert [each.department for each in seen] == [kd, tchc]
        assert {str(d.recipient) for each in seen for d in each.deliveries.all()} == {"clerk"}
        assert mailbox.recipients.count("clerk@example.vn") == 2
        assert mailbox.recipients.count("head@example.vn") == 1
        assert not Edition.objects.filter(department=it).exists()

    def test_report_that_is_not_made_of_parts_takes_no_reader_of_a_part(
        self, company: Company, person: Person
    ) -> None:
        seller = person("sales_manager", username="ward", region=make.region("22001"))
        prizes = schedule_of("prizes")
        with pytest.raises(BadAddressList, match="không lập cho phạm vi"):
            add_list(prizes, text="ward")
        add_recipient(prizes, to=seller)  # as if the region had been given afterwards
        assert recipients_of(prizes) == []

    def test_who_sees_some_departments_is_told_why_no_briefing_and_what_instead(
        self, company: Company, person: Person, page: Page, mailbox: Mailbox
    ) -> None:
        boss, part = executive(person, "boss"), executive(person, "part")
        weekly = schedule_of("weekly-briefing", boss, part)
        path = f"/bao-cao/lich/{weekly.schedule.code}/"
        silent = "hiện không nhận bản nào"
        assert silent not in page(boss).get(path).content.decode()
        part.departments.add(make.department("KD"))
        send_now(weekly)
        assert mailbox.recipients == ["boss@example.vn"]
        shown = page(boss).get(path).content.decode().split(silent)[1]
        assert "«Báo cáo giao ban» không lập cho phạm vi của tài khoản này" in shown
        assert "Chấm công" in shown
        assert shown.count("Số liệu báo cáo cơ quan nhà nước") == 1  # by month, quarter, year
        assert "boss@" not in shown
        with pytest.raises(BadAddressList, match=r"dòng 1 «part»: «Báo cáo giao ban» không lập"):
            add_list(weekly, text="part")
        User.objects.filter(pk=part.pk).update(role=Role.HR)
        shown = page(boss).get(path).content.decode().split(silent)[1]
        assert "Tài khoản này không được xem báo cáo." in shown

    def test_whole_company_is_mailed_to_exactly_those_who_may_open_it(
        self, company: Company, person: Person
    ) -> None:
        def some(**fields: Any) -> User:
            return executive(person, f"e{User.objects.count()}", **fields)

        people = [some(), some(), some(region=make.region("22001"))]
        people[1].departments.add(make.department("KD"))
        mailed, opened = (
            [
                [code for code, wanted in catalogue().items() if COMPANY in places_of(user, wanted)]
                for user in people
            ],
            [whole_for(user, list(catalogue())) for user in people],
        )
        assert mailed == opened
        assert [("weekly-briefing" in each, "prizes" in each) for each in opened] == [
            (True, True), (False, True), (False, False),
        ]  # fmt: skip

    def test_account_that_lost_its_right_gets_nothing(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        left, moved = executive(person, "left"), executive(person, "moved")
        make_due(left, moved)
        User.objects.filter(pk=left.pk).update(is_active=False)
        User.objects.filter(pk=moved.pk).update(role=Role.HR)
        process()
        assert Edition.objects.count() == 1
        assert mailbox.arrived == []

    def test_reader_without_an_address_fails_alone(
        self, company: Company, person: Person, mailbox: Mailbox
    ) -> None:
        nobody = executive(person, "nobody")
        User.objects.filter(pk=nobody.pk).update(email="")
        make_due(nobody, executive(person, "a"))
        process()
        assert mailbox.recipients == ["a@example.vn"]
        states = {str(d.recipient): d.mail.state for d in Delivery.objects.all()}
        assert states == {"nobody": "failed", "a": "accepted"}

    def test_setting_up_again_changes_nothing(self, company: Company, person: Person) -> None:
        now = queue.database_now()
        boss = executive(person, "a")
        for _ in range(2):
            ensure_weekly_briefing([boss], first_due_at=now, at=now)
        assert Recipient.objects.count() == 1
        assert Run.objects.filter(due_at=now).count() == 1
