"""Settings of the public site: a process of its own, without accounts, that only reads rows.

It signs and opens nothing, so where no keys are given it goes on with keys of its own.
"""

import os
import secrets

for _key, _made in (
    ("GIAOBAN_SECRET_KEY", secrets.token_urlsafe(50)),
    ("GIAOBAN_FIELD_KEYS", "A" * 43 + "="),
):
    if not os.environ.get(f"{_key}_FILE"):
        os.environ.setdefault(_key, _made)

from backend.env import BadSetting, env_list, env_str  # noqa: E402
from backend.settings import *  # noqa: E402, F403
from backend.settings import (  # noqa: E402
    ALLOWED_HOSTS,
    BEHIND_TLS,
    PUBLIC_DATABASE_URL,
    database,
)

#: The machine itself: health checks, and trying both sites without names of their own.
LOOPBACK = {"localhost", "127.0.0.1", "[::1]"}
INTERNAL_HOSTS = set(ALLOWED_HOSTS) - LOOPBACK
ALLOWED_HOSTS = env_list("GIAOBAN_PUBLIC_HOSTS", sorted(LOOPBACK))
if shared := INTERNAL_HOSTS.intersection(ALLOWED_HOSTS):
    raise BadSetting(
        "GIAOBAN_PUBLIC_HOSTS",
        f"{', '.join(shared)} is a name of the internal site (GIAOBAN_HOSTS)",
    )

#: What sales needs and nothing else: terminals, punches and reports are not even known here.
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.postgres",
    "pgtrigger",
    "pghistory",
    "backend",
    "backend.accounts",
    "backend.org",
    "backend.audit",
    "backend.jobs",
    "backend.mail",
    "backend.webhooks",
    "sales",
]
#: No session, no cookie, no form that changes anything.
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.middleware.http.ConditionalGetMiddleware",
    "sales.public.languages.LanguageOfAddress",
    "backend.null_characters.NoNullCharacters",
    "backend.far_days.FarDays",
    "django.middleware.common.CommonMiddleware",
]
ROOT_URLCONF = "sales.public.urls"
ASGI_APPLICATION = "sales.public.asgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "sales.public.frame.frame",
            ],
        },
    },
]

_OPEN = database(PUBLIC_DATABASE_URL)
DATABASES = {
    "default": {
        **_OPEN,
        # Each request has a thread of its own, so a connection kept open would wait for nobody.
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            "connect_timeout": 5,
            "application_name": env_str("GIAOBAN_PROCESS", "giaoban-public"),
            # Whatever goes wrong here, nothing is written, and no page may hold the server long.
            "options": "-c default_transaction_read_only=on -c statement_timeout=5000"
            " -c idle_in_transaction_session_timeout=10000",
        },
    }
}
#: Counts of callers live in the process; too many of them never push out those of honest ones.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 16_384
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
# No form changes anything here, so there is nothing to forge.
SILENCED_SYSTEM_CHECKS = ["security.W003"] + (
    ["security.W005", "security.W021"] if BEHIND_TLS else []
)
