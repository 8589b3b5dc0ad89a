"""The public site's entry point (granian, ASGI)."""

import os

from django.core.asgi import get_asgi_application

# Never with other settings, whatever the environment says: they would open other doors.
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.public_settings"
application = get_asgi_application()
