"""Addresses of the public site. Pages exist twice: in Vietnamese, and in English below /en/."""

from django.conf.urls.i18n import i18n_patterns
from django.urls import path
from django.views.generic import RedirectView

from backend.health import health
from sales.public.calendar import calendar, calendar_file
from sales.public.errors import bad_request, broken, not_found
from sales.public.frame import asset
from sales.public.live import live, live_json
from sales.public.news import news, news_feed, news_item
from sales.public.open_data import (
    calendar_json,
    open_data,
    prizes_json,
    result_json,
    results_csv,
    results_feed,
    results_json,
)
from sales.public.points import points, points_csv, points_json, points_of_commune
from sales.public.prizes import prizes
from sales.public.results import by_province, by_weekday, result, results
from sales.public.robots import robots, sitemap
from sales.public.tickets import tickets

handler400, handler404, handler500 = bad_request, not_found, broken

urlpatterns = [
    path("health/", health, name="health"),
    path("tep/<str:name>", asset, name="asset"),
    path("robots.txt", robots, name="robots"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("lich-quay.ics", calendar_file, name="calendar_file"),
    path("du-lieu/ket-qua.json", results_json, name="results_json"),
    path("du-lieu/ket-qua.csv", results_csv, name="results_csv"),
    path("du-lieu/ket-qua/<str:day>.json", result_json, name="result_json"),
    path("du-lieu/ket-qua.<str:kind>.xml", results_feed, name="results_feed"),
    path("du-lieu/diem-ban.json", points_json, name="points_json"),
    path("du-lieu/diem-ban.csv", points_csv, name="points_csv"),
    path("du-lieu/tin-tuc.<str:kind>.xml", news_feed, name="news_feed"),
    path("du-lieu/co-cau-giai.json", prizes_json, name="prizes_json"),
    path("du-lieu/truc-tiep.json", live_json, name="live_json"),
    path("du-lieu/lich-quay.json", calendar_json, name="calendar_json"),
    *i18n_patterns(
        path("", RedirectView.as_view(pattern_name="results"), name="start"),
        path("ket-qua/", results, name="results"),
        path("ket-qua/thu/<str:weekday>/", by_weekday, name="results_of_weekday"),
        path("ket-qua/tinh/<str:province>/", by_province, name="results_of_province"),
        path("ket-qua/<str:day>/", result, name="result"),
        path("lich-quay/", calendar, name="draw_calendar"),
        path("co-cau-giai-thuong/", prizes, name="prizes"),
        path("truc-tiep/", live, name="live"),
        path("do-ve/", tickets, name="tickets"),
        path("diem-ban/", points, name="points"),
        path("diem-ban/<str:code>/", points_of_commune, name="points_of_commune"),
        path("tin-tuc/", news, name="news"),
        path("tin-tuc/<slug:slug>/", news_item, name="news_item"),
        path("du-lieu/", open_data, name="open_data"),
        prefix_default_language=False,
    ),
]
