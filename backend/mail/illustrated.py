"""A mail whose HTML part has pictures inside: multipart/related, as every mail program knows it."""

from email.message import Message
from email.mime.image import MIMEImage
from typing import Any

from django.core.mail import EmailMultiAlternatives, SafeMIMEMultipart


class Illustrated(EmailMultiAlternatives):
    """HTML and its pictures stand together; readers of the plain part do not get them as files."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictures: list[MIMEImage] = []

    def illustrate(self, name: str, content: bytes, content_type: str) -> None:
        """Add the picture that the HTML names as cid:<name>."""
        picture = MIMEImage(content, _subtype=content_type.partition("/")[2])
        picture.add_header("Content-ID", f"<{name}>")
        picture.add_header("Content-Disposition", "inline", filename=name)
        self.pictures.append(picture)

    def _create_mime_attachment(self, content: Any, mimetype: str) -> Message:
        part: Message = super()._create_mime_attachment(content, mimetype)  # type: ignore[misc]
        if mimetype != "text/html" or not self.pictures:
            return part
        related = SafeMIMEMultipart(_subtype="related", encoding=self.encoding or "utf-8")
        related.attach(part)
        for picture in self.pictures:
            related.attach(picture)
        return related
