"""The shapes of requests and answers about files of lines, for the documentation."""

from typing import Any, Final

from rest_framework import serializers

from backend.api.pagination import PageQuery, page_shape
from sales.ledger.steps import Step
from sales.models import ImportKind, ImportState

#: Letters of the name of a sheet.
LONGEST_SHEET: Final = 100
_MOST_SUM: Final = 10**18


def name_of(step: Step) -> str:
    """As the API tells it."""
    return step.name.lower()


class UploadShape(serializers.Serializer[Any]):
    file = serializers.FileField(help_text=".xlsx, .xls or .csv, at most 20 MB.")
    kind = serializers.ChoiceField(ImportKind.values)
    sender = serializers.CharField(max_length=100)
    control_sum = serializers.IntegerField(
        required=False, allow_null=True, default=None, min_value=-_MOST_SUM, max_value=_MOST_SUM
    )
    draw_date = serializers.DateField(required=False, help_text="Where the file has no column.")
    product = serializers.CharField(required=False, max_length=20)
    year = serializers.IntegerField(required=False, help_text="Of a plan.")
    sheet = serializers.CharField(
        required=False, default="", max_length=100, help_text="Else the first with anything in it."
    )


class ColumnsShape(serializers.Serializer[Any]):
    """What is not sent stays as it is; null takes it back."""

    mapping = serializers.DictField(
        child=serializers.IntegerField(min_value=0), required=False, allow_null=True,
        help_text="Every field that has a column, from 0; null: guess. Of another sheet it is guessed.",
    )  # fmt: skip
    draw_date = serializers.DateField(
        required=False, allow_null=True, help_text="Where the file has no column."
    )
    product = serializers.CharField(required=False, allow_null=True, max_length=20)
    year = serializers.IntegerField(required=False, allow_null=True, help_text="Of a plan.")
    into = serializers.CharField(
        required=False, allow_null=True, max_length=20, help_text="Of payments: cash or bank."
    )
    control_sum = serializers.IntegerField(
        required=False, allow_null=True, min_value=-_MOST_SUM, max_value=_MOST_SUM
    )
    sheet = serializers.CharField(required=False, max_length=LONGEST_SHEET)


class ImportShape(serializers.Serializer[Any]):
    at = serializers.DateTimeField()
    key = serializers.UUIDField()
    kind = serializers.CharField(help_text=", ".join(ImportKind.values))
    sender = serializers.CharField()
    name = serializers.CharField()
    state = serializers.CharField(help_text=", ".join(ImportState.values))
    step = serializers.CharField(
        allow_null=True,
        help_text=f"Under way while `running` or `undoing`: {', '.join(map(name_of, Step))}.",
    )
    done = serializers.IntegerField(help_text="Steps of `total` that are done.")
    total = serializers.IntegerField()
    problem = serializers.CharField(help_text="Why the last recording or undoing came to nothing.")
    lines = serializers.IntegerField()
    batch = serializers.IntegerField(allow_null=True)
    undo_batch = serializers.IntegerField(allow_null=True)
    undo_reason = serializers.CharField()
    undo_by = serializers.CharField(allow_null=True, help_text="Username.")
    plan = serializers.IntegerField(allow_null=True, help_text="The version a plan was kept as.")
    by = serializers.CharField(help_text="Username.")


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


ImportPage = page_shape("ImportPage", ImportShape)


class ImportsQuery(PageQuery):
    state = serializers.ChoiceField(ImportState.values, required=False)
    kind = serializers.ChoiceField(ImportKind.values, required=False)
    sender = serializers.CharField(required=False, help_text="The whole name.")
    date_from = serializers.DateField(required=False, help_text="Brought on this day or later.")
    date_to = serializers.DateField(required=False, help_text="Brought on this day or before.")
