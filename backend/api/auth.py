"""Tokens: what the database keeps is a digest, and a token ends by itself (REST_KNOX)."""

from typing import Any, cast

from axes.models import AccessLog
from django.conf import settings
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from knox.models import AuthToken
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend import clock
from backend.accounts.models import User
from backend.callers import client_address
from backend.problems import Problem


class WrongCredentials(Problem):
    code = "login.refused"
    status = 401
    message = _("Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đã bị khóa.")


class TooManyAttempts(Problem):
    code = "login.locked"
    status = 429
    message = _("Đăng nhập sai quá nhiều lần. Hãy thử lại sau một giờ, hoặc nhờ người quản trị.")


def person(request: Request) -> User:
    """Who is asking; only behind a permission that lets nobody anonymous in."""
    return cast("User", request.user)


class LoginRequest(serializers.Serializer[Any]):
    username = serializers.CharField(max_length=150)
    password = serializers.CharField(
        max_length=1_000, trim_whitespace=False, style={"input_type": "password"}
    )


class LoginAnswer(serializers.Serializer[Any]):
    token = serializers.CharField(help_text="Send it as: Authorization: Token <token>")
    expires_at = serializers.DateTimeField()


class Login(APIView):
    """Exchange username and password for a token. The token is shown this once."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=LoginRequest, responses=LoginAnswer, tags=["auth"])
    def post(self, request: Request) -> Response:
        form = LoginRequest(data=request.data)
        form.is_valid(raise_exception=True)
        plain = request._request
        user = authenticate(plain, **form.validated_data)
        if getattr(plain, "axes_locked_out", False):
            plain.axes_locked_out = False  # type: ignore[attr-defined]  # the answer is ours
            raise TooManyAttempts
        if user is None:
            raise WrongCredentials
        instance, token = AuthToken.objects.create(user)
        _drop_surplus(instance)
        _note(plain, user)
        return Response({"token": token, "expires_at": instance.expiry})


def _note(request: HttpRequest, user: Any) -> None:
    """Who has come in from where, as after a login on the page; here there is no session."""
    AccessLog.objects.create(
        username=user.get_username(),
        ip_address=client_address(request),
        user_agent=request.headers.get("User-Agent", "")[:255],
        path_info=request.path_info[:255],
    )


def _drop_surplus(newest: Any) -> None:
    """Delete the person's ended tokens, and the oldest ones beyond the limit."""
    tokens = AuthToken.objects.filter(user=newest.user)
    good = tokens.filter(expiry__gt=clock.now()).order_by("-created", "pk")
    kept = good.values_list("pk", flat=True)[: settings.REST_KNOX["TOKEN_LIMIT_PER_USER"]]
    tokens.exclude(pk__in=list(kept)).delete()


class Logout(APIView):
    """End the token the request came with."""

    @extend_schema(request=None, responses={204: None}, tags=["auth"])
    def post(self, request: Request) -> HttpResponse:
        request.auth.delete()
        return HttpResponse(status=204)
