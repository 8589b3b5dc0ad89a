"""The start page: the jobs of this person at a glance."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend import clock
from backend.pages.cards import home_cards


@login_required
def home(request: HttpRequest) -> HttpResponse:
    at = clock.now()
    assert request.user.is_authenticated  # noqa: S101 -- narrows the type for mypy
    return render(request, "home.html", {"cards": home_cards(user=request.user, at=at)})
