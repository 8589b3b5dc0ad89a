"""/ban-ve/vung-trang/: communes with too few points of sale, and the figures it stands on."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, may, requires
from backend.org.models import Region
from backend.pages.places import place_choices, place_of
from backend.problems import Problem
from backend.tables import Column, Table
from sales.files.sheets import asks_for_workbook, heading_of, table_answer
from sales.growth.coverage import Coverage, State
from sales.growth.shipped_census import shipped_census
from sales.growth.surveying import (
    KINDS,
    CensusLine,
    CensusRefused,
    Survey,
    newest_census,
    read_census_file,
    record_census,
    survey_regions,
)
from sales.models import RegionCensus

#: Faults of a file that are shown at once.
MOST_TOLD: Final = 20
#: What the form sends to be filled with the figures that come with the program.
SHIPPED: Final = "kem-theo"
#: The words and the colour of a state.
STATES: Final[dict[State, tuple[str | Promise, str]]] = {
    State.EMPTY: (gettext_lazy("chưa có điểm bán"), "bad"),
    State.THIN: (gettext_lazy("thưa"), "attention"),
    State.USUAL: (gettext_lazy("như nơi khác"), ""),
    State.UNKNOWN: (gettext_lazy("chưa có dân số"), "info"),
}
PLACES: Final = {"urban": gettext_lazy("phường"), "rural": gettext_lazy("xã, đặc khu")}


@require_GET
@requires("sales.view")
def white_spots(request: HttpRequest) -> HttpResponseBase:
    """Every commune the person sees, the least covered first."""
    user, today = acting(request), clock.today()
    place = place_of(request.GET.get("dia_ban", ""), user=user)
    known = survey_regions(today, place.path)
    if asks_for_workbook(request):
        heading = heading_of(user, known.first, known.last, place.unit)
        table = _table(known, heading.lines())
        return table_answer(heading, f"vung-trang-{today:%Y-%m-%d}.xlsx", table)
    context = {
        "survey": known,
        "rows": [(one, *STATES[one.state], PLACES[one.place.kind]) for one in known.units],
        "empty": sum(one.state == State.EMPTY for one in known.units),
        "thin": sum(one.state == State.THIN for one in known.units),
        "uncounted": sum(one.place.inhabitants is None for one in known.units),
        "unmeasured": sum(one.place.area_km2 is None for one in known.units),
        "may_record": may(request.user, "sales.record"),
        **place_choices(place, user, today),
    }
    return render(request, "sales/white_spots.html", context)


class CensusForm(forms.Form):
    """Figures of several units of one source; those left as they are, are not entered again."""

    as_of = forms.DateField(
        label=gettext_lazy("Số liệu đến ngày"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
    )
    source = forms.CharField(
        label=gettext_lazy("Nguồn (niên giám, công văn…)"), max_length=200, min_length=5
    )
    is_estimate = forms.BooleanField(label=gettext_lazy("Công ty tự ước tính"), required=False)

    def __init__(
        self, regions: list[Region], known: dict[int, RegionCensus], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.regions, self.known = regions, known
        for region in regions:
            census = known.get(region.pk)
            label = {"name": region.name}
            self.fields[f"people_{region.code}"] = forms.IntegerField(
                label=_("Dân số {name}").format(**label), required=False, localize=True,
                min_value=1, max_value=10_000_000, initial=census and census.inhabitants,
            )  # fmt: skip
            self.fields[f"area_{region.code}"] = forms.DecimalField(
                label=_("Diện tích {name} (km²)").format(**label), required=False, localize=True,
                min_value=Decimal("0.01"), max_digits=8, decimal_places=2,
                initial=census and census.area_km2,
            )  # fmt: skip

    def rows(self) -> list[tuple[Region, forms.BoundField, forms.BoundField, RegionCensus | None]]:
        return [
            (each, self[f"people_{each.code}"], self[f"area_{each.code}"], self.known.get(each.pk))
            for each in self.regions
        ]

    def clean(self) -> dict[str, Any]:
        """An area without inhabitants says nothing of a market."""
        for region in self.regions:
            code = region.code
            if self.cleaned_data.get(f"area_{code}") and not self.cleaned_data.get(
                f"people_{code}", True
            ):
                self.add_error(f"people_{code}", _("Hãy ghi cả dân số."))
        return self.cleaned_data

    def changed(self) -> dict[str, CensusLine]:
        """By code: what differs from what is known."""
        found = {}
        for region in self.regions:
            people = self.cleaned_data[f"people_{region.code}"]
            area = self.cleaned_data[f"area_{region.code}"]
            census = self.known.get(region.pk)
            if people and (
                census is None or (census.inhabitants, census.area_km2) != (people, area)
            ):
                found[region.code] = CensusLine(people, area)
        return found


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def census(request: HttpRequest) -> HttpResponse:
    """Inhabitants and area of every commune the person sees, in one form."""
    user, today = acting(request), clock.today()
    units, known = _units(user, today), newest_census(today)
    if "doc" in request.POST:
        return _read(request, units, known)
    sent = request.POST if request.method == "POST" else None
    form = CensusForm(units, known, sent, initial={"as_of": today})
    if sent is not None and form.is_valid():
        given = form.cleaned_data
        try:
            count = record_census(
                form.changed(),
                as_of=given["as_of"],
                source=given["source"],
                is_estimate=given["is_estimate"],
                by=user,
                at=clock.now(),
            )
        except CensusRefused as refused:
            _tell(form, refused)
        else:
            told = ngettext("Đã lưu %(n)s địa bàn.", "Đã lưu %(n)s địa bàn.", count)
            messages.success(request, told % {"n": count})
            return redirect("white_spots")
    return render(request, "sales/census.html", {"form": form}, status=400 if form.errors else None)


def _read(
    request: HttpRequest, units: list[Region], known: dict[int, RegionCensus]
) -> HttpResponse:
    """The form as a file, or what comes with the program, fills it in: nothing is kept until somebody has looked and saves it."""
    file = request.FILES.get("tep")
    faults: list[str] = []
    told: dict[str, CensusLine] = {}
    shipped = shipped_census() if request.POST["doc"] == SHIPPED else None
    try:
        if shipped:
            told = {one.code: shipped.lines[one.code] for one in units if one.code in shipped.lines}
        elif not isinstance(file, UploadedFile):
            raise Problem(_("Hãy chọn tệp Excel hoặc CSV có dân số, diện tích các xã, phường."))
        else:
            told = read_census_file(file.read(), on=clock.today(), by=acting(request))
    except Problem as problem:
        faults = [str(problem), *(problem.details or {}).get("faults", [])]
    known_of = {"as_of": shipped.as_of, "source": shipped.source} if shipped else {"as_of": clock.today()}  # fmt: skip
    form = CensusForm(units, known, initial=known_of | _as_fields(told))
    context = {
        "form": form,
        "faults": faults[:MOST_TOLD],
        "more": max(len(faults) - MOST_TOLD, 0),
        "read": len(told),
        "left": len(units) - len(told),
        "is_shipped": shipped is not None,
        "name": file.name if isinstance(file, UploadedFile) else "",
    }
    return render(request, "sales/census.html", context, status=400 if faults else 200)


def _as_fields(told: dict[str, CensusLine]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for code, line in told.items():
        found[f"people_{code}"] = line.inhabitants
        if line.area_km2 is not None:
            found[f"area_{code}"] = line.area_km2
    return found


def _units(user: User, today: date) -> list[Region]:
    seen = Region.objects.in_scope(user.scope_path).in_force(today).filter(level__in=KINDS)
    return list(seen.order_by("path"))


def _tell(form: CensusForm, refused: CensusRefused) -> None:
    for key, fault in refused.details["errors"].items():
        field = key if key in form.fields else f"people_{key}"
        form.add_error(field if field in form.fields else None, str(fault))


def _table(known: Survey, notes: tuple[str, ...]) -> Table:
    return Table(
        name="Vùng trắng",
        title="Điểm bán theo dân số và diện tích",
        notes=(*notes, "Mức thường: trung vị của các phường, hoặc của các xã và đặc khu."),
        columns=(
            Column("Mã địa bàn", 11), Column("Địa bàn", 24), Column("Tình trạng", 16),
            Column("Dân số", 11, "whole"), Column("Diện tích (km²)", 12, "decimal"),
            Column("Điểm bán", 9, "whole"), Column("Điểm/10.000 dân", 12, "decimal"),
            Column("mức thường", 11, "decimal"), Column("Điểm/100 km²", 12, "decimal"),
            Column("mức thường", 11, "decimal"), Column("Vé/1.000 dân", 12, "decimal"),
            Column("mức thường", 11, "decimal"), Column("Thiếu điểm", 10, "whole"),
            Column("Có thể bán thêm (vé)", 14, "whole"),
        ),
        rows=[_cells(one) for one in known.units],
        frozen=2,
    )  # fmt: skip


def _cells(one: Coverage) -> tuple[Any, ...]:
    place = one.place
    return (
        place.code, place.name, str(STATES[one.state][0]), place.inhabitants, place.area_km2,
        place.points, _short(one.by_people), _short(one.by_people_usual), _short(one.by_area),
        _short(one.by_area_usual), _short(one.bought), _short(one.bought_usual), one.missing,
        one.more_tickets,
    )  # fmt: skip


def _short(number: float | None) -> float | None:
    return None if number is None else round(number, 1)
