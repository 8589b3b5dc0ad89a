"""Keeping and dropping the explorer's saved views."""

from urllib.parse import parse_qsl

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, requires
from backend.pages.keys import key_from
from backend.problems import Problem
from reporting.explorer.question import read
from reporting.explorer.views import drop_view, keep_view
from reporting.models import SavedView


@requires("sales.view")
@require_POST
def view_keep(request: HttpRequest) -> HttpResponse:
    """Keep the question of «cau_hoi» as a new view, or in the one named by «bang»."""
    user, query = acting(request), request.POST.get("cau_hoi", "")
    view = view_of(user, request.POST["bang"]) if request.POST.get("bang") else None
    try:
        kept = keep_view(
            view,
            name=request.POST.get("name", ""),
            shared_with=request.POST.get("shared_with", ""),
            question=read(dict(parse_qsl(query))),
            by=user,
        )
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect(f"{reverse('explorer')}?{query}")
    messages.success(request, _("Đã lưu bảng «{name}».").format(name=kept.name))
    return redirect(f"{reverse('explorer')}?bang={kept.pk}")


@requires("sales.view")
@require_POST
def view_drop(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a view off the lists."""
    user = acting(request)
    view = view_of(user, str(pk))
    try:
        drop_view(view, by=user, at=clock.now())
    except Problem as problem:
        messages.error(request, str(problem))
        return redirect(f"{reverse('explorer')}?bang={pk}")
    messages.success(request, _("Đã bỏ bảng «{name}».").format(name=view.name))
    return redirect("explorer")


def view_of(user: User, number: str) -> SavedView:
    """The view of ?bang=; what the person may not see is 404."""
    found = SavedView.objects.visible_to(user).in_use().select_related("owner")
    return get_object_or_404(found, pk=key_from(number))
