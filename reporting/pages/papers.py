"""Papers people send with a form."""

from django.http import HttpRequest

from backend.papers import Paper, paper_of


def sent_papers(request: HttpRequest, name: str = "files") -> list[Paper]:
    """The files of a form. Raises AttachmentTooLarge, AttachmentRefused."""
    return [paper_of(file.read(), name=file.name or "tep") for file in request.FILES.getlist(name)]
