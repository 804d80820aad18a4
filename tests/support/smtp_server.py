"""A real mail server for tests: strict about what it takes, and as difficult as a test wants it to be."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"
ADDRESS = "127.0.0.1"
LONGEST_LINE = 998  # bytes without the line end; RFC 5322, section 2.1.1
ONCE = ("From", "To", "Date", "Message-ID", "Subject", "Reply-To", "In-Reply-To", "References")  # RFC 5322, section 3.6
REQUIRED = ("From", "Date", "Message-ID")
START_SECONDS = 10.0
ARRIVAL_SECONDS = 20.0


@dataclass(frozen=True)
class Received:
    """An e-mail that was accepted: the addresses of its envelope, its bytes, and what they mean."""

    sender: str
    recipient: str
    raw: bytes
    message: EmailMessage


@dataclass
class SmtpServer:
    """Use as a context manager; all attributes may be changed while it runs.

    Attributes:
        tls: ``none``, ``starttls`` (required before anything else) or ``tls`` from the first byte on.
        login: username and password that are required; None: no login.
        refused: recipients that get 550.
        busy: so many recipients from now on get 451.
        offline_after: break off, without an answer, so many times after an e-mail was accepted.
        rude: break off instead of answering the goodbye.
        name: host name in the certificate (made on start, beside ``folder``).
    """

    folder: Path
    tls: str = "none"
    login: tuple[str, str] | None = None
    refused: set[str] = field(default_factory=set)
    busy: int = 0
    offline_after: int = 0
    rude: bool = False
    name: str = HOST
    messages: list[Received] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        context = self._certificate() if self.tls != "none" else None
        started = threading.Event()
        self._thread = threading.Thread(target=self._serve, args=(context, started), daemon=True)
        self._thread.start()
        assert started.wait(START_SECONDS), "the mail server of the tests did not start"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(START_SECONDS)

    @property
    def ca_file(self) -> Path:
        """The certificate that clients have to trust."""
        return self.folder / "smtp-certificate.pem"

    def wait_for(self, count: int, seconds: float = ARRIVAL_SECONDS) -> list[Received]:
        """All e-mails, as soon as there are ``count``."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.messages) >= count, seconds), (
                f"{len(self.messages)} of {count} e-mails arrived within {seconds} s"
            )
            return list(self.messages)

    # --- aiosmtpd calls these

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.busy > 0:
            self.busy -= 1
            return "451 4.3.2 come back later"
        if address in self.refused:
            return "550 5.1.1 nobody of that name here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        raw = envelope.original_content
        assert isinstance(raw, bytes)
        problem = problem_of(raw, utf8=bool(envelope.smtp_utf8))
        if problem:
            return f"554 5.6.0 {problem}"
        message = BytesParser(policy=policy.default).parsebytes(raw)
        assert isinstance(message, EmailMessage)
        with self._arrived:
            self.messages.append(Received(str(envelope.mail_from), envelope.rcpt_tos[0], raw, message))
            self._arrived.notify_all()
        if self.offline_after > 0:
            self.offline_after -= 1
            server.transport.abort()
        return "250 2.0.0 taken"

    async def handle_QUIT(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.rude:
            server.transport.abort()
        return "221 2.0.0 bye"

    def _authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        known = isinstance(data, LoginPassword) and self.login is not None
        right = known and (data.login.decode(), data.password.decode()) == self.login
        return AuthResult(success=right, handled=False)  # not handled: aiosmtpd sends the answer

    def _protocol(self, context: ssl.SSLContext | None) -> SMTP:
        return SMTP(
            self,
            hostname=self.name,
            enable_SMTPUTF8=True,
            tls_context=context if self.tls == "starttls" else None,
            require_starttls=self.tls == "starttls",
            auth_required=self.login is not None,
            auth_require_tls=self.tls == "starttls",
            auth_exclude_mechanism=() if self.login else ("LOGIN", "PLAIN"),
            authenticator=self._authenticate,
            loop=self._loop,
        )

    def _serve(self, context: ssl.SSLContext | None, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        direct = context if self.tls == "tls" else None
        server = self._loop.run_until_complete(
            self._loop.create_server(lambda: self._protocol(context), ADDRESS, self.port, ssl=direct)
        )
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
        self._loop.close()

    def _certificate(self) -> ssl.SSLContext:
        key_file = self.folder / "smtp-key.pem"
        write_certificate(self.ca_file, key_file, self.name)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.ca_file, key_file)
        return context


def problem_of(raw: bytes, *, utf8: bool = False) -> str | None:
    """What a strict server has against an e-mail; None: nothing."""
    head, _, _ = raw.partition(b"\r\n\r\n")
    if any(len(line) > LONGEST_LINE for line in raw.split(b"\r\n")):
        return f"a line is longer than {LONGEST_LINE} bytes"
    if b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""):
        return "a line does not end with CR LF"
    if not utf8 and not raw.isascii():
        return "it holds bytes outside ASCII"
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if line[:1] not in (b" ", b"\t")]
    missing = [name for name in REQUIRED if name not in names]
    if missing:
        return f"it lacks {', '.join(missing)}"
    doubled = [name for name in ONCE if names.count(name) > 1]
    return f"it has {doubled[0]} twice" if doubled else None


def write_certificate(certificate_file: Path, key_file: Path, name: str) -> None:
    """A self-signed certificate for ``name`` (and the loopback address when that is localhost)."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    names: list[x509.GeneralName] = [x509.DNSName(name)]
    if name == HOST:
        names.append(x509.IPAddress(ipaddress.ip_address(ADDRESS)))
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
