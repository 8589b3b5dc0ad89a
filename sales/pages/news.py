"""/ban-ve/tin-tuc/: what the public site tells, written and published."""

from django import forms
from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.forms.models import model_to_dict
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from backend import clock
from backend.accounts.permissions import acting, requires
from backend.api.versions import VersionChanged, tag_of
from backend.clock import VN
from backend.db import lock_rows
from backend.pages.sent_once import SentBefore, sent_once
from backend.problems import Problem
from sales.agents.keeping import RecordRefused
from sales.models import NewsItem
from sales.public.news_keeping import keep_news

FIELDS = ("title", "summary", "body", "title_en", "summary_en", "body_en", "published_at")
#: How many the list goes back.
MOST = 200


#: A piece of news as it is written.
NewsForm = forms.modelform_factory(
    NewsItem,
    fields=FIELDS,
    widgets={
        "body": forms.Textarea(attrs={"rows": 12}),
        "body_en": forms.Textarea(attrs={"rows": 6}),
        "published_at": forms.DateTimeInput(
            format="%Y-%m-%dT%H:%M", attrs={"type": "datetime-local"}
        ),
    },
)


@requires("site.edit")
def news(request: HttpRequest) -> HttpResponse:
    """All news, drafts first, then the newest."""
    items = list(
        NewsItem.objects.select_related("changed_by").order_by("-changed_at", "-pk")[:MOST]
    )
    items.sort(key=lambda item: item.published_at is not None)
    context = {
        "items": [(item, _state(item)) for item in items],
        "site": settings.PUBLIC_SITE_URL,
    }
    return render(request, "sales/news.html", context)


@require_http_methods(["GET", "POST"])
@requires("site.edit")
def news_item(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """One piece of news; without `pk` a new one."""
    status, problem = 200, ""
    with transaction.atomic():
        item = _item(pk, is_locked=request.method == "POST")
        version = _version(item)
        form = NewsForm(request.POST if request.method == "POST" else None, instance=item)
        if request.method == "POST":
            status = 400
            try:
                if pk and request.POST.get("version") != version:
                    raise VersionChanged
                if form.is_valid():
                    with sent_once(request, by=acting(request)):
                        kept = keep_news(
                            item, form.cleaned_data, by=acting(request), at=clock.now()
                        )
                    messages.success(request, _told(kept))
                    return redirect("news_item", pk=kept.pk)
            except SentBefore as before:
                messages.warning(request, str(before))
                return redirect("news")
            except RecordRefused as refused:
                _show(form, refused)
            except Problem as error:
                problem, status = str(error), error.status
    context = {
        "item": item if pk else None, "form": form, "problem": problem, "version": version,
        "state": _state(item) if pk else None, "site": settings.PUBLIC_SITE_URL,
    }  # fmt: skip
    return render(request, "sales/news_item.html", context, status=status)


def _item(pk: int | None, *, is_locked: bool) -> NewsItem:
    if pk is None:
        return NewsItem()
    rows = NewsItem.objects.filter(pk=pk)
    if is_locked:
        lock_rows(rows)
    return get_object_or_404(rows)


def _version(item: NewsItem) -> str:
    """Taken before the form is filled in: that would already change the item."""
    return tag_of({name: str(value) for name, value in model_to_dict(item, FIELDS).items()})


def _state(item: NewsItem) -> str:
    if item.published_at is None:
        return "draft"
    return "published" if item.published_at <= clock.now() else "ahead"


def _told(item: NewsItem) -> str:
    told = {
        "draft": _("Đã lưu bản nháp; trang công khai chưa hiện."),
        "published": _("Đã lưu; trang công khai đang hiện tin này."),
        "ahead": _("Đã lưu; trang công khai hiện tin này từ {moment}."),
    }[_state(item)]
    moment = item.published_at.astimezone(VN) if item.published_at else None
    return told.format(moment=f"{moment:%H:%M %d/%m/%Y}" if moment else "")


def _show(form: "forms.ModelForm[NewsItem]", refused: RecordRefused) -> None:
    for fault in refused.details["errors"]:
        form.add_error(fault["field"] if fault["field"] in form.fields else None, fault["message"])
