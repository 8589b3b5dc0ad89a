from django.urls import URLPattern, URLResolver, path

from sales.pages.overview import overview

urlpatterns: list[URLPattern | URLResolver] = [path("", overview, name="sales")]
