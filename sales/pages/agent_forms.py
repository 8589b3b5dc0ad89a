"""/ban-ve/dai-ly/<mã>/<hồ sơ>/: adding to an agent's file, and mending it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.db import transaction
from django.db.models import Model
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.api.versions import VersionChanged, tag_of
from backend.db import lock_rows
from backend.org.models import Region
from backend.pages.sent_once import SentBefore, sent_once
from backend.papers import paper_of
from backend.problems import Problem
from sales.agents.keeping import RecordRefused, keep, keep_agent, keep_contract
from sales.models import (
    Agent,
    AgentContact,
    AgentContract,
    AgentDocument,
    AgentNote,
    Collateral,
    PointOfSale,
    Product,
)
from sales.pages.agent import agent_of


@dataclass(frozen=True)
class Kind:
    """A part of an agent's file, as a form."""

    model: type[Model]
    title: str | Promise
    fields: tuple[str, ...]
    is_appended: bool = False


KINDS = {
    "hop-dong": Kind(
        AgentContract, gettext_lazy("Hợp đồng"),
        ("number", "valid_from", "valid_to", "settlement_days", "overdue_interest_bps", "pays_prizes", "note"),
    ),
    "bao-dam": Kind(
        Collateral, gettext_lazy("Tài sản bảo đảm"),
        ("kind", "value_amount", "counted_bps", "document", "issuer", "valid_from", "valid_to", "note"),
    ),
    "diem-ban": Kind(
        PointOfSale, gettext_lazy("Điểm bán"),
        ("code", "name", "address", "region", "latitude", "longitude", "opened_date", "closed_date",
         "is_listed", "opening_hours", "public_phone"),
    ),
    "lien-he": Kind(
        AgentContact, gettext_lazy("Người liên hệ"),
        ("name", "position", "phone", "email", "is_first", "is_former"),
    ),
    "giay-to": Kind(
        AgentDocument, gettext_lazy("Giấy tờ"),
        ("kind", "number", "title", "issued_date", "valid_to", "kept_at"),
    ),
    "ghi-chu": Kind(
        AgentNote, gettext_lazy("Ghi chú, lần đi thăm"), ("kind", "date", "point", "text"),
        is_appended=True,
    ),
}  # fmt: skip
AGENT = Kind(
    Agent,
    gettext_lazy("Đại lý"),
    (
        "code", "name", "kind", "region", "parent", "tax_code", "address", "unrelated_date",
        "opened_date", "commission_bps", "credit_limit_amount",
    ),
)  # fmt: skip
#: A field of the contract's form for each product: this, and the product's code.
RATE = "rate_"


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def agent_record(request: HttpRequest, code: str, kind: str, pk: int | None = None) -> HttpResponse:
    """A form for one record of an agent's file; without `pk` a new one."""
    owner = agent_of(code, acting(request))
    part = KINDS.get(kind)
    if part is None or (part.is_appended and pk is not None):
        raise Http404
    return _edit(request, part, owner, owner=owner, pk=pk)


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def agent_edit(request: HttpRequest, code: str) -> HttpResponse:
    """The agent itself."""
    edited = agent_of(code, acting(request))
    return _edit(request, AGENT, edited, pk=edited.pk)


@require_http_methods(["GET", "POST"])
@requires("sales.record")
def agent_new(request: HttpRequest) -> HttpResponse:
    """Take on an agent."""
    return _edit(request, AGENT, None)


def _edit(
    request: HttpRequest, part: Kind, back: Agent | None, *, owner: Agent | None = None,
    pk: int | None = None,
) -> HttpResponse:  # fmt: skip
    status, problem = 200, ""
    with transaction.atomic():
        record = _record(part, owner, pk, is_locked=request.method == "POST")
        form = _form(request, part, record, acting(request))
        version = _version(record, part)
        if request.method == "POST":
            status = 400
            try:
                if form.is_valid():
                    if pk and request.POST.get("version") != version:
                        raise VersionChanged
                    with sent_once(request, by=acting(request)):
                        saved = _save(record, form.cleaned_data, request)
                    messages.success(request, _("Đã lưu."))
                    return redirect("agent", code=(owner or saved).code)
            except SentBefore as before:
                messages.warning(request, str(before))
                return redirect("agent", code=owner.code) if owner else redirect("agents")
            except RecordRefused as refused:
                _show(form, refused)
            except Problem as error:
                problem, status = str(error), error.status
    context = {
        "title": part.title, "form": form, "agent": back, "record": record if pk else None,
        "problem": problem, "version": version,
    }  # fmt: skip
    return render(request, "sales/agent_form.html", context, status=status)


def _record(part: Kind, owner: Agent | None, pk: int | None, *, is_locked: bool) -> Any:
    if pk is None:
        return part.model() if owner is None else part.model(agent=owner)
    rows: Any = part.model._default_manager.filter(pk=pk)
    if owner is not None:
        rows = rows.filter(agent=owner)
    if is_locked:
        lock_rows(rows)
    return get_object_or_404(rows)


def _form(request: HttpRequest, part: Kind, record: Any, user: User) -> forms.Form:
    sent = request.method == "POST"
    fields = {name: _field(part, name, user, record) for name in part.fields}
    if record.pk and part is AGENT:
        del fields["code"], fields["opened_date"]  # told once
    initial = model_to_dict(record, fields=part.fields) if record.pk else {}
    if isinstance(record, Agent):
        fields["identity_number"] = forms.RegexField(
            r"^[0-9A-Za-z ]*$", label=_("Số giấy tờ tùy thân"), required=False, max_length=20,
            help_text=_("Được mã hóa; đang giữ: %(number)s. Bỏ trống thì không đổi.")
            % {"number": record.identity_shown or "–"},
        )  # fmt: skip
    if isinstance(record, AgentContract):
        known = dict(record.rates.values_list("product", "commission_bps")) if record.pk else {}
        for product in Product.objects.order_by("code"):
            label = _("Hoa hồng %(product)s (phần vạn)") % {"product": product.name}
            fields[RATE + product.code] = forms.IntegerField(
                label=label, required=False, min_value=0, max_value=10_000
            )
            initial[RATE + product.code] = known.get(product.pk)
    if isinstance(record, AgentDocument) and not record.pk:
        fields["file"] = forms.FileField(label=_("Tệp quét (PDF, JPEG, PNG)"), required=False)
    if isinstance(record, AgentNote):
        initial["date"] = clock.today()
        fields["point"].queryset = record.agent.points.order_by("code")  # type: ignore[attr-defined]
    made = type("RecordForm", (forms.Form,), fields)
    data = {"data": request.POST, "files": request.FILES} if sent else {}
    form: forms.Form = made(initial=initial, **data)
    return form


def _field(part: Kind, name: str, user: User, record: Any) -> forms.Field:
    column: Any = part.model._meta.get_field(name)
    field: forms.Field = column.formfield()
    if isinstance(field, forms.DateField):
        field.widget = forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
    if isinstance(field, forms.ModelChoiceField) and name == "region":
        units = Region.objects.in_scope(user.scope_path).in_force(clock.today())
        kept = Region.objects.filter(pk=getattr(record, "region_id", None) or 0)
        field.queryset = (units | kept).order_by("path")
    if isinstance(field, forms.ModelChoiceField) and name == "parent":
        first = Agent.objects.visible_to(user).filter(parent=None).exclude(code=record.code)
        upper = Agent.objects.filter(pk=getattr(record, "parent_id", None) or 0)
        field.queryset = (first | upper).order_by("code")
    return field


def _save(record: Any, values: dict[str, Any], request: HttpRequest) -> Any:
    if isinstance(record, Agent):
        if not values["identity_number"]:
            del values["identity_number"]
        return keep_agent(record, values)
    if isinstance(record, AgentContract):
        own, rates = _split(values)
        return keep_contract(record, own, rates=rates)
    if isinstance(record, AgentDocument) and (file := values.pop("file", None)):
        paper = asdict(paper_of(file.read(), name=file.name))
        values |= {"file_name": paper.pop("name"), **paper}
    if isinstance(record, AgentNote):
        values |= {"by": acting(request), "at": clock.now()}
    return keep(record, values)


def _split(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Product, int]]:
    """The contract's own values, and commissions by product."""
    products = {RATE + product.code: product for product in Product.objects.all()}
    rates = {products[n]: v for n, v in values.items() if n in products and v is not None}
    return {n: v for n, v in values.items() if n not in products}, rates


def _version(record: Any, part: Kind) -> str:
    values = model_to_dict(record, fields=part.fields) if record.pk else {}
    if isinstance(record, AgentContract) and record.pk:
        values["rates"] = sorted(record.rates.values_list("product", "commission_bps"))
    return tag_of({name: str(value) for name, value in values.items()})


def _show(form: forms.Form, refused: RecordRefused) -> None:
    for fault in refused.details["errors"]:
        name = fault["field"] if fault["field"] in form.fields else None
        form.add_error(name, fault["message"])
