"""/bao-cao/<edition>/so-sanh/: what changed between two editions of the same thing."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_GET

from backend.accounts.permissions import acting, requires
from reporting.builders import html
from reporting.builders.comparing import compare
from reporting.builders.speaking import speaking
from reporting.builders.translating import section_in_english
from reporting.editions import report_of
from reporting.language import page_language
from reporting.models import Edition
from reporting.pages.archive import others_of


@requires("reports.view")
@require_GET
def edition_compare(request: HttpRequest, code: str) -> HttpResponse:
    """The edition beside another one (?voi=), else beside the one made before it."""
    user = acting(request)
    found = get_object_or_404(Edition.objects.visible_to(user), code=code)
    others = list(others_of(found, user=user))
    if not others:
        raise Http404
    wanted = request.GET.get("voi") or _before(found, others).code
    other = next((each for each in others if each.code == wanted), None)
    if other is None:
        raise Http404
    old, new = sorted((found, other), key=lambda each: each.number)
    return render(
        request,
        "reporting/edition_compare.html",
        {"edition": found, "other": other, "others": others, "changes": _changes(old, new)},
    )


def _before(found: Edition, others: list[Edition]) -> Edition:
    """The newest of those made before it, or the oldest there is."""
    return next((each for each in others if each.number < found.number), others[-1])


def _changes(old: Edition, new: Edition) -> str:
    """The section as HTML; empty when one of them was frozen in a form that cannot be compared."""
    before, after = report_of(old), report_of(new)
    if before is None or after is None:
        return ""
    language = page_language()
    changes = compare(before, after, whole=True)
    with speaking(language):
        told = section_in_english(changes) if language == "en" else changes
        return mark_safe(html.section(told))  # noqa: S308 - our own template, escaped
