from django.urls import URLPattern, URLResolver, path

from sales.pages.overview import overview
from sales.pages.results import draw_publish, draw_result, results
from sales.pages.tickets import ticket_check

urlpatterns: list[URLPattern | URLResolver] = [
    path("", overview, name="sales"),
    path("ket-qua/", results, name="results"),
    path("ket-qua/<str:day>/", draw_result, name="draw_result"),
    path("ket-qua/<str:day>/cong-bo/", draw_publish, name="draw_publish"),
    path("do-ve/", ticket_check, name="ticket_check"),
]
