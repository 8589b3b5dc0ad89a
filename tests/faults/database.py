"""Where processes of our own find the test's database."""

from django.db import connection


def database_url() -> str:
    known = connection.settings_dict
    return (
        f"postgresql://{known['USER']}:{known['PASSWORD']}"
        f"@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    )
