from django.urls import URLPattern, URLResolver, path

from backend.api.auth import Login, Logout
from backend.api.docs import Schema, docs

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login/", Login.as_view(), name="api-login"),
    path("auth/logout/", Logout.as_view(), name="api-logout"),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
