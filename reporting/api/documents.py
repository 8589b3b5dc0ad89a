"""Controlled documents over the API: which there are, their issues, their files as they are given out."""

from datetime import date
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.accounts.permissions import acting, can, may
from backend.api.pagination import PageQuery, page_of_together, page_shape, query_of
from backend.pages.files import PDF, XLSX, file_answer
from reporting.control.giving_out import give_out
from reporting.control.register import IssueLine, Line, lines_of
from reporting.control.rules import Standing
from reporting.control.uploads import DOCX
from reporting.models import ControlledDocument, DocumentIssue, DocumentQuerySet


class DocumentIssueShape(serializers.Serializer[Any]):
    """An issue; `standing` and `ended` (the first day it holds no longer) are as of today."""

    number = serializers.IntegerField()
    standing = serializers.ChoiceField([each.value for each in Standing])
    effective_date = serializers.DateField()
    ended = serializers.DateField(allow_null=True)
    summary = serializers.CharField()
    file_name = serializers.CharField(allow_blank=True)
    sha256 = serializers.CharField(allow_blank=True)


class ControlledDocumentShape(serializers.Serializer[Any]):
    """A document; `issue` is the number of the one in force today."""

    code = serializers.CharField()
    title = serializers.CharField()
    title_en = serializers.CharField(allow_blank=True)
    kind = serializers.CharField(help_text="procedure, instruction, form, report, external.")
    owner = serializers.CharField(help_text="Code of the department.")
    report = serializers.CharField(allow_blank=True)
    form = serializers.CharField(allow_blank=True)
    issue = serializers.IntegerField(allow_null=True)
    effective_date = serializers.DateField(allow_null=True)
    review_date = serializers.DateField(allow_null=True)
    is_overdue = serializers.BooleanField(help_text="Whether its periodic review is due.")


class ControlledDocumentDetail(ControlledDocumentShape):
    issues = DocumentIssueShape(many=True)


ControlledDocumentPage = page_shape("ControlledDocumentPage", ControlledDocumentShape)


class Documents(APIView):
    permission_classes = (can("documents.view"),)

    @extend_schema(
        operation_id="controlled_documents_list",
        parameters=[PageQuery],
        responses=ControlledDocumentPage,
    )
    def get(self, request: Request) -> Response:
        """Documents the token's owner may read, by code."""
        query = query_of(request, PageQuery)
        visible = ControlledDocument.objects.visible_to(acting(request))
        page = page_of_together(
            visible,
            request=request,
            keys=("code",),
            columns=("code", "pk"),
            show_all=lambda rows: map(_shown, _lines([pk for _code, pk in rows], acting(request))),
            query=query,
        )  # lines are by code too
        return Response(page)


class OneDocument(APIView):
    permission_classes = (can("documents.view"),)

    @extend_schema(operation_id="controlled_document", responses=ControlledDocumentDetail)
    def get(self, request: Request, code: str) -> Response:
        """One document with all its issues, the newest first."""
        user = acting(request)
        found = get_object_or_404(ControlledDocument.objects.visible_to(user), code=code)
        (line,) = _lines([found.pk], user)
        return Response({**_shown(line), "issues": [_issue(each) for each in line.issues]})


class DocumentIssues(APIView):
    permission_classes = (can("documents.view"),)

    @extend_schema(
        operation_id="controlled_document_issues", responses=DocumentIssueShape(many=True)
    )
    def get(self, request: Request, code: str) -> Response:
        """Its issues, the newest first; drafts only for who controls, approves or audits."""
        user = acting(request)
        found = get_object_or_404(ControlledDocument.objects.visible_to(user), code=code)
        (line,) = _lines([found.pk], user)
        return Response([_issue(each) for each in line.issues])


class DocumentFile(APIView):
    permission_classes = (can("documents.view"),)

    @extend_schema(
        operation_id="controlled_document_file",
        responses={(200, kind): OpenApiTypes.BINARY for kind in (PDF, DOCX, XLSX)},
    )
    def get(self, request: Request, code: str, number: int) -> HttpResponse:
        """The file as it is given out to the token's owner: a PDF carries his copy's number."""
        user = acting(request)
        visible = ControlledDocument.objects.visible_to(user)
        issues = DocumentIssue.objects.seen_by(user).select_related("document", "file")
        issue = get_object_or_404(issues, document__in=visible, document__code=code, number=number)
        given = give_out(issue, by=user, at=clock.now())
        if given is None:
            raise Http404
        return file_answer(given.content, given.content_type, given.name)


def _lines(pks: Any, user: User) -> list[Line]:
    chosen: DocumentQuerySet = ControlledDocument.objects.filter(pk__in=pks)
    return lines_of(chosen, on=clock.today(), with_drafts=may(user, "documents.all"))


def _shown(line: Line) -> dict[str, Any]:
    held = line.held.issue if line.held else None
    document = line.document
    effective: date | None = held.effective_date if held else None
    return {
        "code": document.code,
        "title": document.title,
        "title_en": document.title_en,
        "kind": document.kind,
        "owner": document.owner.code,
        "report": document.report,
        "form": document.form,
        "issue": held.number if held else None,
        "effective_date": effective,
        "review_date": line.review_date,
        "is_overdue": line.is_overdue,
    }


def _issue(line: IssueLine) -> dict[str, Any]:
    issue = line.issue
    return {
        "number": issue.number,
        "standing": line.standing.value,
        "effective_date": issue.effective_date,
        "ended": line.ended,
        "summary": issue.summary,
        "file_name": issue.file_name,
        "sha256": issue.sha256,
    }
