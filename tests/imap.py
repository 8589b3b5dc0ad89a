"""A real IMAP server over TLS on the loopback: one mailbox, the few commands a reader of it needs."""

import datetime as dt
import ipaddress
import re
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

PASSWORD = "s3cret"


@dataclass
class Folder:
    """The mails by UID (1, 2, …), and which of them are read; `port` once it is served."""

    mails: list[bytes]
    seen: set[int] = field(default_factory=set)
    fetched: list[int] = field(default_factory=list)
    port: int = 0


class _Talk(socketserver.StreamRequestHandler):
    """One client. Commands it does not know are refused, as a server does."""

    def handle(self) -> None:
        self.say("* OK ready")
        for line in self.rfile:
            tag, _, command = line.decode().strip().partition(" ")
            self.say(f"{tag} {self.answer(command)}")
            if command == "LOGOUT":
                return

    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def answer(self, command: str) -> str:
        box: Folder = self.server.folder  # type: ignore[attr-defined]
        if command == "CAPABILITY":
            self.say("* CAPABILITY IMAP4rev1")
        elif command.startswith("LOGIN"):
            return "OK done" if command == f'LOGIN bounces "{PASSWORD}"' else "NO wrong password"
        elif command.startswith("SELECT"):
            if command != 'SELECT "INBOX"':
                return "NO no such folder"
            self.say(f"* {len(box.mails)} EXISTS")
        elif command == "UID SEARCH UNSEEN":
            unseen = [uid for uid in range(1, len(box.mails) + 1) if uid not in box.seen]
            self.say("* SEARCH " + " ".join(map(str, unseen)))
        elif part := re.fullmatch(r"UID FETCH (\d+) \(BODY\.PEEK\[\]<0\.(\d+)>\)", command):
            uid, size = map(int, part.groups())
            box.fetched.append(uid)
            content = box.mails[uid - 1][:size]
            self.wfile.write(f"* {uid} FETCH (UID {uid} BODY[]<0> {{{len(content)}}}\r\n".encode())
            self.wfile.write(content + b")\r\n")
        elif stored := re.fullmatch(r"UID STORE (\d+) \+FLAGS\.SILENT \(\\Seen\)", command):
            box.seen.add(int(stored[1]))
        elif command not in ("LOGOUT", "CLOSE"):
            return "BAD unknown"
        return "OK done"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, folder: Folder, context: ssl.SSLContext) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.folder = folder
        self.socket = context.wrap_socket(self.socket, server_side=True)

    def handle_error(self, *_request: object) -> None:
        """A client that does not trust the certificate hangs up."""


@contextmanager
def serve(folder: Folder, certificate: Path) -> Iterator[Folder]:
    """Run the server in a thread with a certificate of its own, written to `certificate`."""
    _make(certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with _Server(folder, context) as server:
        folder.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield folder
        finally:
            server.shutdown()
            thread.join()


def _make(file: Path) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
