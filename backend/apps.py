from django.apps import AppConfig
from django.contrib.admin import apps as admin

from backend.trigger_names import keep_names


class BackendConfig(AppConfig):
    default = True
    name = "backend"
    verbose_name = "Giao Ban"

    def __init__(self, *arguments: object) -> None:
        super().__init__(*arguments)  # type: ignore[arg-type]
        keep_names()


class GiaoBanAdminConfig(admin.AdminConfig):
    """Django's admin with our site, whose doors open by role."""

    default = False
    default_site = "backend.adminsite.GiaoBanAdmin"
