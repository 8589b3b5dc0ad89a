"""/imports/: files of lines brought from Excel."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response
from backend.pages.files import XLSX, file_answer
from sales.api.money_shapes import ReversalShape
from sales.engine.import_sheet import KINDS
from sales.engine.spreadsheet import MOST_BYTES
from sales.imports.importing import (
    annotated_copy,
    commit,
    file_of,
    files_of,
    keep_file,
    preview,
    undo,
)
from sales.messages import described
from sales.models import ImportFile, ImportKind, ImportState

_SHOWN = 100


class UploadShape(serializers.Serializer[Any]):
    file = serializers.FileField(help_text=".xlsx, .xls or .csv, at most 20 MB.")
    kind = serializers.ChoiceField(ImportKind.values)
    sender = serializers.CharField(max_length=100)
    control_sum = serializers.IntegerField(required=False, allow_null=True, default=None)
    draw_date = serializers.DateField(required=False, help_text="Where the file has no column.")
    product = serializers.CharField(required=False, max_length=20)
    year = serializers.IntegerField(required=False, help_text="Of a plan.")
    sheet = serializers.CharField(
        required=False, default="", max_length=100, help_text="Else the first with anything in it."
    )


class ImportShape(serializers.Serializer[Any]):
    key = serializers.UUIDField()
    kind = serializers.CharField()
    sender = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField(help_text=", ".join(ImportState.values))
    done = serializers.IntegerField(help_text="Steps of `total` that are done.")
    total = serializers.IntegerField()
    problem = serializers.CharField()
    lines = serializers.IntegerField()
    batch = serializers.IntegerField(allow_null=True)
    undo_batch = serializers.IntegerField(allow_null=True)
    plan = serializers.IntegerField(allow_null=True, help_text="The version a plan was kept as.")
    at = serializers.DateTimeField()


class PreviewShape(ImportShape):
    sheet = serializers.CharField(help_text="The one that was read.")
    sheets = serializers.ListField(help_text="All that could be.")
    hidden_rows = serializers.IntegerField(help_text="Hidden in the file; they were read, too.")
    encoding = serializers.CharField(help_text="Of a CSV that is not UTF-8.")
    mapping = serializers.DictField(help_text="Field by column from 0.")
    sum = serializers.IntegerField(help_text="Tickets, đồng or agents.")
    control_sum = serializers.IntegerField(allow_null=True)
    fault_count = serializers.IntegerField()
    errors = serializers.ListField(help_text="The first 100: row of the file, field, message.")  # type: ignore[assignment]


class ImportList(serializers.Serializer[Any]):
    results = ImportShape(many=True)


class Imports(APIView):
    permission_classes = (can("sales.record"),)
    parser_classes = (MultiPartParser,)

    @extend_schema(operation_id="imports_list", responses=ImportList, tags=["imports"])
    def get(self, request: Request) -> HttpResponse:
        """The last 100 files, newest first."""
        files = files_of(person(request)).order_by("-at", "pk")[:_SHOWN]
        return json_response({"results": [_told(file) for file in files]})

    @extend_schema(
        request={"multipart/form-data": UploadShape},
        responses={201: PreviewShape},
        tags=["imports"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Bring a file; the answer is its preview, nothing is recorded."""
        shape = UploadShape(data=request.data)
        shape.is_valid(raise_exception=True)
        sent = shape.validated_data
        names = {column.name for column in KINDS[sent["kind"]]}
        fixed = {name: sent[name] for name in ("draw_date", "product", "year") if name in sent}
        file = keep_file(
            sent["file"].read(MOST_BYTES + 1),
            name=sent["file"].name,
            kind=ImportKind(sent["kind"]),
            sender=sent["sender"],
            constants={name: str(value) for name, value in fixed.items() if name in names},
            wanted_sum=sent["control_sum"],
            sheet=sent["sheet"],
            by=person(request),
            at=clock.now(),
        )
        return json_response(_previewed(file, request), status=201)


class OneImport(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(responses=PreviewShape, tags=["imports"])
    def get(self, request: Request, key: UUID) -> HttpResponse:
        """A file: its preview while it waits, else what became of it."""
        file = file_of(key, user=person(request))
        waits = file.state == ImportState.WAITING
        return json_response(_previewed(file, request) if waits else _told(file))


class ImportedAnnotated(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        operation_id="imports_annotated",
        responses={(200, XLSX): OpenApiTypes.BINARY},
        tags=["imports"],
    )
    def get(self, request: Request, key: UUID) -> HttpResponse:
        """A workbook of the file with what is wrong beside each cell, to send back."""
        user = person(request)
        copy = annotated_copy(file_of(key, user=user), by=user, at=clock.now())
        return file_answer(copy, XLSX, "can-sua.xlsx")


class ImportCommit(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=None, responses={202: ImportShape}, tags=["imports"])
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """Record the file as one batch; a long one in the background (state `running`)."""
        file = file_of(key, user=person(request))
        done = commit(file, by=person(request), at=clock.now())
        return json_response(_told(done), status=202 if done.state == "running" else 201)


class ImportUndo(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(request=ReversalShape, responses={201: ImportShape}, tags=["imports"])
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """Take a recorded file back by reversing entries, as one batch; withdraw a plan."""
        shape = ReversalShape(data=request.data)
        shape.is_valid(raise_exception=True)
        file = file_of(key, user=person(request))
        reason = shape.validated_data["reason"]
        return json_response(
            _told(undo(file, reason=reason, by=person(request), at=clock.now())), status=201
        )


def _told(file: ImportFile) -> dict[str, Any]:
    return {
        "key": str(file.pk),
        "kind": file.kind,
        "sender": file.sender,
        "name": file.name,
        "state": str(file.state),
        "done": file.done,
        "total": file.total,
        "problem": file.problem,
        "lines": file.line_count,
        "batch": file.batch_id,
        "undo_batch": file.undo_batch_id,
        "plan": file.plan_id,
        "at": file.at,
    }


def _previewed(file: ImportFile, request: Request) -> dict[str, Any]:
    looked = preview(file, by=person(request), at=clock.now())
    return _told(file) | {
        "lines": len(looked.read.lines),
        "sheet": looked.cells.sheet,
        "sheets": looked.cells.sheets,
        "hidden_rows": looked.cells.hidden_rows,
        "encoding": looked.cells.encoding,
        "mapping": looked.mapping,
        "sum": looked.total,
        "control_sum": file.control_sum,
        "fault_count": len(looked.faults),
        "errors": [described(fault) for fault in looked.faults[:_SHOWN]],
    }
