"""Schedules of reports and the proof of delivery over the API; both only to be read."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.accounts.permissions import acting, can
from backend.jobs import rules
from backend.jobs.models import Run
from reporting.delivery import Stage, stage_of
from reporting.models import Delivery, Edition, ReportSchedule
from reporting.scheduling import rule_of


class ReportScheduleShape(serializers.Serializer[Any]):
    """When a report is made; `rule` is for programs, `words` the same for people."""

    code = serializers.CharField()
    name = serializers.CharField()
    report = serializers.CharField()
    enabled = serializers.BooleanField()
    words = serializers.CharField()
    rule = serializers.JSONField()
    timezone = serializers.CharField()
    catch_up = serializers.CharField()
    owner = serializers.CharField(allow_null=True)
    next_runs = serializers.ListField(child=serializers.DateTimeField())


class DeliveryShape(serializers.Serializer[Any]):
    """One reader's copy and how far it got."""

    recipient = serializers.CharField()
    address = serializers.CharField()
    state = serializers.ChoiceField(choices=Stage.values)
    attempts = serializers.IntegerField()
    accepted_at = serializers.DateTimeField(allow_null=True)
    opened_at = serializers.DateTimeField(allow_null=True)
    acknowledged_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField()


class ReportSchedules(APIView):
    permission_classes = (can("reports.all"),)

    @extend_schema(responses=ReportScheduleShape(many=True))
    def get(self, request: Request) -> Response:
        """All schedules of reports, by name; none for people of one region."""
        kept = ReportSchedule.objects.select_related("schedule", "owner").order_by(
            "schedule__name", "pk"
        )
        if not acting(request).is_whole_company:
            kept = kept.none()
        coming: dict[int | None, list[Any]] = {}
        for run in Run.objects.coming().filter(schedule__in=[each.schedule_id for each in kept]):
            coming.setdefault(run.schedule_id, []).append(run.due_at)
        return Response([_shown(each, coming.get(each.schedule_id, [])) for each in kept])


class EditionDeliveries(APIView):
    permission_classes = (can("reports.all"),)

    @extend_schema(responses=DeliveryShape(many=True))
    def get(self, request: Request, code: str) -> Response:
        """Who got the edition, and what became of each copy."""
        edition = get_object_or_404(Edition.objects.visible_to(request.user), code=code)
        copies = edition.deliveries.select_related("mail", "recipient__user").order_by("pk")
        return Response([_copy(each) for each in copies])


def _shown(each: ReportSchedule, coming: list[Any]) -> dict[str, Any]:
    rule = rule_of(each.schedule)
    values = {
        "code": each.schedule.code,
        "name": each.schedule.name,
        "report": each.report,
        "enabled": each.schedule.enabled,
        "words": rules.sentence(rule) if rule else each.schedule.cron,
        "rule": each.schedule.rule,
        "timezone": each.schedule.timezone,
        "catch_up": each.schedule.catch_up,
        "owner": each.owner.username if each.owner else None,
        "next_runs": coming[:5],
    }
    return dict(ReportScheduleShape(values).data)


def _copy(each: Delivery) -> dict[str, Any]:
    values = {
        "recipient": str(each.recipient),
        "address": each.mail.recipient,
        "state": stage_of(each).value,
        "attempts": each.mail.attempt,
        "accepted_at": each.mail.accepted_at,
        "opened_at": each.opened_at,
        "acknowledged_at": each.acknowledged_at,
        "error": each.mail.last_error,
    }
    return dict(DeliveryShape(values).data)
