from django.urls import URLPattern, URLResolver, path

from reporting.pages.archive import (
    edition,
    edition_file,
    edition_new,
    edition_resend,
    edition_seen,
    editions,
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", editions, name="editions"),
    path("lap-ban-moi/", edition_new, name="edition_new"),
    path("<slug:code>/", edition, name="edition"),
    path("<slug:code>/da-xem/", edition_seen, name="edition_seen"),
    path("<slug:code>/gui-lai/<int:pk>/", edition_resend, name="edition_resend"),
    path("<slug:code>/tep.<str:kind>", edition_file, name="edition_file"),
]
