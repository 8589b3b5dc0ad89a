"""The web process's entry point (granian, WSGI)."""

import gc
import os
from importlib import import_module

from django.conf import settings
from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
gc.disable()
application = get_wsgi_application()
import_module(settings.ROOT_URLCONF)
# The program stays: who answers is not to look for garbage in it again and again.
gc.freeze()
gc.enable()
