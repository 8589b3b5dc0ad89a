"""/iclock/: the door for terminals that push. No login, no session; see `admission`.

A refusal is an HTTP error, and so is a database that cannot store: the terminal keeps what it has
and sends it again later. Bodies and keys are never logged.
"""

import logging
from collections.abc import Callable
from typing import Final

from django.db import Error as DatabaseError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views.decorators.csrf import csrf_exempt

from attendance.models import PushLink
from attendance.push import receiving as push
from attendance.push.admission import admit, note_heard, note_refusal
from attendance.push.refusals import (
    BadSerial,
    CutOff,
    PushRefused,
    TooLarge,
    UnknownTable,
    Unreadable,
)
from attendance.zk import adms, adms_reports
from backend import clock
from backend.callers import client_address
from backend.problems import Problem

log = logging.getLogger(__name__)

#: Firmware sends some hundred kilobytes at once at most.
MAX_BODY: Final = 4 * 1024 * 1024
#: Uploads that are not for us to have: accepted and forgotten unread, else they come again.
UNWANTED: Final = frozenset(
    {
        "ATTPHOTO", "BIODATA", "BIOPHOTO", "USERPIC", "FP", "FACE", "FVEIN", "FINGERTMP",
        "TEMPLATEV10", "IDCARD", "ERRORLOG", "WORKCODE", "SMS",
    }
)  # fmt: skip


Handler = Callable[[HttpRequest, str, str], bytes]


def _door(handler: Handler, *methods: str) -> Callable[[HttpRequest], HttpResponse]:
    """The view of a handler that takes request, serial number and the caller's address."""

    @csrf_exempt
    def view(request: HttpRequest) -> HttpResponse:
        if request.method not in methods:
            return _answer(b"ERROR: method", 405)
        try:
            serial = adms.serial_of(request.GET.get("SN", "") or request.GET.get("sn", ""))
            if not serial:
                raise BadSerial
            return _answer(handler(request, serial, client_address(request)))
        except PushRefused as refusal:
            return _answer(refusal.told, refusal.status)
        except Problem as problem:
            log.warning("push: %s", problem.code)
            return _answer(b"ERROR: not stored", 503)
        except DatabaseError as error:
            log.error("push: the database does not take it: %s", type(error).__name__)
            return _answer(b"ERROR: not stored", 503)

    return view


def _answer(body: bytes, status: int = 200) -> HttpResponse:
    response = HttpResponse(body, status=status, content_type="text/plain")
    response["Content-Length"] = str(len(body))
    return response


def _body(request: HttpRequest) -> bytes:
    """All of it. Raises TooLarge, CutOff, Unreadable."""
    if request.META.get("HTTP_CONTENT_ENCODING", "identity").lower() != "identity":
        raise Unreadable
    length = request.META.get("CONTENT_LENGTH") or ""
    if not length.isdecimal():
        raise CutOff
    if int(length) > MAX_BODY:
        raise TooLarge
    pieces: list[bytes] = []
    left = int(length)
    try:
        while left and (piece := request.read(left)):
            pieces.append(piece)
            left -= len(piece)
    except UnreadablePostError:
        raise CutOff from None
    if left:
        raise CutOff
    return b"".join(pieces)


def _admit(
    request: HttpRequest, serial: str, address: str, *, for_commands: bool = False
) -> PushLink:
    key = request.GET.get("pushcommkey")
    return admit(serial, address=address, key=key, at=clock.now(), for_commands=for_commands)


def _cdata(request: HttpRequest, serial: str, address: str) -> bytes:
    link = _admit(request, serial, address)
    if request.method == "POST":
        try:
            return _upload(request, link, address)
        except PushRefused as refusal:
            note_refusal(link, refusal, at=clock.now())
            raise
    if "options" in request.GET:
        return push.introduce(link, address=address, at=clock.now())
    note_heard(link, address=address, at=clock.now())
    return adms.OK


def _upload(request: HttpRequest, link: PushLink, address: str) -> bytes:
    table = request.GET.get("table", "").upper()
    stamp = request.GET.get("Stamp", "") or request.GET.get(f"{table}Stamp", "")
    if table in UNWANTED:
        _body(request)
        return adms.OK
    if request.GET.get("ContentType"):
        raise Unreadable
    body = _body(request)
    at = clock.now()
    if table == "ATTLOG":
        try:
            return adms.processed(push.attlog(link, body, stamp=stamp, address=address, at=at))
        except adms.NotThatTable:
            raise Unreadable from None
    if table == "OPERLOG":
        return adms.processed(push.operlog(link, body, stamp=stamp, address=address, at=at))
    if table == "OPTIONS":
        push.options(link, adms_reports.decode_options(body), at=at)
        return adms.OK
    raise UnknownTable


def _getrequest(request: HttpRequest, serial: str, address: str) -> bytes:
    link = _admit(request, serial, address, for_commands=True)
    at = clock.now()
    if told := request.GET.get("INFO"):
        push.options(link, adms_reports.decode_info(told), at=at)
    note_heard(link, address=address, at=at)
    return push.commands(link, has_commands=getattr(link, "has_commands", False), at=at)


def _devicecmd(request: HttpRequest, serial: str, address: str) -> bytes:
    link = _admit(request, serial, address)
    push.answers(link, _body(request), at=clock.now())
    return adms.OK


def _ping(request: HttpRequest, serial: str, address: str) -> bytes:
    note_heard(_admit(request, serial, address), address=address, at=clock.now())
    return adms.OK


def _registry(request: HttpRequest, serial: str, address: str) -> bytes:
    """Some firmware introduces itself here, and tells its options."""
    link = _admit(request, serial, address)
    if request.method == "POST":
        push.options(link, adms_reports.decode_options(_body(request)), at=clock.now())
    return adms.OK


cdata = _door(_cdata, "GET", "POST")
getrequest = _door(_getrequest, "GET")
devicecmd = _door(_devicecmd, "POST")
ping = _door(_ping, "GET")
registry = _door(_registry, "GET", "POST")
