"""/bank-statements/, /bank-lines/: the bank's statements imported, payments matched and booked."""

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import (
    FieldsQuery,
    PageQuery,
    page_of,
    query_of,
)
from backend.api.tables import RENDERERS, listed, listed_records, tabular
from backend.api.versions import versioned
from sales.api.bank_shapes import (
    STATES,
    BankLinePage,
    BankLineShape,
    BankLinesQuery,
    BankStatementPage,
    BankStatementShape,
    MatchesDone,
    MatchesShape,
    StatementUploadShape,
)
from sales.api.money_shapes import ReversalShape, reason_of
from sales.api.queries import filtered
from sales.engine.bank_matching import Matcher
from sales.engine.spreadsheet import MOST_BYTES
from sales.models import BankLine, BankStatement
from sales.money.bank import (
    book_lines,
    keep_statement,
    matcher_on,
    open_statement,
    proposals_of,
    set_aside,
    take_back,
    undo_line,
)
from sales.whole_company import require_whole_company

FILTERS: Final = {
    "date_from": "day__gte",
    "date_to": "day__lte",
    "account": "account",
    "agent": "entry__agent__code",
    "statement": "statement",
}
_STATEMENT: Final = ("id", "account", "name", "new", "known", "outgoing", "by__username", "at")


class BankStatements(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    parser_classes = (MultiPartParser,)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="bank_statements_list",
        parameters=[PageQuery],
        responses=tabular(BankStatementPage),
        tags=["bank"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Statements as they were imported, the latest first."""
        query = query_of(request, PageQuery)
        require_whole_company(person(request))
        page = page_of(
            BankStatement.objects.all(), request=request, keys=("-id",), columns=_STATEMENT,
            show=_statement, query=query,
        )  # fmt: skip
        return listed(request, page, name="bank-statements")

    @extend_schema(
        request={"multipart/form-data": StatementUploadShape},
        responses={201: BankStatementShape},
        parameters=[key_parameter(required=False)],
        tags=["bank"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Import a statement: every line of money in that is not known yet, or none."""
        sent = sent_of(request, StatementUploadShape)
        file, account = sent["file"], sent["account"]
        data, by, at = file.read(MOST_BYTES + 1), person(request), clock.now()
        sheet = open_statement(data, account=account, by=by, at=at)

        def keep() -> HttpResponse:
            done = keep_statement(sheet, data, name=file.name, account=account, by=by, at=at)
            row = BankStatement.objects.filter(pk=done.statement.pk).values_list(*_STATEMENT)[0]
            return json_response(_statement(row), status=201)

        return once(request, keep)


class BankLines(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="bank_lines_list",
        parameters=[BankLinesQuery],
        responses=tabular(BankLinePage),
        tags=["bank"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Lines of money in, the latest imported first; with proposals where they are asked for."""
        query = query_of(request, BankLinesQuery)
        require_whole_company(person(request))
        rows = filtered(_known(), query, FILTERS)
        if "state" in query:
            rows = rows.filter(STATES[query["state"]])
        matcher = matcher_on(clock.today()) if query["proposals"] else None
        return listed_records(
            request, query, rows, keys=("-pk",), show=lambda line: _shown(line, matcher),
            name="bank-lines",
        )  # fmt: skip


class OneBankLine(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(parameters=[FieldsQuery], responses=BankLineShape, tags=["bank"])
    def get(self, request: Request, pk: int) -> HttpResponse:
        """One line with what was made of it, or whose payment it may be."""
        query_of(request, FieldsQuery)
        require_whole_company(person(request))
        return versioned(request, _one(pk))


class BankLinesBooking(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=MatchesShape,
        responses={201: MatchesDone},
        parameters=[key_parameter(required=False)],
        tags=["bank"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Confirm whose payments waiting lines are: all are booked, or none."""
        by, at = person(request), clock.now()
        agents = {each["line"]: each["agent"] for each in sent_of(request, MatchesShape)["lines"]}

        def work() -> HttpResponse:
            return json_response({"booked": book_lines(agents, by=by, at=at)}, status=201)

        return once(request, work)


class BankLineReversal(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: BankLineShape},
        parameters=[key_parameter(required=False)],
        tags=["bank"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Undo the payment of a line, with a reason; it waits for its agent again."""
        why = reason_of(request)
        return _done(
            request, pk, lambda: undo_line(pk, reason=why, by=person(request), at=clock.now())
        )


class BankLineSettingAside(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=ReversalShape,
        responses={201: BankLineShape},
        parameters=[key_parameter(required=False)],
        tags=["bank"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Say that a line is no payment of an agent, and why."""
        why = reason_of(request)
        return _done(request, pk, lambda: set_aside(pk, reason=why, by=person(request)))


class BankLineTakingBack(APIView):
    permission_classes = (can("sales.record"),)

    @extend_schema(
        request=None,
        responses={201: BankLineShape},
        parameters=[key_parameter(required=False)],
        tags=["bank"],
    )
    def post(self, request: Request, pk: int) -> HttpResponse:
        """Let a line that was set aside wait for its agent again."""
        return _done(request, pk, lambda: take_back(pk, by=person(request)))


def _done(request: Request, pk: int, deed: Callable[[], object]) -> HttpResponse:
    """Do it once; the line as it is after it."""

    def work() -> HttpResponse:
        deed()
        return versioned(request, _one(pk), status=201)

    return once(request, work)


def _known() -> Any:
    return BankLine.objects.select_related("entry__agent")


def _one(pk: int) -> dict[str, Any]:
    line = get_object_or_404(_known(), pk=pk)
    is_waiting = line.entry is None and not line.reason
    return _shown(line, matcher_on(clock.today()) if is_waiting else None)


def _shown(line: BankLine, matcher: Matcher | None) -> dict[str, Any]:
    entry = line.entry
    state = "booked" if entry else "aside" if line.reason else "waiting"
    shown = {
        "id": line.pk,
        "statement": line.statement_id,
        "account": line.account,
        "reference": line.reference,
        "day": line.day,
        "amount": line.amount,
        "sender": line.sender,
        "text": line.text,
        "state": state,
        "agent": entry.agent.code if entry and entry.agent else None,
        "entry": line.entry_id,
        "reason": line.reason,
    }
    if matcher is not None:
        shown["proposals"] = [
            {"agent": each.agent, "confidence": each.confidence, "reasons": each.reasons}
            for each in (proposals_of(line, matcher) if state == "waiting" else ())
        ]
    return shown


def _statement(row: tuple[Any, ...]) -> dict[str, Any]:
    return dict(zip(tuple(BankStatementShape().fields), row, strict=True))
