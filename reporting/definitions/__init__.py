"""The reports there are: every module or package here names one `REPORT`; saved views are reports, too."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from django.utils.translation import gettext_lazy as _

from backend.accounts.permissions import may
from backend.problems import Problem
from reporting.defining import Definition
from reporting.explorer.reports import report_of_view
from reporting.models.views import SavedView
from reporting.periods import Period
from reporting.sight import Sight


class NoSuchReport(Problem):
    """A report that is not, or no longer, part of the program."""

    code = "report.unknown"
    status = 404
    message = _("Không có báo cáo này trong chương trình; hãy chọn một báo cáo trong danh mục.")


@cache
def catalogue() -> dict[str, Definition]:
    """All reports by code, in the order of their titles."""
    modules = (import_module(f"{__name__}.{each.name}") for each in iter_modules(__path__))
    found: list[Definition] = [each.REPORT for each in modules if hasattr(each, "REPORT")]
    by_code = {each.code: each for each in sorted(found, key=lambda each: each.title.vi)}
    if len(by_code) != len(found):
        raise ValueError("two reports have the same code")
    return by_code


def definition(code: str) -> Definition:
    """The report of this code. Raises NoSuchReport."""
    if code in catalogue():
        return catalogue()[code]
    view = SavedView.objects.of_code(code)
    if view is None:
        raise NoSuchReport
    return report_of_view(view)


def reports_for(user: Any) -> list[str]:
    """The codes of the reports whose editions the person may see."""
    views = SavedView.objects.visible_to(user).order_by("pk")
    return [*_of_catalogue(user), *(view.code for view in views)]


def made_for(user: Any) -> list[Definition]:
    """The reports of which the person may see new editions; dropped views are none."""
    views = SavedView.objects.visible_to(user).in_use().order_by("name", "pk")
    return [
        *(catalogue()[code] for code in _of_catalogue(user)),
        *(report_of_view(view) for view in views),
    ]


def _of_catalogue(user: Any) -> list[str]:
    return [code for code, each in catalogue().items() if may(user, each.capability)]


def whole_for(user: Any, codes: Sequence[str]) -> list[str]:
    """Those of the reports whose editions of the whole company tell the person nothing hidden."""
    sight = Sight(user)
    return [
        code
        for code in codes
        if sight.is_whole(of_sales=_is_of_sales(code), of_people=_is_of_people(code))
    ]


def _is_of_sales(code: str) -> bool:
    """A saved view always is."""
    return code not in catalogue() or catalogue()[code].is_of_sales


def _is_of_people(code: str) -> bool:
    return code in catalogue() and catalogue()[code].is_of_people


def title_of(code: str, first: date, last: date, *, language: str = "vi") -> str:
    """What an edition is called: "Báo cáo giao ban tuần 47"; the code of a report we no longer know."""
    known = catalogue().get(code)
    if known is None:
        return code
    return f"{known.title.said(language)} {Period(known.period, first, last).name(language)}"
