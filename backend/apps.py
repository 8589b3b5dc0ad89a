from django.apps import AppConfig
from django.contrib.admin import apps as admin


class BackendConfig(AppConfig):
    default = True
    name = "backend"
    verbose_name = "Giao Ban"


class GiaoBanAdminConfig(admin.AdminConfig):
    """Django's admin with our site, whose doors open by role."""

    default = False
    default_site = "backend.adminsite.GiaoBanAdmin"
