"""The form of a schedule: a rule in words, chosen part by part."""

from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from backend.accounts.models import User
from backend.accounts.permissions import may
from backend.jobs.models import CatchUp
from backend.jobs.planning import Draws
from backend.jobs.rules import LAST_DAY, BadRule, Every, OnHoliday, Rule, read, written
from reporting.models import ReportSchedule
from reporting.scheduling import Wanted, rule_of

EVERY = (
    (Every.DAY, _("hằng ngày")),
    (Every.WEEK, _("theo thứ trong tuần")),
    (Every.DRAW, _("mỗi tối quay thưởng")),
    (Every.WORKING_DAY, _("ngày làm việc thứ mấy của tháng")),
    (Every.LAST_WORKING_DAY, _("ngày làm việc cuối cùng của tháng")),
    (Every.MONTH, _("một ngày trong tháng")),
    (Every.QUARTER, _("một ngày trong quý")),
    (Every.YEAR, _("một ngày trong năm")),
)
ON_HOLIDAY = (
    (OnHoliday.RUN, _("vẫn chạy")),
    (OnHoliday.NEXT, _("dời sang ngày làm việc kế tiếp")),
    (OnHoliday.PREVIOUS, _("chạy sớm vào ngày làm việc liền trước")),
    (OnHoliday.SKIP, _("bỏ qua")),
)
WEEKDAYS = tuple(
    enumerate(
        (
            _("thứ Hai"),
            _("thứ Ba"),
            _("thứ Tư"),
            _("thứ Năm"),
            _("thứ Sáu"),
            _("thứ Bảy"),
            _("Chủ nhật"),
        )
    )
)
DAYS = (*((day, str(day)) for day in range(1, 29)), (LAST_DAY, _("ngày cuối tháng")))
#: Which field of the form says a field of the rule.
FIELDS = {"number": {Every.WORKING_DAY: "working_day"}, "month": {Every.QUARTER: "quarter_month"}}


class ScheduleForm(forms.Form):
    """What a person says of a schedule; `wanted` is the same as the domain takes it."""

    name = forms.CharField(label=_("Tên lịch"), max_length=100)
    report = forms.ChoiceField(label=_("Báo cáo"))
    every = forms.ChoiceField(label=_("Chạy"), choices=EVERY)
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Các thứ"),
        choices=WEEKDAYS,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    working_day = forms.IntegerField(
        label=_("Ngày làm việc thứ"), min_value=1, max_value=20, required=False
    )
    number = forms.TypedChoiceField(label=_("Ngày"), choices=DAYS, coerce=int, required=False)
    quarter_month = forms.TypedChoiceField(
        label=_("Tháng thứ mấy của quý"),
        choices=[(month, str(month)) for month in (1, 2, 3)],
        coerce=int,
        required=False,
    )
    month = forms.TypedChoiceField(
        label=_("Tháng"),
        choices=[(month, str(month)) for month in range(1, 13)],
        coerce=int,
        required=False,
    )
    host = forms.ChoiceField(label=_("Kỳ quay của"), required=False)
    minutes = forms.IntegerField(
        label=_("Số phút sau khi quay xong"), min_value=0, max_value=300, required=False
    )
    at = forms.TimeField(
        label=_("Giờ (giờ Việt Nam)"),
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    on_holiday = forms.ChoiceField(label=_("Trùng ngày lễ, ngày nghỉ"), choices=ON_HOLIDAY)
    catch_up = forms.ChoiceField(label=_("Khi lỡ giờ vì hệ thống dừng"), choices=CatchUp.choices)
    owner = forms.ModelChoiceField(
        label=_("Người phụ trách (nhận báo động)"), queryset=User.objects.none()
    )

    def __init__(
        self, *args: Any, today: date, reports: list[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        owner, report = self.fields["owner"], self.fields["report"]
        host = self.fields["host"]
        assert isinstance(owner, forms.ModelChoiceField)  # noqa: S101 -- narrows the type
        assert isinstance(report, forms.ChoiceField)  # noqa: S101
        assert isinstance(host, forms.ChoiceField)  # noqa: S101
        owner.queryset = _owners()
        report.choices = reports
        host.choices = [("", _("mọi đơn vị")), *((name, name) for name in _hosts(today))]

    def clean(self) -> dict[str, Any]:
        """The parts together must be a rule; what is wrong is said beside its field."""
        values = super().clean() or self.cleaned_data
        if not self.errors:
            try:
                values["rule"] = read(written(_rule(values)))
            except BadRule as bad:
                field = FIELDS.get(bad.field, {}).get(Every(values["every"]), bad.field)
                self.add_error(field, str(bad))
        return values

    @property
    def wanted(self) -> Wanted:
        """The schedule a valid form describes."""
        sent = self.cleaned_data
        return Wanted(
            sent["name"], sent["report"], sent["rule"], CatchUp(sent["catch_up"]), sent["owner"]
        )


def _rule(values: dict[str, Any]) -> Rule:
    every = Every(values["every"])
    number = values["working_day"] if every is Every.WORKING_DAY else values["number"]
    clock = values["at"]
    return Rule(
        every,
        at=f"{clock:%H:%M}" if clock else "",
        weekdays=tuple(values["weekdays"]) if every is Every.WEEK else (),
        number=int(number or 1),
        month=int(values["quarter_month" if every is Every.QUARTER else "month"] or 1),
        minutes=values["minutes"] or 0,
        host=values["host"] if every is Every.DRAW else "",
        on_holiday=OnHoliday(values["on_holiday"]),
    )


def starting_rule(kept: ReportSchedule | None) -> Rule:
    """The schedule's rule; for a new one Monday morning."""
    usual = Rule(Every.WEEK, weekdays=(0,), on_holiday=OnHoliday.NEXT)
    return (rule_of(kept.schedule) if kept else None) or usual


def said_before(kept: ReportSchedule | None, *, by: User) -> dict[str, Any]:
    """What the form shows at first: the schedule as it is, or a usual one."""
    rule = starting_rule(kept)
    values = written(rule) | {
        "working_day": rule.number if rule.every is Every.WORKING_DAY else 1,
        "quarter_month": rule.month if rule.every is Every.QUARTER else 1,
        "at": datetime.strptime(rule.at, "%H:%M").time(),  # noqa: DTZ007 -- a time of day
        "owner": by.pk,
        "catch_up": CatchUp.LATEST,
    }
    if kept is not None:
        values |= {
            "name": kept.schedule.name,
            "report": kept.report,
            "catch_up": kept.schedule.catch_up,
            "owner": kept.owner_id or by.pk,
        }
    return values


def _owners() -> Any:
    managing = [
        user.pk
        for user in User.objects.filter(is_active=True).only("pk", "role", "is_active")
        if may(user, "reports.manage")
    ]
    return User.objects.filter(pk__in=managing).order_by("full_name", "username")


def _hosts(today: date) -> list[str]:
    draws: Draws = import_string(settings.DRAW_CALENDAR)
    return sorted({draw.host for draw in draws(today, today + timedelta(days=30)).values()})
