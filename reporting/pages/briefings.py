"""/giao-ban/: briefings coming and past, and the series they belong to."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.clock import VN
from backend.org.models import Department, Region, Site
from backend.pages.forms import checked
from backend.problems import Problem
from backend.workdays import years_without_holidays
from reporting.briefings.planning import (
    Guests,
    coming_meetings,
    invitees,
    keep_series,
    silent_units,
)
from reporting.models import Briefing, BriefingSeries, BriefingState, ReportSchedule

PAGE: Final = 30
#: Dates shown of what the rule asks for.
PREVIEWED: Final = 5


class SeriesForm(forms.ModelForm):  # type: ignore[type-arg]
    """A series as its keeper fills it in; what is wrong is said by `keep_series`."""

    report = forms.ChoiceField(label=gettext_lazy("báo cáo mở đầu"), required=False)
    departments = forms.ModelMultipleChoiceField(
        Department.objects.order_by("pk"), label=gettext_lazy("phòng ban dự họp"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    sites = forms.ModelMultipleChoiceField(
        Site.objects.order_by("pk"), label=gettext_lazy("chi nhánh dự họp"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    regions = forms.ModelMultipleChoiceField(
        Region.objects.none(), label=gettext_lazy("địa bàn dự họp"), required=False,
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    people = forms.ModelMultipleChoiceField(
        User.objects.none(), label=gettext_lazy("người dự họp khác"), required=False,
        widget=forms.SelectMultiple(attrs={"size": 6}),
    )  # fmt: skip

    class Meta:
        model = BriefingSeries
        fields = (
            "name", "rhythm", "weekday", "month_day", "nth", "day_off", "starts",
            "duration_minutes", "place", "join_url", "chair", "secretary", "report",
            "items_hours", "remind_hours", "symbol", "issuing_place", "copies_to", "enabled",
        )  # fmt: skip
        widgets = {  # noqa: RUF012 - Django's own form of it
            "starts": forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
            "copies_to": forms.Textarea(attrs={"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        accounts = User.objects.filter(is_active=True).order_by("full_name", "username")
        people = [self.fields["chair"], self.fields["secretary"], self.fields["people"]]
        for field in people:
            field.queryset = accounts  # type: ignore[attr-defined]
        theirs = accounts.exclude(region=None).values("region")
        regions = Region.objects.filter(pk__in=theirs).order_by("path")
        self.fields["regions"].queryset = regions  # type: ignore[attr-defined]
        scheduled = ReportSchedule.objects.select_related("schedule").order_by("-pk")
        reports = {each.report: each.schedule.name for each in scheduled}
        choices = [("", _("không có")), *sorted(reports.items(), key=lambda pair: pair[1])]
        self.fields["report"].choices = choices  # type: ignore[attr-defined]
        if self.instance.pk:
            guests = list(self.instance.guests.all())
            self.initial = dict(self.initial) | {
                "departments": [g.department_id for g in guests if g.department_id],
                "sites": [g.site_id for g in guests if g.site_id],
                "regions": [g.region_id for g in guests if g.region_id],
                "people": [g.user_id for g in guests if g.user_id],
            }

    def clean(self) -> dict[str, Any]:
        """The model's own rules are told by `keep_series`, with the way out."""
        return dict(self.cleaned_data)

    def _post_clean(self) -> None:
        """Nothing is written to the instance here: `keep_series` does."""


@requires("briefings.attend")
@require_GET
def briefings(request: HttpRequest) -> HttpResponse:
    """What is coming, what was, and the series the person may keep."""
    user = acting(request)
    visible = Briefing.objects.visible_to(user).select_related("series", "chair", "secretary")
    over = [BriefingState.CLOSED, BriefingState.CANCELLED]
    past = visible.filter(state__in=over).order_by("-starts_at", "-pk")
    series = BriefingSeries.objects.select_related("chair", "secretary").order_by("name")
    if not may(user, "briefings.manage"):
        series = series.filter(secretary=user)
    context = {
        "coming": visible.coming(),
        "past": Paginator(past, PAGE).get_page(request.GET.get("trang")),
        "series": series,
        "may_manage": may(user, "briefings.manage"),
        "now": clock.now(),
    }
    return render(request, "reporting/briefings.html", context)


@require_http_methods(["GET", "POST"])
@requires("briefings.attend")
def series(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One series, or a new one, with the next days its rule asks for."""
    user = acting(request)
    found = get_object_or_404(BriefingSeries, pk=pk) if pk else BriefingSeries()
    if not may(user, "briefings.manage") and (pk is None or found.secretary_id != user.pk):
        raise Http404
    form = SeriesForm(request.POST if request.method == "POST" else None, instance=found)
    status, problem = 200, ""
    if request.method == "POST":
        try:
            values = checked(form)
            guests = Guests(
                units=[*values.pop("departments"), *values.pop("sites"), *values.pop("regions")],
                people=list(values.pop("people")),
            )
            kept = keep_series(found, values, guests, by=user, at=clock.now())
        except Problem as error:
            status, problem = error.status, str(error)
        else:
            messages.success(
                request,
                _(
                    "Đã lưu loạt họp: {rule}. Các phiên sắp tới đổi theo, trừ chỗ đã sửa riêng."
                ).format(rule=kept.rule.in_words()),
            )
            return redirect("briefing_series", pk=kept.pk)
    return render(request, "reporting/series.html", _shown(pk, form, problem), status=status)


def _shown(pk: int | None, form: SeriesForm, problem: str) -> dict[str, Any]:
    kept = BriefingSeries.objects.filter(pk=pk).first() if pk else None
    today = clock.now().astimezone(VN).date()
    coming = coming_meetings(kept, on=today)[:PREVIEWED] if kept else []
    return {
        "series": kept,
        "form": form,
        "problem": problem,
        "next": coming,
        "years_to_draft": years_without_holidays(meeting.held for meeting in coming),
        "invited": sorted(invitees(kept).items(), key=lambda pair: str(pair[0])) if kept else [],
        "silent": silent_units(kept) if kept else [],
    }
