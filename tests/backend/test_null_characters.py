"""A NUL in an address or a form is a bad request, never a failure of the server."""

from backend.accounts.models import Role


def test_a_null_character_is_a_bad_request_wherever_it_stands(page, api):
    browser, client = page(Role.HR), api(Role.ADMINISTRATOR)
    for path in (
        "bang-cong/?phong=%00",
        "nguoi/7%00/",
        "may/?%00=1",
        "bang-cong/mau-01a/?phong=%00",
    ):
        answer = browser.get(f"/cham-cong/{path}")
        assert answer.status_code == 400
        assert "Yêu cầu không hợp lệ" in answer.content.decode()
    assert browser.post("/cham-cong/phan-ca/sua/", {"nv": "7\0"}).status_code == 400
    for path in ("timesheets/?department=%00", "employees/7%00/"):
        answer = client.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (400, "request.null_character")
