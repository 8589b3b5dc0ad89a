"""Changing only what one has seen (ETag, If-Match), and not sending again what is known."""

from hashlib import sha256
from typing import Any

import msgspec
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend.api.bodies import json_response
from backend.api.pagination import sparse
from backend.problems import Problem


class VersionMissing(Problem):
    code = "version.missing"
    status = 428
    message = _(
        "Thiếu tiêu đề If-Match. Hãy đọc lại bản ghi, rồi gửi kèm ETag đã nhận để không ghi đè "
        "thay đổi của người khác."
    )


class VersionChanged(Problem):
    code = "version.changed"
    status = 412
    message = _("Bản ghi đã được người khác sửa. Hãy đọc lại, xem thay đổi rồi sửa tiếp.")


def match_parameter() -> OpenApiParameter:
    return OpenApiParameter(
        "If-Match",
        str,
        OpenApiParameter.HEADER,
        required=True,
        description="The ETag of the record as you read it, or * to change it whatever it is.",
    )


def tag_of(shown: dict[str, Any]) -> str:
    """The ETag of a record as it is shown whole, whichever of its fields were asked for."""
    return f'"{sha256(msgspec.json.encode(shown)).hexdigest()[:32]}"'


def versioned(request: Request, shown: dict[str, Any], *, status: int = 200) -> HttpResponse:
    """The record with its ETag, or 304 where the sender has this very version."""
    tag = tag_of(shown)
    if request.method == "GET" and tag in _tags(request, "If-None-Match"):
        response = HttpResponse(status=304)
    else:
        response = json_response(sparse(request, shown), status=status)
    response["ETag"] = tag
    return response


def check_version(request: Request, shown: dict[str, Any]) -> None:
    """Refuse to change what the sender has not seen. Raises VersionMissing, VersionChanged.

    Ask with the row locked: what was compared must still hold when it is changed.
    """
    tags = _tags(request, "If-Match")
    if not tags:
        raise VersionMissing
    if "*" not in tags and tag_of(shown) not in tags:
        raise VersionChanged


def _tags(request: Request, header: str) -> list[str]:
    return [tag.strip() for tag in request.headers.get(header, "").split(",") if tag.strip()]
