from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularAPIView

from backend.api.auth import Login, Logout
from backend.api.docs import docs

urlpatterns: list[URLPattern | URLResolver] = [
    path("auth/login/", Login.as_view(), name="api-login"),
    path("auth/logout/", Logout.as_view(), name="api-logout"),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", docs, name="api-docs"),
]
