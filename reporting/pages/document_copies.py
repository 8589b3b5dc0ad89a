"""/tai-lieu/<code>/phan-phoi/: the distribution list of a document, and paper taken back."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.org.models import Department
from backend.pages.forms import Refusal
from backend.pages.keys import key_from, keys_from
from reporting.control.distributing import end_copy, give_copies, recall_paper
from reporting.pages.documents import document_page, visible_document


@requires("documents.control")
@require_POST
def copies_add(request: HttpRequest, code: str) -> HttpResponse:
    """Give copies to the people and units chosen."""
    user = acting(request)
    found = visible_document(user, code)
    refusal = Refusal()
    with refusal:
        given = give_copies(
            found,
            _holders(request),
            is_printed="printed" in request.POST,
            by=user,
            at=clock.now(),
        )
        words = _("Đã cấp {count} bản kiểm soát.")
        messages.success(request, words.format(count=len(given)))
        return redirect("controlled_document", code=found.code)
    return document_page(request, found, user, refusal.text, refusal.status)


def _holders(request: HttpRequest) -> list[User | Department]:
    people = User.objects.filter(is_active=True, pk__in=_numbers(request, "users"))
    units = Department.objects.filter(pk__in=_numbers(request, "departments"))
    return [*units.order_by("name", "pk"), *people.order_by("full_name", "username")]


def _numbers(request: HttpRequest, name: str) -> list[int]:
    return keys_from(request.POST.getlist(name))


@requires("documents.control")
@require_POST
def copy_end(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """Take a copy off the list."""
    user = acting(request)
    found = visible_document(user, code)
    copy = get_object_or_404(found.copies.current(), number=number)
    refusal = Refusal()
    with refusal:
        end_copy(copy, reason=request.POST.get("reason", ""), by=user, at=clock.now())
        messages.success(request, _("Đã thôi cấp bản số {number}.").format(number=number))
        return redirect("controlled_document", code=found.code)
    return document_page(request, found, user, refusal.text, refusal.status)


@requires("documents.control")
@require_POST
def paper_recall(request: HttpRequest, code: str, number: int) -> HttpResponse:
    """The paper of an ended issue is back."""
    user = acting(request)
    found = visible_document(user, code)
    copy = get_object_or_404(found.copies.all(), number=number)
    issue = get_object_or_404(found.issues, number=key_from(request.POST.get("issue", "")))
    refusal = Refusal()
    with refusal:
        recall_paper(copy, issue, by=user, at=clock.now())
        messages.success(request, _("Đã ghi thu hồi bản giấy số {number}.").format(number=number))
        return redirect("controlled_document", code=found.code)
    return document_page(request, found, user, refusal.text, refusal.status)
