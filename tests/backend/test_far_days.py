"""A day or month at the calendar's very end is a bad request, never a failure of the server."""

import pytest

from backend.accounts.models import Role


@pytest.mark.parametrize(
    ("role", "asked"),
    [
        (Role.SALES_MANAGER, "accounting/?month=9999-12"),
        (Role.SALES_MANAGER, "overdue-interest/?month=9999-12"),
        (Role.SALES_MANAGER, "sales/summary/?date_from=9999-12-31&date_to=9999-12-31"),
        (Role.HR, "punches/?date_from=0001-01-01&date_to=9999-12-31"),
    ],
)
def test_the_api_answers_with_a_problem(api, role, asked):
    answer = api(role).get(f"/api/v1/{asked}")
    assert (answer.status_code, answer.json()["code"]) == (400, "request.day_out_of_range")


def test_a_page_says_the_request_is_not_valid(page):
    answer = page(Role.SALES_MANAGER).get("/ban-ve/?thang=9999-12")
    assert answer.status_code == 400
    assert "Yêu cầu không hợp lệ" in answer.content.decode()
