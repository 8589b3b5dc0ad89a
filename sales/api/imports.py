"""/imports/: files of lines brought from Excel."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.http import HttpResponse
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import FieldsQuery, page_of_records, query_of, sparse
from backend.api.tables import RENDERERS, listed, tabular
from backend.api.versions import VersionChanged, check_version, match_parameter, tag_of
from backend.db import lock_rows
from backend.pages.files import XLSX, file_answer
from sales.api.import_shapes import (
    LONGEST_SHEET,
    ColumnsShape,
    ImportPage,
    ImportShape,
    ImportsQuery,
    PreviewShape,
    UploadShape,
    name_of,
)
from sales.api.money_shapes import ReversalShape, reason_of
from sales.engine.import_kinds import KINDS, ONE_FOR_ALL
from sales.engine.spreadsheet import MOST_BYTES, Cells
from sales.imports.committing import commit, lines_ahead, undo
from sales.imports.importing import (
    Preview,
    annotated_copy,
    discard,
    file_of,
    files_of,
    keep_columns,
    open_file,
    preview,
    set_columns,
)
from sales.ledger.steps import Step
from sales.messages import described
from sales.models import ImportFile, ImportKind, ImportState

_SHOWN = 100
FILTERS: Final = {
    "state": "state",
    "kind": "kind",
    "sender": "sender",
    "date_from": "at__date__gte",
    "date_to": "at__date__lte",
}


class Imports(APIView):
    permission_classes = (can("sales.record"),)
    parser_classes = (MultiPartParser,)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="imports_list",
        parameters=[ImportsQuery],
        responses=tabular(ImportPage),
        tags=["imports"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Files that were brought, the latest first."""
        query = query_of(request, ImportsQuery)
        asked = {FILTERS[name]: query[name] for name in FILTERS if name in query}
        page = page_of_records(
            files_of(person(request)).filter(**asked), request=request, keys=("-at", "-pk"),
            show=_told, query=query,
        )  # fmt: skip
        return listed(request, page, name="imports")

    @extend_schema(
        request={"multipart/form-data": UploadShape},
        responses={201: PreviewShape},
        parameters=[key_parameter(required=False)],
        tags=["imports"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Bring a file; the answer is its preview, nothing is recorded."""
        file, cells = _opened(request)
        looked = preview(file, by=file.by, at=file.at, cells=cells)

        def keep() -> HttpResponse:
            file.save(force_insert=True)
            return _tagged(file, _previewed(file, looked), status=201)

        return once(request, keep)


class OneImport(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(parameters=[FieldsQuery], responses=PreviewShape, tags=["imports"])
    def get(self, request: Request, key: UUID) -> HttpResponse:
        """A file: its preview while it waits, else what became of it."""
        query_of(request, FieldsQuery)
        file = file_of(key, user=person(request))
        if file.state != ImportState.WAITING:
            return _tagged(file, sparse(request, _told(file)))
        looked = preview(file, by=person(request), at=clock.now())
        return _tagged(file, sparse(request, _previewed(file, looked)))

    @extend_schema(
        request=ColumnsShape,
        responses=PreviewShape,
        parameters=[match_parameter()],
        tags=["imports"],
    )
    def patch(self, request: Request, key: UUID) -> HttpResponse:
        """Say which column is which field, as you have last read it; the answer is the new preview."""
        by = person(request)
        file = file_of(key, user=by)
        kept = _kept(file)
        sent = sent_of(request, ColumnsShape)
        _set(file, sent)
        looked = preview(file, by=by, at=clock.now())
        _check(file, looked, sent)
        with transaction.atomic():
            (now,) = lock_rows(ImportFile.objects.defer("content").filter(pk=file.pk))
            check_version(request, _kept(now))
            if _kept(now) != kept:  # changed while this was read
                raise VersionChanged
            keep_columns(file)
        return _tagged(file, _previewed(file, looked))


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

    @extend_schema(
        request=None,
        responses={201: ImportShape, 202: ImportShape},
        parameters=[key_parameter(required=False)],
        tags=["imports"],
    )
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """Record the file as one batch; a long one in the background (202, state `running`)."""
        by = person(request)
        file = file_of(key, user=by)
        looked = lines_ahead(file)
        return once(request, lambda: _answer(commit(file, by=by, at=clock.now(), looked=looked)))


class ImportDiscard(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=None,
        responses={201: ImportShape},
        parameters=[key_parameter(required=False)],
        tags=["imports"],
    )
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """Leave a file aside that waits; it stays on the record."""
        file = file_of(key, user=person(request))

        def leave() -> HttpResponse:
            discard(file)
            file.state = ImportState.DISCARDED
            return _answer(file)

        return once(request, leave)


class ImportUndo(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: ImportShape, 202: ImportShape},
        parameters=[key_parameter(required=False)],
        tags=["imports"],
    )
    def post(self, request: Request, key: UUID) -> HttpResponse:
        """Take a recorded file back by reversing entries, as one batch; withdraw a plan.

        A long one in the background (202, state `undoing`).
        """
        by, why = person(request), reason_of(request)
        file = file_of(key, user=by)
        return once(request, lambda: _answer(undo(file, reason=why, by=by, at=clock.now())))


def _opened(request: Request) -> tuple[ImportFile, Cells]:
    """The file that was sent, not kept yet, and its cells."""
    sent = sent_of(request, UploadShape)
    names = KINDS[sent["kind"]].names
    fixed = {name: sent[name] for name in ("draw_date", "product", "year") if name in sent}
    return open_file(
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


def _set(file: ImportFile, sent: Mapping[str, Any]) -> None:
    told = {n: "" if sent[n] is None else str(sent[n]) for n in ONE_FOR_ALL if n in sent}
    is_guessed = "sheet" in sent and sent["sheet"] != file.sheet
    set_columns(
        file,
        mapping=sent.get("mapping", None if is_guessed else file.mapping),
        constants=file.constants | told,
        wanted_sum=sent.get("control_sum", file.control_sum),
        sheet=sent.get("sheet", file.sheet),
    )


def _check(file: ImportFile, looked: Preview, sent: Mapping[str, Any]) -> None:
    """Raises ValidationError by field."""
    names = KINDS[file.kind].names
    errors: dict[str, str] = {
        name: _("Loại tệp này không có trường ấy.") for name in sent.keys() & ONE_FOR_ALL - names
    }
    if file.sheet != looked.cells.sheet[:LONGEST_SHEET]:
        errors["sheet"] = _("Tệp không có trang tính này. Các trang đọc được: {names}.").format(
            names=", ".join(looked.cells.sheets) or "–"
        )
    mapping, columns = sent.get("mapping") or {}, len(looked.heads.texts)
    if unknown := sorted(mapping.keys() - names):
        errors["mapping"] = _("Loại tệp này không có trường {names}.").format(
            names=", ".join(unknown)
        )
    elif wide := sorted(name for name, at in mapping.items() if at >= columns):
        errors["mapping"] = _("Tệp chỉ có {columns} cột, đánh số từ 0: {names}.").format(
            columns=columns, names=", ".join(wide)
        )
    if errors:
        raise serializers.ValidationError(errors)


def _kept(file: ImportFile) -> dict[str, Any]:
    """What somebody may change of a file: the version is of this, for a preview also tells of others."""
    return {
        "state": str(file.state),
        "mapping": file.mapping,
        "constants": file.constants,
        "control_sum": file.control_sum,
        "sheet": file.sheet,
    }


def _tagged(file: ImportFile, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    response = json_response(shown, status=status)
    response["ETag"] = tag_of(_kept(file))
    return response


def _answer(file: ImportFile) -> HttpResponse:
    return json_response(_told(file), status=202 if file.is_going_on else 201)


def _told(file: ImportFile) -> dict[str, Any]:
    return {
        "at": file.at,
        "key": str(file.pk),
        "kind": file.kind,
        "sender": file.sender,
        "name": file.name,
        "state": str(file.state),
        "step": name_of(Step(file.done)) if file.is_going_on else None,
        "done": file.done,
        "total": file.total,
        "problem": file.problem,
        "lines": file.line_count,
        "batch": file.batch_id,
        "undo_batch": file.undo_batch_id,
        "undo_reason": file.undo_reason,
        "undo_by": file.undo_by and file.undo_by.username,
        "plan": file.plan_id,
        "by": file.by.username,
    }


def _previewed(file: ImportFile, looked: Preview) -> dict[str, Any]:
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
