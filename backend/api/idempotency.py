"""The same request twice has one effect and one answer (Idempotency-Key)."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, cast

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request

from backend import clock
from backend.api.auth import person
from backend.db import tried_again
from backend.held_keys import HeldKey, hold_key, keep_answer, name_of
from backend.jobs.handlers import in_one_transaction
from backend.models import IdempotencyRecord
from backend.problems import Problem

HEADER = "Idempotency-Key"
#: So long a request may come again and is known.
KEPT = timedelta(hours=24)
_KEY = re.compile(r"[\x21-\x7e]{1,200}")


class KeyMissing(Problem):
    code = "idempotency.key_missing"
    message = _(
        "Thiếu tiêu đề Idempotency-Key. Hãy gửi một mã riêng cho mỗi lần ghi (ví dụ UUID), "
        "và giữ nguyên mã đó khi gửi lại."
    )


class KeyMalformed(Problem):
    code = "idempotency.key_malformed"
    message = _("Idempotency-Key phải gồm từ 1 đến 200 ký tự ASCII, không có khoảng trắng.")


class KeyUsedForAnother(Problem):
    code = "idempotency.key_reused"
    status = 409
    message = _(
        "Idempotency-Key này đã dùng cho một yêu cầu có nội dung khác. Yêu cầu mới phải dùng mã mới."
    )


def key_parameter(*, required: bool) -> OpenApiParameter:
    return OpenApiParameter(
        HEADER,
        str,
        OpenApiParameter.HEADER,
        required=required,
        description="Your own name for this request; the same request again has no second effect.",
    )


def key_of(request: Request, *, required: bool) -> str:
    """The request's key, or "" where it may be absent. Raises KeyMissing, KeyMalformed."""
    key = request.headers.get(HEADER, "")
    if not key:
        if required:
            raise KeyMissing
        return ""
    if not _KEY.fullmatch(key):
        raise KeyMalformed
    return key


def answer_once(
    request: Request, *, key: str, at: datetime, work: Callable[[], HttpResponse]
) -> HttpResponse:
    """Do `work` and remember its answer, in one transaction; or give the remembered answer.

    A request with the same key that is still under way is waited for. An error leaves nothing
    behind, so the key may be used again after correction. Writers that stood in each other's way
    are tried again here, so that no deadlock reaches the sender. Raises KeyUsedForAnother.
    """
    return tried_again(lambda: _answer_once(request, key=key, at=at, work=work))


def once(request: Request, work: Callable[[], HttpResponse]) -> HttpResponse:
    """`answer_once` of a request that may carry a key."""
    return answer_once(request, key=key_of(request, required=False), at=clock.now(), work=work)


def forget_old_answers(*, at: datetime) -> int:
    """Let answers go that were kept long enough; how many."""
    return IdempotencyRecord.objects.filter(created_at__lt=at - KEPT).delete()[0]


run_due = in_one_transaction(forget_old_answers)


def _answer_once(
    request: Request, *, key: str, at: datetime, work: Callable[[], HttpResponse]
) -> HttpResponse:
    with transaction.atomic():
        if not key:
            return work()
        digest = _digest(request)
        held = _held(request, key=key, digest=digest, at=at)
        if not held.is_new:
            return _remembered(held, request, digest)
        response = work()
        keep_answer(held, response.status_code, response.content)
        return response


def _digest(request: Request) -> bytes:
    """Of the body; of a form what it says, for the boundary between its parts is another each time."""
    if not (request.content_type or "").startswith("multipart/"):
        return sha256(request._request.body).digest()
    said = sha256()
    for name, values in sorted(cast("QueryDict", request.data).lists()):
        for value in values:
            for part in (name, *_parts(value)):
                said.update(sha256(part if isinstance(part, bytes) else part.encode()).digest())
    return said.digest()


def _parts(value: Any) -> list[str | bytes]:
    """A field's text, or a file's name and content."""
    if not isinstance(value, UploadedFile):
        return [value]
    value.seek(0)
    content = value.read()
    value.seek(0)
    return [value.name or "", content]


def _held(request: Request, *, key: str, digest: bytes, at: datetime) -> HeldKey:
    def hold() -> HeldKey:
        by = person(request)
        return hold_key(key, user_id=by.pk, request=name_of(request), digest=digest, at=at)

    held = hold()
    if held.created_at < at - KEPT:  # long enough ago: a new request, whatever the old one was
        IdempotencyRecord.objects.filter(pk=held.pk).delete()
        held = hold()
    return held


def _remembered(held: HeldKey, request: Request, digest: bytes) -> HttpResponse:
    if held.request != name_of(request) or held.digest != digest:
        raise KeyUsedForAnother
    response = HttpResponse(held.answer, status=held.status, content_type="application/json")
    response["Idempotency-Hit"] = "true"
    return response
