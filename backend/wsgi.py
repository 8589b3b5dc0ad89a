"""The web process's entry point (granian, WSGI)."""

import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

from backend.garbage import loading

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
with loading():
    application = get_wsgi_application()
    import_module(settings.ROOT_URLCONF)
