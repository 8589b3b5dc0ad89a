"""Who may do what. One table; pages and API ask it in one line each."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.accounts.models import Role, User

P = ParamSpec("P")

#: Everybody who punches has a month of their own; whose it is, is told by User.employee.
_OWN = "attendance.own"
#: The days behind a figure, of the people in one's charge (scope.employees_for).
_DAYS = "attendance.days"
#: What the public site tells beside results: news.
_SITE = "site.edit"
#: Briefings one is invited to, and tasks of one's units (Briefing.objects.visible_to).
_BRIEFINGS = "briefings.attend"
#: The archive of reports; which of them, is told by each report's own capability.
_REPORTS = "reports.view"
#: Reports about everything, and the schedules, deliveries and terms of keeping of all reports.
_ALL_REPORTS = "reports.all"
#: Controlled documents one is on the distribution list of (ControlledDocument.objects.visible_to).
_DOCUMENTS = "documents.view"
#: All controlled documents, whoever is on their lists.
_ALL_DOCUMENTS = "documents.all"
#: Registering documents, drafting issues, keeping the distribution lists.
_CONTROL = "documents.control"
#: The register of reports owed to authorities; who keeps it records what was done and submitted.
_OBLIGATIONS = "obligations.view"
_KEEPS_OBLIGATIONS = "obligations.manage"

CAPABILITIES: dict[str, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            "accounts.manage",
            "reference.manage",
            "terminals.view",
            "terminals.manage",
            "audit.view",
            _SITE,
            _BRIEFINGS,
            _DOCUMENTS,
            _OWN,
        }
    ),
    Role.HR: frozenset(
        {
            "attendance.view",
            "attendance.manage",
            "attendance.team",
            _DAYS,
            "terminals.view",
            "terminals.manage",
            _REPORTS,
            _DOCUMENTS,
            _ALL_DOCUMENTS,
            _CONTROL,
            _OBLIGATIONS,
            _BRIEFINGS,
            _OWN,
        }
    ),
    Role.SALES_MANAGER: frozenset(
        {
            "sales.view",
            "sales.record",
            _SITE,
            _REPORTS,
            _OBLIGATIONS,
            _KEEPS_OBLIGATIONS,
            _BRIEFINGS,
            _DOCUMENTS,
            _OWN,
        }
    ),
    Role.EXECUTIVE: frozenset(
        {
            "sales.view",
            "attendance.view",
            "terminals.view",
            _REPORTS,
            _ALL_REPORTS,
            "reports.manage",
            _OBLIGATIONS,
            _KEEPS_OBLIGATIONS,
            "obligations.approve",
            "briefings.manage",
            "credit.override",
            _DOCUMENTS,
            _ALL_DOCUMENTS,
            _CONTROL,
            "documents.approve",
            _DAYS,
            _BRIEFINGS,
            _OWN,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            "sales.view",
            "attendance.view",
            "terminals.view",
            _REPORTS,
            _ALL_REPORTS,
            _OBLIGATIONS,
            "audit.view",
            _DOCUMENTS,
            _ALL_DOCUMENTS,
            _DAYS,
            _BRIEFINGS,
            _OWN,
        }
    ),
    Role.MANAGER: frozenset({"attendance.team", _DAYS, _BRIEFINGS, _DOCUMENTS, _OWN}),
    Role.EMPLOYEE: frozenset({_BRIEFINGS, _DOCUMENTS, _OWN}),
}


#: Capabilities that nobody has until a setting is switched on: the setting, and who has them then.
SWITCHED: dict[str, tuple[str, frozenset[str]]] = {
    "biometrics.copy": ("TEMPLATE_COPY", frozenset({Role.ADMINISTRATOR})),
}

#: Capabilities that tell of everything: whoever sees a part of the company does not hold them.
WHOLE_COMPANY = frozenset({"audit.view"})


def may(user: Any, capability: str) -> bool:
    """Whether the logged-in person holds the capability, for example "sales.record"."""
    if capability in SWITCHED:
        setting, roles = SWITCHED[capability]
        allowed = getattr(settings, setting) and getattr(user, "role", "") in roles
        return bool(user.is_active and allowed)
    held = CAPABILITIES.get(getattr(user, "role", ""), frozenset())
    if not user.is_active or capability not in held:
        return False
    return capability not in WHOLE_COMPANY or not user.sees_a_part


def acting(request: HttpRequest | Request) -> User:
    """The account behind a request that a guard has let in."""
    assert isinstance(request.user, User)  # noqa: S101 -- the guard made sure; narrows the type
    return request.user


def requires(
    capability: str,
) -> Callable[
    [Callable[Concatenate[HttpRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Page decorator: log in first; without the capability the answer is 403."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not may(request.user, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        guarded.capability = capability  # type: ignore[attr-defined]
        return cast("Callable[Concatenate[HttpRequest, P], HttpResponseBase]", guarded)

    return decorate


def can(read: str, write: str | None = None) -> type[BasePermission]:
    """API permission: `read` for safe methods, `write` (or `read`) for the others."""

    class Can(BasePermission):
        def has_permission(self, request: Request, view: object) -> bool:
            wanted = read if request.method in ("GET", "HEAD", "OPTIONS") else write or read
            return bool(request.user.is_authenticated) and may(request.user, wanted)

    Can.__name__ = f"Can({read}, {write or read})"
    return Can
