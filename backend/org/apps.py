from django.apps import AppConfig


class OrgConfig(AppConfig):
    name = "backend.org"
    label = "org"
    verbose_name = "Tổ chức"
