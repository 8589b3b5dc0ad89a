"""What a page says to its reader."""

from django.http import HttpResponse


def text(answer: HttpResponse, status: int = 200) -> str:
    """The page's source with each run of white space as one space; its status must be the given one."""
    content = " ".join(answer.content.decode().split())
    assert answer.status_code == status, content
    return content
