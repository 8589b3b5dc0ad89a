"""/iclock/, for terminals only: firmware has the addresses built in, some with .aspx behind."""

from django.urls import path

from attendance.push import views as push_views

urlpatterns = [
    path(f"{name}{suffix}", view)
    for name, view in (
        ("cdata", push_views.cdata),
        ("getrequest", push_views.getrequest),
        ("devicecmd", push_views.devicecmd),
        ("ping", push_views.ping),
        ("registry", push_views.registry),
    )
    for suffix in ("", ".aspx")
]
