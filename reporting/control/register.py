"""The register as one reads it: every document with the issue that holds, and what is to be done."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from backend.vntext import search_key
from reporting.control.rules import Standing, ended, in_force, next_review, standing
from reporting.models import ControlledDocument, DocumentIssue, DocumentQuerySet, DocumentReview

STANDINGS = {
    Standing.DRAFT: _("dự thảo"),
    Standing.SUBMITTED: _("chờ duyệt"),
    Standing.COMING: _("đã duyệt, chờ hiệu lực"),
    Standing.IN_FORCE: _("có hiệu lực"),
    Standing.WITHDRAWN: _("hết hiệu lực"),
}
MOODS = {
    Standing.DRAFT: "",
    Standing.SUBMITTED: "attention",
    Standing.COMING: "info",
    Standing.IN_FORCE: "good",
    Standing.WITHDRAWN: "bad",
}


@dataclass(frozen=True)
class IssueLine:
    """An issue and how it stands on the day; `ended` is the first day it holds no longer."""

    issue: DocumentIssue
    standing: Standing
    ended: date | None

    @property
    def name(self) -> str:
        return str(STANDINGS[self.standing])

    @property
    def is_current(self) -> bool:
        """Whether people on the list are to have read it: it holds, or will."""
        return self.standing in (Standing.IN_FORCE, Standing.COMING)

    @property
    def mood(self) -> str:
        return MOODS[self.standing]


@dataclass(frozen=True)
class Line:
    """A document with its issues, the newest first, and when it is to be reviewed."""

    document: ControlledDocument
    issues: list[IssueLine] = field(default_factory=list)
    review_date: date | None = None
    is_overdue: bool = False

    @property
    def held(self) -> IssueLine | None:
        """The issue in force."""
        return next((each for each in self.issues if each.standing is Standing.IN_FORCE), None)

    @property
    def shown(self) -> IssueLine | None:
        """What the list tells of: the issue in force, else the newest."""
        return self.held or next(iter(self.issues), None)

    @property
    def waiting(self) -> IssueLine | None:
        """The issue that is on its way."""
        on_its_way = (Standing.DRAFT, Standing.SUBMITTED, Standing.COMING)
        return next((each for each in self.issues if each.standing in on_its_way), None)


def lines_of(documents: DocumentQuerySet, *, on: date, with_drafts: bool) -> list[Line]:
    """Every document in the order of its code, in three statements whatever their number."""
    found = list(documents.select_related("owner").order_by("code"))
    issues: dict[int, list[DocumentIssue]] = defaultdict(list)
    rows = DocumentIssue.objects.filter(document__in=found).select_related("drafted_by")
    for issue in rows.order_by("-number"):
        issues[issue.document_id].append(issue)
    reviewed: dict[int, list[date]] = defaultdict(list)
    reviews = DocumentReview.objects.filter(issue__document__in=found)
    for issue_pk, day in reviews.values_list("issue", "on"):
        reviewed[issue_pk].append(day)
    return [
        _line(each, issues[each.pk], reviewed, on=on, with_drafts=with_drafts) for each in found
    ]


def _line(
    document: ControlledDocument,
    issues: Sequence[DocumentIssue],
    reviewed: dict[int, list[date]],
    *,
    on: date,
    with_drafts: bool,
) -> Line:
    facts = [issue.facts for issue in issues]
    told = [
        IssueLine(issue, standing(issue.facts, facts, on), ended(issue.facts, facts))
        for issue in issues
    ]
    if not with_drafts:
        told = [each for each in told if each.standing not in (Standing.DRAFT, Standing.SUBMITTED)]
    held = in_force(facts, on)
    if held is None:
        return Line(document, told)
    (pk,) = (issue.pk for issue in issues if issue.number == held.number)
    due = next_review(held.effective, reviewed[pk], months=settings.DOCUMENT_REVIEW_MONTHS)
    return Line(document, told, due, due <= on)


def holds(document: ControlledDocument, words: str) -> bool:
    """Whether code or title hold the words, whatever accents they carry."""
    text = search_key(f"{document.code} {document.title} {document.title_en}")
    return all(word in text for word in search_key(words).split())
