"""Saved views of the explorer over the API: their questions, and where /summary/ answers them."""

from typing import Any
from urllib.parse import urlencode

from django.shortcuts import get_object_or_404
from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.permissions import acting, can
from backend.api.pagination import PageQuery, page_of_records, page_shape, query_of
from backend.pages.places import TERRITORY
from reporting.explorer.measures import COMMISSION, COMPARED, PLAN
from reporting.explorer.question import Question
from reporting.explorer.reports import question_of
from reporting.explorer.spans import Days
from reporting.models import SavedView


class SavedViewShape(serializers.Serializer[Any]):
    """A saved view; days told relatively are those of today."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    report = serializers.CharField(help_text="Its code as a report that can be scheduled.")
    owner = serializers.CharField(help_text="Login name.")
    shared_with = serializers.CharField(help_text="owner, everyone, or a role.")
    question = serializers.DictField(
        child=serializers.CharField(), help_text="As the address of /bao-cao/kham-pha/ says it."
    )
    date_from = serializers.DateField()
    date_to = serializers.DateField()
    summary = serializers.CharField(help_text="The address that tells its figures today.")


SavedViewPage = page_shape("SavedViewPage", SavedViewShape)


class SavedViews(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(operation_id="saved_views_list", parameters=[PageQuery], responses=SavedViewPage)
    def get(self, request: Request) -> Response:
        """One's own and those shared with one, the newest first."""
        query = query_of(request, PageQuery)
        views = SavedView.objects.visible_to(acting(request)).in_use().select_related("owner")
        page = page_of_records(
            views, request=request, keys=("-id",), show=_shown, query=query,
        )  # fmt: skip
        return Response(page)


class OneSavedView(APIView):
    permission_classes = (can("sales.view"),)

    @extend_schema(operation_id="saved_views_get", responses=SavedViewShape)
    def get(self, request: Request, pk: int) -> Response:
        """One of them."""
        views = SavedView.objects.visible_to(acting(request)).in_use().select_related("owner")
        return Response(_shown(get_object_or_404(views, pk=pk)))


def _shown(view: SavedView) -> dict[str, Any]:
    question = question_of(view)
    today = clock.today()
    days = question.days(last=today, now=today)
    values = {
        "id": view.pk,
        "name": view.name,
        "report": view.code,
        "owner": view.owner.username,
        "shared_with": view.shared_with,
        "question": question.written(),
        "date_from": days[0],
        "date_to": days[1],
        "summary": f"{reverse('api-summary')}?{urlencode(_asked(question, days))}",
    }
    return dict(SavedViewShape(values).data)


def _asked(question: Question, days: Days) -> dict[str, str]:
    """The question as /summary/ takes it, without what is usual."""
    is_territory = question.place.startswith(TERRITORY)
    level = next((each.level for each in question.dimensions if each.engine == "region"), "unit")
    said = {
        "date_from": f"{days[0]}",
        "date_to": f"{days[1]}",
        "by": ",".join(each.engine for each in question.dimensions),
        "level": "" if level == "unit" else level,
        "territory": question.place.removeprefix(TERRITORY) if is_territory else "",
        "region": "" if is_territory else question.place,
        "agent": question.agent,
        "product": question.product,
        "weekday": "" if question.weekday is None else f"{question.weekday}",
        "tree": "now" if question.tree else "",
        "plan": "true" if question.measure == PLAN else "",
        "commission": "true" if question.measure == COMMISSION else "",
        "compare": "true" if question.measure in COMPARED else "",
        "limit": "10000",
    }
    return {name: text for name, text in said.items() if text}
