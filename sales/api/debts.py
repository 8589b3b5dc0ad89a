"""/debts/, /dunning/, /dunning-notices/: who owes what, how old it is, who was reminded."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import can
from backend.api.auth import person
from backend.api.bodies import json_response, sent_of
from backend.api.idempotency import key_parameter, once
from backend.api.pagination import page_shape, query_of
from backend.api.tables import RENDERERS, listed_rows, listed_values, tabular
from backend.vntext import search_key
from sales.api.codes import AgentFilter
from sales.api.money_shapes import AgeingShape, ageing_shown
from sales.api.queries import PlaceQuery, rows_asked_for, scope_of
from sales.models import DunningChannel, DunningNotice
from sales.money.debts import Debt, debts_on
from sales.money.dunning import LEVELS, Overdue, overdue_on, record_notices


class DebtsQuery(PlaceQuery):
    on = serializers.DateField(
        required=False, help_text="End of this day; today when it is absent."
    )
    agent = AgentFilter(required=False, help_text="Code.")
    search = serializers.CharField(
        required=False, help_text="Part of the code or of the name, accents or none."
    )
    overdue = serializers.BooleanField(required=False, help_text="Only those with overdue debt.")
    over_limit = serializers.BooleanField(required=False, help_text="Only those over their limit.")


class DebtShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    region_name = serializers.CharField()
    owed_amount = serializers.IntegerField(help_text="đồng; below nothing an advance.")
    overdue_amount = serializers.IntegerField()
    ageing = AgeingShape()
    oldest_due = serializers.DateField(allow_null=True)
    held_amount = serializers.IntegerField(help_text="Security held in money.")
    pledged_amount = serializers.IntegerField(help_text="Guarantees and mortgages in force.")
    limit_amount = serializers.IntegerField()
    over_amount = serializers.IntegerField(help_text="Beyond the limit.")


DebtPage = page_shape("DebtPage", DebtShape)


class DunningQuery(PlaceQuery):
    level = serializers.IntegerField(
        required=False, min_value=LEVELS[0], max_value=LEVELS[-1],
        help_text="1: 1 to 7 days overdue, 2: 8 to 30, 3: longer.",
    )  # fmt: skip


class OverdueShape(serializers.Serializer[Any]):
    agent = serializers.CharField()
    name = serializers.CharField()
    region_name = serializers.CharField()
    level = serializers.IntegerField()
    days = serializers.IntegerField(help_text="Of the oldest debt, overdue.")
    overdue_amount = serializers.IntegerField()
    owed_amount = serializers.IntegerField()
    last_notice = serializers.DateField(allow_null=True)
    promised_date = serializers.DateField(allow_null=True)
    promise_broken = serializers.BooleanField()


OverduePage = page_shape("OverduePage", OverdueShape)


class NoticesQuery(PlaceQuery):
    date_from = serializers.DateField(required=False)
    date_to = serializers.DateField(required=False)
    agent = AgentFilter(required=False, help_text="Code.")
    level = serializers.IntegerField(required=False, min_value=LEVELS[0], max_value=LEVELS[-1])
    channel = serializers.ChoiceField(DunningChannel.values, required=False)


class NoticeShape(serializers.Serializer[Any]):
    on = serializers.DateField()
    id = serializers.IntegerField()
    agent = serializers.CharField()
    region = serializers.CharField()
    level = serializers.IntegerField()
    overdue_amount = serializers.IntegerField()
    oldest_due = serializers.DateField()
    channel = serializers.ChoiceField(DunningChannel.values)
    promised_date = serializers.DateField(allow_null=True)
    note = serializers.CharField()
    by = serializers.CharField()
    at = serializers.DateTimeField()


NoticePage = page_shape("NoticePage", NoticeShape)


class NewNoticesShape(serializers.Serializer[Any]):
    agents = serializers.ListField(
        child=serializers.CharField(max_length=20), min_length=1, max_length=1_000
    )
    channel = serializers.ChoiceField(DunningChannel.values)
    promised_date = serializers.DateField(required=False, allow_null=True, default=None)
    note = serializers.CharField(required=False, default="", max_length=300, allow_blank=True)


class NoticesDone(serializers.Serializer[Any]):
    recorded = serializers.IntegerField(help_text="Agents without arrears are left out.")


COLUMNS = (
    "on", "id", "agent__code", "region__code", "level", "overdue_amount", "oldest_due", "channel",
    "promised_date", "note", "by__username", "at",
)  # fmt: skip
NAMES = tuple(NoticeShape().fields)
FILTERS = {
    "date_from": "on__gte",
    "date_to": "on__lte",
    "agent": "agent__code",
    "level": "level",
    "channel": "channel",
}


class Debts(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="debts_list",
        parameters=[DebtsQuery],
        responses=tabular(DebtPage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Debts by agent, how old they are and what secures them; agents' regions are those of now."""
        query = query_of(request, DebtsQuery)
        on = query.get("on") or clock.today()
        rows = debts_on(on, path=scope_of(query, user=person(request), on=on))
        asked = [row for row in rows if _is_asked_for(row, query)]
        return listed_values(
            request, query, asked, key=lambda row: row.code, show=_debt, name="debts"
        )


class Dunning(APIView):
    permission_classes = (can("sales.view"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="dunning_list",
        parameters=[DunningQuery],
        responses=tabular(OverduePage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Agents in arrears today, with the last reminder and whether a promise was broken."""
        query, today = query_of(request, DunningQuery), clock.today()
        rows = overdue_on(today, path=scope_of(query, user=person(request), on=today))
        asked = [row for row in rows if query.get("level") in (None, row.level)]
        return listed_values(
            request, query, asked, key=lambda row: row.debt.code, show=_overdue, name="dunning"
        )


class DunningNotices(APIView):
    permission_classes = (can("sales.view", "sales.record"),)
    renderer_classes = RENDERERS

    @extend_schema(
        operation_id="dunning_notices_list",
        parameters=[NoticesQuery],
        responses=tabular(NoticePage),
        tags=["money"],
    )
    def get(self, request: Request) -> HttpResponse:
        """Reminders that were given, the latest first."""
        query = query_of(request, NoticesQuery)
        on = query.get("date_to") or clock.today()
        rows = rows_asked_for(DunningNotice.objects, query, FILTERS, user=person(request), on=on)
        return listed_rows(
            request, query, rows, keys=("-on", "-id"), columns=COLUMNS,
            names=NAMES, name="dunning-notices",
        )  # fmt: skip

    @extend_schema(
        request=NewNoticesShape,
        responses={201: NoticesDone},
        parameters=[key_parameter(required=False)],
        tags=["money"],
    )
    def post(self, request: Request) -> HttpResponse:
        """Write down that agents in arrears were reminded today, and what they promised."""
        by, at = person(request), clock.now()
        sent = sent_of(request, NewNoticesShape)

        def work() -> HttpResponse:
            count = record_notices(
                sent["agents"],
                channel=DunningChannel(sent["channel"]),
                promised=sent["promised_date"],
                note=sent["note"],
                by=by,
                at=at,
            )
            return json_response({"recorded": count}, status=201)

        return once(request, work)


def _is_asked_for(row: Debt, query: dict[str, Any]) -> bool:
    words = search_key(query.get("search", ""))
    return (
        query.get("agent") in (None, row.code)
        and words in search_key(f"{row.code} {row.name}")
        and query.get("overdue") in (None, row.age.overdue > 0)
        and query.get("over_limit") in (None, row.over_amount > 0)
    )


def _debt(row: Debt) -> dict[str, Any]:
    return {
        "agent": row.code,
        "name": row.name,
        "region_name": row.region,
        "owed_amount": row.owed_amount,
        "overdue_amount": row.age.overdue,
        "ageing": ageing_shown(row.age),
        "oldest_due": row.age.oldest_due,
        "held_amount": row.held_amount,
        "pledged_amount": row.pledged_amount,
        "limit_amount": row.limit_amount,
        "over_amount": row.over_amount,
    }


def _overdue(row: Overdue) -> dict[str, Any]:
    return {
        "agent": row.debt.code,
        "name": row.debt.name,
        "region_name": row.debt.region,
        "level": row.level,
        "days": row.days,
        "overdue_amount": row.debt.age.overdue,
        "owed_amount": row.debt.owed_amount,
        "last_notice": row.last.on if row.last else None,
        "promised_date": row.last.promised_date if row.last else None,
        "promise_broken": row.is_promise_broken,
    }
