from django.urls import URLPattern, URLResolver, path

from reporting.pages.archive import edition, edition_file, edition_new, editions

urlpatterns: list[URLPattern | URLResolver] = [
    path("", editions, name="editions"),
    path("lap-ban-moi/", edition_new, name="edition_new"),
    path("<slug:code>/", edition, name="edition"),
    path("<slug:code>/tep.<str:kind>", edition_file, name="edition_file"),
]
