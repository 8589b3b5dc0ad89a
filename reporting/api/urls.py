from django.urls import URLPattern, URLResolver, path

from reporting.api.editions import Editions, OneEdition

urlpatterns: list[URLPattern | URLResolver] = [
    path("editions/", Editions.as_view(), name="api-editions"),
    path("editions/<slug:code>/", OneEdition.as_view(), name="api-edition"),
]
