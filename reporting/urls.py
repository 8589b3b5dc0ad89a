from django.urls import URLPattern, URLResolver, path

from reporting.pages.archive import (
    edition,
    edition_file,
    edition_new,
    edition_resend,
    edition_seen,
    editions,
)
from reporting.pages.comparing import edition_compare

urlpatterns: list[URLPattern | URLResolver] = [
    path("", editions, name="editions"),
    path("lap-ban-moi/", edition_new, name="edition_new"),
    path("<slug:code>/", edition, name="edition"),
    path("<slug:code>/so-sanh/", edition_compare, name="edition_compare"),
    path("<slug:code>/da-xem/", edition_seen, name="edition_seen"),
    path("<slug:code>/gui-lai/<int:pk>/", edition_resend, name="edition_resend"),
    path("<slug:code>/tep.<str:kind>", edition_file, name="edition_file"),
]
