"""Pages that say no, in the frame of the public site."""

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseServerError
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return render(request, "public/not_found.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Without the frame where nobody knows which site was meant."""
    if not isinstance(exception, SuspiciousOperation):
        return render(request, "public/bad_request.html", status=400)
    return HttpResponse("Yêu cầu không hợp lệ. / Bad request.\n", "text/plain; charset=utf-8", 400)


def broken(request: HttpRequest) -> HttpResponse:
    """Without the frame: the database may be what is missing."""
    return HttpResponseServerError(
        "Trang đang gặp sự cố, xin thử lại sau ít phút. / Something went wrong, please try again.\n",
        "text/plain; charset=utf-8",
    )
