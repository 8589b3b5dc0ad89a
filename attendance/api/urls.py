from django.urls import URLPattern, URLResolver, path

from attendance.api.views import Punches, Timesheets

urlpatterns: list[URLPattern | URLResolver] = [
    path("timesheets/", Timesheets.as_view(), name="api-timesheets"),
    path("punches/", Punches.as_view(), name="api-punches"),
]
