"""E-mail goes through a real mail server, encrypted, and every way it can fail is told apart."""

from __future__ import annotations

import base64
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from handoff.domain.letters import ReplyMail
from handoff.domain.model import Sender
from handoff.domain.transcript import Line
from handoff.mail.address import Mailbox
from handoff.mail.compose import reply_email
from handoff.mail.settings import EmailSettings, Security, load_email_settings
from handoff.mail.smtp import SmtpMailer
from handoff.service.delivery import NotYet, Undeliverable
from tests.support.smtp_server import SmtpServer

NOW = datetime(2026, 11, 23, 14, 2, tzinfo=UTC)
ANNA = "anna@shopper.example"
LOGIN = ("desk", "pa:ss w\\ord/7")
REPLY = ReplyMail(
    to=ANNA,
    agent="Zo\u00eb de Vries",
    texts=("Your desk left us this morning.\n.\nFrom here it takes two days, Bj\u00f6rn says. " + "word " * 600,),
    handoff_id="h1",
    message_id="m7",
    at=NOW,
    subject="where an order is (FW-104233)",
    earlier=(Line(Sender.VISITOR, "where is FW-104233? " + "x" * 1200, NOW),),
    page_url="https://fernway.example/desks",
    timezone="Europe/Amsterdam",
)

Start = Callable[..., SmtpServer]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts mail servers that stop with the test."""
    with ExitStack() as stack:
        yield lambda **how: stack.enter_context(SmtpServer(tmp_path, **how))


def settings_for(server: SmtpServer, **changes: object) -> EmailSettings:
    settings = EmailSettings(
        host="localhost",
        port=server.port,
        security=Security(server.tls),
        sender=Mailbox("Fernway", "help@fernway.example"),
        username=server.login[0] if server.login else None,
        password=server.login[1] if server.login else None,
        timeout=10.0,
        ca_file=server.ca_file if server.tls != "none" else None,
    )
    return replace(settings, **changes)  # type: ignore[arg-type]


def send(settings: EmailSettings, mail: ReplyMail = REPLY) -> None:
    SmtpMailer(settings).send(reply_email(mail, settings), mail.to)


# aiosmtpd does not know when the whole connection is encrypted, and warns
@pytest.mark.filterwarnings("ignore:Requiring AUTH while not requiring TLS")
@pytest.mark.parametrize("tls", ["none", "starttls", "tls"])
@pytest.mark.parametrize("login", [None, LOGIN])
def test_arrives_as_it_was_written(start: Start, tls: str, login: tuple[str, str] | None) -> None:
    server = start(tls=tls, login=login)
    send(settings_for(server))
    (received,) = server.wait_for(1)
    assert (received.sender, received.recipient) == ("help@fernway.example", ANNA)
    message = received.message
    assert message["From"].addresses[0].display_name == "Zo\u00eb de Vries (Fernway)"
    assert message["Subject"] == "Re: where an order is (FW-104233)"
    text = message.get_content().replace("\r\n", "\n")
    assert text.startswith(REPLY.texts[0].strip())  # with its lone dot, its long line, and every letter
    assert "x" * 1200 in text


def test_from_the_file_to_the_mailbox(start: Start, tmp_path: Path) -> None:
    server = start(tls="starttls", login=LOGIN)
    (tmp_path / "endpoints.yml").write_text(
        "email:\n  host: localhost\n  port: ${MAIL_PORT}\n  from: Fernway <help@fernway.example>\n"
        f"  username: {LOGIN[0]}\n  password: ${{MAIL_PASSWORD}}\n  ca_file: {server.ca_file.name}\n"
        "  reply_to: team@fernway.example\n"
    )
    environ = {"MAIL_PORT": str(server.port), "MAIL_PASSWORD": LOGIN[1]}
    settings = load_email_settings(tmp_path / "endpoints.yml", environ)
    assert settings is not None
    send(settings)
    (received,) = server.wait_for(1)
    assert received.message["Reply-To"] == "team@fernway.example"


def test_addresses_beyond_ascii(start: Start) -> None:
    server = start()
    send(settings_for(server), replace(REPLY, to="zo\u00eb@stra\u00dfe.de"))
    (received,) = server.wait_for(1)
    assert received.recipient == "zo\u00eb@xn--strae-oqa.de"  # IDNA 2003 would send it to strasse.de, to somebody else
    assert "zo\u00eb@xn--strae-oqa.de".encode() in received.raw


def test_a_refused_recipient_is_final(start: Start) -> None:
    server = start(refused={ANNA})
    with pytest.raises(Undeliverable, match=r"does not take e-mail for this address.*nobody of that name.*\(550\)"):
        send(settings_for(server))
    assert server.messages == []


def test_a_busy_server_is_asked_again(start: Start) -> None:
    server = start(busy=2)
    for _ in range(2):
        with pytest.raises(NotYet, match="come back later"):
            send(settings_for(server))
    send(settings_for(server))
    assert len(server.messages) == 1


def test_a_broken_connection_after_the_handover_can_be_recognised(start: Start) -> None:
    server = start(offline_after=1)
    with pytest.raises(NotYet, match="closed the connection"):
        send(settings_for(server))
    send(settings_for(server))
    first, second = server.wait_for(2)
    assert first.raw == second.raw
    assert first.message["Message-ID"] == second.message["Message-ID"]


def test_an_impolite_goodbye_does_not_send_it_again(start: Start) -> None:
    server = start(rude=True)
    send(settings_for(server))  # an error here would make the outbox try again
    assert len(server.messages) == 1


def test_the_server_refuses_a_message_without_its_headers(start: Start) -> None:
    """The test server is strict, so the tests above mean something."""
    server = start()
    settings = settings_for(server)
    message = reply_email(REPLY, settings)
    del message["Message-ID"]
    with pytest.raises(Undeliverable, match=r"lacks Message-ID.*554"):
        SmtpMailer(settings).send(message, ANNA)


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_that_nobody_vouches_for(start: Start, tls: str) -> None:
    server = start(tls=tls)
    with pytest.raises(Undeliverable, match=r"no certificate that can be trusted.*email\.ca_file"):
        send(settings_for(server, ca_file=None))
    assert server.messages == []


@pytest.mark.parametrize("tls", ["starttls", "tls"])
def test_a_certificate_of_another_host(start: Start, tls: str) -> None:
    server = start(tls=tls, name="mail.elsewhere.example")
    with pytest.raises(Undeliverable, match=r"no certificate that can be trusted.*email\.host"):
        send(settings_for(server))
    assert server.messages == []


def test_encryption_is_never_given_up(start: Start) -> None:
    server = start(tls="none")
    with pytest.raises(Undeliverable, match="does not offer STARTTLS"):
        send(settings_for(server, security=Security.STARTTLS))
    with pytest.raises(Undeliverable, match=r"does not begin with TLS.*starttls"):
        send(settings_for(server, security=Security.TLS))
    assert server.messages == []


def test_a_wrong_password_names_the_remedy_and_no_secret(start: Start, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    server = start(tls="starttls", login=LOGIN)
    wrong = "not-the-password"
    with pytest.raises(Undeliverable, match=r"did not accept the login.*email\.username.*\(535\)") as caught:
        send(settings_for(server, password=wrong))
    seen = f"{caught.value!r} {caught.value.__cause__!r} {caplog.text}"
    for secret in (wrong, base64.b64encode(f"\0{LOGIN[0]}\0{wrong}".encode()).decode()):
        assert secret not in seen
    assert caught.value.__suppress_context__


def test_a_server_without_login(start: Start) -> None:
    server = start()
    with pytest.raises(Undeliverable, match=r"offers no login with a password\. Remove email\.username"):
        send(settings_for(server, username="desk", password="secret"))


def test_nobody_listens(start: Start) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        settings = settings_for(start(), port=unused.getsockname()[1])
        with pytest.raises(NotYet, match="cannot be reached"):
            send(settings)


def test_no_such_host(start: Start) -> None:
    with pytest.raises(NotYet, match="cannot be reached"):
        send(settings_for(start(), host="mail.invalid"))


@pytest.mark.parametrize("greeting", [b"", b"220 here\r\n"], ids=["silent", "silent after the greeting"])
def test_a_server_that_does_not_answer(start: Start, greeting: bytes) -> None:
    with Answering([greeting]) as port, pytest.raises(NotYet, match=r"did not answer within 0\.3 s"):
        send(settings_for(start(), port=port, timeout=0.3))


def test_many_slow_answers_do_not_add_up(start: Start) -> None:
    """Each answer comes in time, and still the whole is over after ``timeout``."""
    with Answering([b"220 here\r\n"], endless=b"250-more\r\n250 end\r\n", pause=0.15) as port:
        settings = settings_for(start(), port=port, timeout=0.5)
        with pytest.raises(NotYet, match=r"did not answer within 0\.5 s"):
            send(settings)


@pytest.mark.parametrize(("answer", "kind"), [(b"421 closing\r\n", NotYet), (b"554 go away\r\n", Undeliverable)])
def test_refused_at_the_door(start: Start, answer: bytes, kind: type[Exception]) -> None:
    with Answering([answer]) as port, pytest.raises(kind, match=answer[:3].decode()):
        send(settings_for(start(), port=port))


def test_what_a_server_says_is_repeated_without_the_password(start: Start) -> None:
    with Answering([b"554 go away with your hunter2\x1b[2J\r\n"]) as port:
        settings = settings_for(start(), port=port, username="desk", password="hunter2")
        with pytest.raises(Undeliverable) as caught:
            send(settings)
    assert "go away with your [removed][2J (554)" in str(caught.value)


class Answering:
    """A listener that says ``answers``, and then ``endless`` after each line that it gets."""

    def __init__(self, answers: list[bytes], *, endless: bytes = b"", pause: float = 0.0) -> None:
        self._answers, self._endless, self._pause = answers, endless, pause
        self._stop = threading.Event()

    def __enter__(self) -> int:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        port: int = self._socket.getsockname()[1]
        return port

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(10)
        self._socket.close()

    def _serve(self) -> None:
        connection, _ = self._socket.accept()
        with connection, connection.makefile("rb") as lines:
            for answer in self._answers:
                connection.sendall(answer)
            if not self._endless:
                self._stop.wait(10)
                return
            for _ in lines:
                self._stop.wait(self._pause)
                try:
                    connection.sendall(self._endless)
                except OSError:
                    return  # the mailer has given up, as it should
