"""Keeping agents and their files: every fault told by field, nothing half saved."""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar
from unicodedata import normalize

from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import BaseConstraint, Model
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.accounts.models import User
from backend.clock import VN
from backend.db import lock_rows
from backend.problems import Problem
from backend.reasons import says_why
from backend.sealing import seal
from backend.vntext import clean, writable
from backend.webhooks.models import EventKind
from backend.webhooks.publishing import publish
from sales.models import (
    Agent,
    AgentContract,
    AgentKind,
    AgentStatus,
    AgentStatusChange,
    ContractRate,
    Product,
    RuleKey,
)
from sales.models.agents import NO_TAX_CODE, TAX_CODE, masked
from sales.rules import rule_value

M = TypeVar("M", bound=Model)


class RecordRefused(Problem):
    """`details["errors"]` names every field that is wrong; nothing was saved."""

    code = "record.refused"
    message = gettext_lazy("Hồ sơ có chỗ chưa đúng nên chưa lưu; xem từng trường được nêu.")

    def __init__(self, errors: Sequence[dict[str, Any]]) -> None:
        super().__init__(details={"errors": list(errors)})


class StatusNotChanged(Problem):
    status = 409
    code = "agent.same_status"
    message = gettext_lazy("Đại lý đang ở trạng thái này rồi.")


class StatusNeedsReason(Problem):
    code = "agent.needs_reason"
    message = gettext_lazy("Hãy ghi lý do đổi trạng thái, ít nhất 5 ký tự.")


class StatusInTheFuture(Problem):
    code = "agent.status_in_the_future"
    message = gettext_lazy("Ngày đổi trạng thái chưa tới. Hãy ghi vào đúng ngày ấy.")


class StatusBeforeOpening(Problem):
    code = "agent.status_before_opening"
    message = gettext_lazy("Ngày đổi trạng thái trước ngày đại lý bắt đầu hoạt động.")


class HasSubAgents(Problem):
    status = 409
    code = "agent.has_sub_agents"
    message = gettext_lazy(
        "Đại lý còn %(count)d đại lý cấp 2: %(codes)s. Hãy chuyển các đại lý ấy sang đại lý khác hoặc chấm "
        "dứt chúng trước."
    )

    def __init__(self, codes: Sequence[str]) -> None:
        super().__init__(self.message % {"count": len(codes), "codes": ", ".join(codes)})


def keep(record: M, values: dict[str, Any] | None = None) -> M:
    """Set the values and save the record if it is then whole. Raises RecordRefused."""
    for name, value in (values or {}).items():
        setattr(record, name, value)
    for name, value in list(vars(record).items()):
        if isinstance(value, str):
            setattr(record, name, normalize("NFC", writable(value)).strip())
    try:
        with transaction.atomic():
            _check_whole(record)
            record.save()
    except IntegrityError:  # somebody was faster than our look: looked at again, it is told
        _check_whole(record)
        raise
    return record


def keep_agent(agent: Agent, values: dict[str, Any]) -> Agent:
    """As `keep`; an `identity_number` and a person's `tax_code` among the values are sealed.

    Raises RecordRefused, CannotUnseal.
    """
    if "identity_number" in values:
        number = "".join(values.pop("identity_number").split()).upper()
        agent.identity_sealed = seal(number) if number else ""
        agent.identity_shown = masked(number)
    _set_tax_code(agent, values)
    parent = values.get("parent")
    below = agent.pk is not None and agent.children.exists()
    if parent is not None and (parent.parent_id is not None or below):
        said = _("Chỉ có hai cấp: đại lý cấp 2 không có đại lý bên dưới.")
        raise RecordRefused([{"field": "parent", "code": "agent_two_levels", "message": said}])
    if parent is not None and parent.pk != agent.parent_id and parent.status == AgentStatus.ENDED:
        said = _("Đại lý cấp trên đã chấm dứt. Hãy chọn đại lý đang hoạt động.")
        raise RecordRefused([{"field": "parent", "code": "agent_parent_ended", "message": said}])
    return keep(agent, values)


def _set_tax_code(agent: Agent, values: dict[str, Any]) -> None:
    """A code sent back as it was shown is the one that is kept. Raises RecordRefused."""
    kind, sent = values.get("kind", agent.kind), values.pop("tax_code", agent.tax_code)
    if (kind, sent) == (agent.kind, agent.tax_code):
        return
    number = agent.tax_number() if sent == agent.tax_code else sent
    if number and not re.fullmatch(TAX_CODE, number):
        told = {"field": "tax_code", "code": "agent_tax_code", "message": str(NO_TAX_CODE)}
        raise RecordRefused([told])
    is_person = kind == AgentKind.PERSON
    agent.tax_sealed = seal(number) if number and is_person else ""
    agent.tax_code = masked(number) if is_person else number


def keep_contract(
    contract: AgentContract, values: dict[str, Any], *, rates: dict[Product, int] | None = None
) -> AgentContract:
    """Save the contract, with these commissions by product in place of those it had.

    Raises RecordRefused, also of a commission over the cap in force on the contract's first day.
    """
    for name, value in values.items():
        setattr(contract, name, value)
    with transaction.atomic():
        if rates is not None:
            _check_cap(contract, rates)
        keep(contract)
        if rates is not None:
            _set_rates(contract, rates)
    return contract


def change_status(
    agent: Agent, *, to: AgentStatus, from_day: date, reason: str, by: User, at: datetime
) -> AgentStatusChange:
    """Suspend, resume or end an agent, for a reason; of an end, `from_day` is its last day.

    Raises StatusNotChanged, StatusNeedsReason, StatusInTheFuture, StatusBeforeOpening, HasSubAgents.
    """
    reason = clean(reason)
    if not says_why(reason):
        raise StatusNeedsReason
    if from_day > at.astimezone(VN).date():
        raise StatusInTheFuture
    with transaction.atomic():
        (held,) = lock_rows(Agent.objects.filter(pk=agent.pk))
        if held.status == to:
            raise StatusNotChanged
        if from_day < held.opened_date:
            raise StatusBeforeOpening
        below = held.children.exclude(status=AgentStatus.ENDED).order_by("code")
        if to == AgentStatus.ENDED and (codes := list(below.values_list("code", flat=True))):
            raise HasSubAgents(codes)
        change = AgentStatusChange.objects.create(
            agent=held, before=held.status, status=to, effective_date=from_day, reason=reason,
            by=by, at=at,
        )  # fmt: skip
        held.status = to
        held.closed_date = from_day if to == AgentStatus.ENDED else None
        held.save(update_fields=["status", "closed_date", "search"])
        told = {"agent": held.code, "before": change.before, "status": to.value,
                "effective_date": from_day, "reason": reason, "by": by.username}  # fmt: skip
        publish(EventKind.AGENT_STATUS, told, at=at)
    return change


def _check_cap(contract: AgentContract, rates: dict[Product, int]) -> None:
    cap = rule_value(RuleKey.COMMISSION_CAP, contract.valid_from)
    over = [product.code for product, bps in rates.items() if cap is not None and bps > cap]
    if over:
        said = _("Hoa hồng tối đa là {cap} phần vạn theo quy định đang có hiệu lực ({products}).")
        told = said.format(cap=cap, products=", ".join(over))
        raise RecordRefused([{"field": "rates", "code": "commission.over_cap", "message": told}])


def _set_rates(contract: AgentContract, rates: dict[Product, int]) -> None:
    known = {rate.product_id: rate for rate in contract.rates.all()}
    for product, bps in rates.items():
        rate = known.pop(product.pk, None)
        if rate is None:
            ContractRate.objects.create(contract=contract, product=product, commission_bps=bps)
        elif rate.commission_bps != bps:
            rate.commission_bps = bps
            rate.save()
    for gone in known.values():
        gone.delete()


def _check_whole(record: Model) -> None:
    """Raises RecordRefused with every fault; a constraint's fault bears its name.

    Spans of days are compared last: of days in the wrong order the database makes none.
    """
    try:
        record.full_clean(validate_constraints=False)
    except ValidationError as error:
        raise RecordRefused(_told(error)) from None
    faults: list[dict[str, Any]] = []
    for constraint in sorted(record._meta.constraints, key=_is_of_spans):
        if faults and _is_of_spans(constraint):
            break
        try:
            constraint.validate(type(record), record)
        except ValidationError as error:
            said = str(error.messages[0])
            faults.append({"field": "", "code": constraint.name, "message": said})
    if faults:
        raise RecordRefused(faults)


def _is_of_spans(constraint: BaseConstraint) -> bool:
    return isinstance(constraint, ExclusionConstraint)


def _told(error: ValidationError) -> list[dict[str, Any]]:
    return [
        {
            "field": "" if field == NON_FIELD_ERRORS else field,
            "code": fault.code or "invalid",
            "message": str(fault.messages[0]),
        }
        for field, faults in error.error_dict.items()
        for fault in faults
    ]
