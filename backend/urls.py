"""Joins the apps by name, so that backend imports none of them."""

from django.contrib import admin
from django.urls import include, path

from backend.health import health

handler404 = "backend.api.unrouted.not_found"
handler500 = "backend.api.unrouted.server_error"
urlpatterns = [
    path("", include("backend.pages.urls")),
    path("cham-cong/", include("attendance.urls")),
    path("iclock/", include("attendance.push.urls")),
    path("ban-ve/", include("sales.urls")),
    path("bao-cao/", include("reporting.urls")),
    path("giao-ban/", include("reporting.pages.briefing_urls")),
    path("nhiem-vu/", include("reporting.pages.task_urls")),
    path("tai-lieu/", include("reporting.pages.document_urls")),
    path("api/v1/", include("backend.api.urls")),
    path("api/v1/", include("attendance.api.urls")),
    path("api/v1/", include("sales.api.urls")),
    path("api/v1/", include("reporting.api.urls")),
    path("quan-tri/", admin.site.urls),
    path("health/", health, name="health"),
]
