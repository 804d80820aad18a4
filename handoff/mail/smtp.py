"""Sends e-mails through one mail server.

Everything that may pass by itself is NotYet; what somebody has to mend is Undeliverable and says what to mend.
"""

from __future__ import annotations

import contextlib
import logging
import smtplib
import ssl
import time
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any, NoReturn

from handoff.domain.errors import InvalidInput
from handoff.mail.address import domain_of, wire_address
from handoff.mail.settings import EmailSettings, Security
from handoff.service.delivery import NotYet, Undeliverable

logger = logging.getLogger(__name__)

PERMANENT = 500  # RFC 5321, section 4.2.1: from here on, trying the same again is useless
LONGEST_ANSWER = 200  # characters of a server's answer that an error repeats


class _Smtp(smtplib.SMTP):
    """Bounds the whole dialogue: smtplib's own timeout begins anew with every answer."""

    def __init__(self, settings: EmailSettings, **options: Any) -> None:
        self._deadline = time.monotonic() + settings.timeout
        # the machine's own name is nobody's business, and slow to find
        own_name = domain_of(settings.sender.address)
        super().__init__(settings.host, settings.port, local_hostname=own_name, timeout=settings.timeout, **options)

    def getreply(self) -> tuple[int, bytes]:
        """Read an answer in what is left of the time."""
        left = self._deadline - time.monotonic()
        if left <= 0 or self.sock is None:
            raise TimeoutError("timed out")
        self.sock.settimeout(left)
        try:
            return super().getreply()
        except smtplib.SMTPServerDisconnected as error:
            if isinstance(error.__context__, TimeoutError):  # smtplib does not tell the two apart
                raise TimeoutError("timed out") from error
            raise


class _SmtpOverTls(_Smtp, smtplib.SMTP_SSL):
    pass


class SmtpMailer:
    """Sends through the server of ``settings``; a connection for each e-mail, for they are few. Safe across threads."""

    def __init__(self, settings: EmailSettings) -> None:
        self._settings = settings
        self._where = f"The mail server {settings.host}:{settings.port}"

    def send(self, message: EmailMessage, to: str) -> None:
        """Hand ``message`` over for ``to``; returns when the server has taken charge of it.

        Takes at most ``settings.timeout`` seconds (plus the look-up of the host name).

        Raises:
            NotYet: the server cannot be reached, is too slow or asks to come back later. After the e-mail was handed
                over a lost connection means that it may have arrived; sent again, it has the same Message-ID.
            Undeliverable: the server refuses for good, or the settings do not fit it; the message says what to change.
        """
        try:
            recipient = wire_address(to)
        except InvalidInput as error:
            raise Undeliverable(str(error)) from error
        with self._translated():
            server = self._connect()
            try:
                self._prepare(server)
                self._hand_over(server, message, recipient)
            finally:
                _leave(server)

    def _connect(self) -> smtplib.SMTP:
        if self._settings.security is Security.TLS:
            return _SmtpOverTls(self._settings, context=self._context())
        return _Smtp(self._settings)

    def _prepare(self, server: smtplib.SMTP) -> None:
        settings = self._settings
        server.ehlo_or_helo_if_needed()
        if settings.security is Security.STARTTLS:
            if not server.has_extn("starttls"):
                raise Undeliverable(
                    f"{self._where} does not offer STARTTLS. Check email.port, or set email.security: tls."
                )
            server.starttls(context=self._context())
            server.ehlo_or_helo_if_needed()
        if settings.username is not None and settings.password is not None:
            try:
                server.login(settings.username, settings.password)
            except (smtplib.SMTPResponseException, smtplib.SMTPServerDisconnected):
                raise
            except smtplib.SMTPException:  # smtplib's way to say that there is no login, or none that it knows
                raise Undeliverable(
                    f"{self._where} offers no login with a password. Remove email.username and email.password."
                ) from None

    def _hand_over(self, server: smtplib.SMTP, message: EmailMessage, recipient: str) -> None:
        international = not recipient.isascii() or getattr(message.policy, "utf8", False)
        if international and not server.has_extn("smtputf8"):
            raise Undeliverable(f"{self._where} cannot send to an address with letters outside ASCII before the @.")
        options = ["SMTPUTF8", "BODY=8BITMIME"] if international else []
        server.sendmail(self._settings.sender.address, [recipient], message.as_bytes(), options)

    def _context(self) -> ssl.SSLContext:
        ca_file = self._settings.ca_file
        return ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    @contextlib.contextmanager
    def _translated(self) -> Iterator[None]:
        """Errors of the library as ours. Without their cause: a server's answer to a login may repeat secrets."""
        try:
            yield
        except smtplib.SMTPAuthenticationError as error:
            self._refused(
                error.smtp_code,
                "did not accept the login. Check email.username in endpoints.yml and the variable of email.password.",
            )
        except smtplib.SMTPRecipientsRefused as error:
            code, answer = next(iter(error.recipients.values()))
            self._refused(code, f"does not take e-mail for this address: {self._said(answer)}")
        except smtplib.SMTPSenderRefused as error:
            self._refused(
                error.smtp_code, f"does not let us send as email.from of endpoints.yml: {self._said(error.smtp_error)}"
            )
        except smtplib.SMTPResponseException as error:
            self._refused(error.smtp_code, f"refused: {self._said(error.smtp_error)}")
        except smtplib.SMTPServerDisconnected:
            raise NotYet(f"{self._where} closed the connection.") from None
        except smtplib.SMTPException as error:
            raise Undeliverable(f"{self._where} does not speak as we do ({type(error).__name__}).") from None
        except ssl.SSLCertVerificationError as error:
            raise Undeliverable(
                f"{self._where} has no certificate that can be trusted ({error.verify_message}). Check email.host; for "
                "a certificate of your own, name the file of its authority in email.ca_file."
            ) from None
        except ssl.SSLError as error:
            if error.reason == "WRONG_VERSION_NUMBER":
                raise Undeliverable(
                    f"{self._where} does not begin with TLS. Set email.security: starttls, or check email.port."
                ) from None
            raise NotYet(f"{self._where} broke off the encryption ({error.reason}).") from None
        except TimeoutError:
            raise NotYet(
                f"{self._where} did not answer within {self._settings.timeout:g} s. If it stays so, check email.host, "
                "email.port and email.security."
            ) from None
        except OSError as error:
            raise NotYet(f"{self._where} cannot be reached ({error.strerror or type(error).__name__}).") from None

    def _refused(self, code: int, what: str) -> NoReturn:
        kind = Undeliverable if code >= PERMANENT else NotYet
        raise kind(f"{self._where} {what} ({code})") from None

    def _said(self, answer: bytes | str) -> str:
        text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
        line = "".join(character for character in " ".join(text.split()) if character.isprintable())
        if self._settings.password:
            line = line.replace(self._settings.password, "[removed]")
        return line[:LONGEST_ANSWER]


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye. The e-mail is accepted or refused already, so a failure here must not cause another sending."""
    try:
        server.quit()
    except (smtplib.SMTPException, OSError) as error:
        logger.debug("the mail server did not say goodbye: %s", type(error).__name__)
        server.close()
