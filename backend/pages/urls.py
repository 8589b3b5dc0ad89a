from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path
from django.views.i18n import set_language

from backend.audit.pages import changes
from backend.pages.home import home

urlpatterns = [
    path("", home, name="home"),
    path("dang-nhap/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    path("dang-xuat/", LogoutView.as_view(), name="logout"),
    path("nhat-ky/", changes, name="audit"),
    path("ngon-ngu/", set_language, name="set_language"),
]
