"""The menu's keys."""

from collections import Counter

from django.conf import settings


def test_a_key_of_the_menu_leads_to_one_page():
    keys = Counter(
        key for _group, rows in settings.NAVIGATION for _capability, _name, _label, key in rows
    )
    assert [key for key, count in keys.items() if count > 1] == []
