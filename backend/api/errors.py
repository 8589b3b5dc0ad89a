"""Errors of the API as RFC 9457 problem details, with stable codes and translated sentences."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import msgspec
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rest_framework import exceptions

from backend.problems import Problem

CONTENT_TYPE = "application/problem+json"


def problem_response(
    status: int,
    code: str,
    detail: str | Promise,
    *,
    errors: list[dict[str, Any]] | None = None,
    details: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """One problem document. `errors` lists faults: field, code, message, and row where it helps."""
    body: dict[str, Any] = {
        "type": f"urn:giaoban:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": str(detail),
        **(details or {}),
    }
    if errors is not None:
        body["errors"] = errors
    return HttpResponse(
        msgspec.json.encode(body, enc_hook=str), status=status, content_type=CONTENT_TYPE
    )


def handle(error: Exception, context: Mapping[str, Any]) -> HttpResponse | None:
    """DRF's exception handler. What it does not know is a bug and rises."""
    if isinstance(error, Problem):
        details = dict(error.details)
        errors = details.pop("errors", None)
        return problem_response(
            error.status, error.code, error.message, errors=errors, details=details
        )
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    if isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, RequestDataTooBig):
        return problem_response(
            413, "body.too_large", _("Nội dung gửi lên quá lớn; hãy chia thành nhiều lần gửi.")
        )
    if isinstance(error, exceptions.ParseError):  # tells the parser's own words otherwise
        return problem_response(
            400, _code(error), _("Nội dung gửi lên không đọc được: hãy gửi JSON hợp lệ (UTF-8).")
        )
    if isinstance(error, exceptions.ValidationError):
        return problem_response(
            400,
            "request.invalid",
            _("Yêu cầu có chỗ chưa đúng; xem từng trường được nêu."),
            errors=_field_errors(error.get_full_details()),
        )
    if isinstance(error, exceptions.APIException):
        return _drf_problem(error)
    return None


def _drf_problem(error: exceptions.APIException) -> HttpResponse:
    response = problem_response(error.status_code, _code(error), str(error.detail))
    if header := getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = header
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    return response


def _code(error: exceptions.APIException) -> str:
    codes = error.get_codes()
    return codes if isinstance(codes, str) else error.default_code


def _field_errors(details: Any, field: str = "") -> list[dict[str, Any]]:
    """DRF's nested details made flat: "lines.3.agent" and so on."""
    if isinstance(details, dict) and "message" in details and "code" in details:
        return [{"field": field, "code": details["code"], "message": str(details["message"])}]
    pairs = details.items() if isinstance(details, dict) else enumerate(details)
    return [
        fault
        for name, inner in pairs
        for fault in _field_errors(inner, _joined(field, name, is_last=_is_leaf(inner)))
    ]


def _is_leaf(details: Any) -> bool:
    return isinstance(details, dict) and "message" in details and "code" in details


def _joined(field: str, name: object, *, is_last: bool) -> str:
    if isinstance(name, int) and is_last:
        return field
    return f"{field}.{name}" if field else str(name)
