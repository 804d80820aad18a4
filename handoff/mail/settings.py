"""Where e-mail goes out: the section ``email`` of ``endpoints.yml``."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handoff.domain.errors import InvalidInput
from handoff.endpoints_file import Section, mistakes, read_section
from handoff.mail.address import Mailbox, parse_mailbox

SECTION = "email"
HINT = "host, from and so on; see docs/email.md"
DEFAULT_TIMEOUT = 20.0  # seconds for a whole sending; servers that check content answer in a few
LONGEST_TIMEOUT = 90.0  # seconds; well below the lease of an e-mail, or two workers would send it at once


class Security(StrEnum):
    """How the connection is encrypted."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


DEFAULT_PORTS = {Security.STARTTLS: 587, Security.TLS: 465, Security.NONE: 25}
"""RFC 6409 (submission), RFC 8314 (submission over TLS), RFC 5321."""


@dataclass(frozen=True)
class EmailSettings:
    """One mail server and how our e-mails present themselves.

    Attributes:
        sender: address in ``From``; its name is the team's, shown in brackets behind the agent's.
        timeout: seconds that one sending may take in all.
        footer: text below every e-mail, for example the company's address; empty: none.
        ca_file: certificates to trust instead of the system's.
    """

    host: str
    port: int
    security: Security
    sender: Mailbox
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    reply_to: Mailbox | None = None
    timeout: float = DEFAULT_TIMEOUT
    footer: str = ""
    ca_file: Path | None = None


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    host: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.:-]+$")]
    port: Annotated[int, Field(ge=1, le=65535)] | None = None
    security: Security = Security.STARTTLS
    allow_plain: bool = False
    username: str | None = None
    password: str | None = None
    sender: Annotated[str, Field(alias="from")]
    reply_to: str | None = None
    timeout: Annotated[float, Field(gt=0, le=LONGEST_TIMEOUT)] = DEFAULT_TIMEOUT
    footer: str = ""
    ca_file: str | None = None


def load_email_settings(endpoints_file: Path, environ: Mapping[str, str]) -> EmailSettings | None:
    """Return the settings in ``endpoints_file``, or None when it has no section ``email``: then e-mail is off.

    ``${NAME}`` in a value stands for the variable in ``environ``, as in all of Rasa's endpoints.

    Raises:
        ConfigurationError: the file cannot be read, a key is wrong or a variable is not set; the message names each key
            and the remedy, never a secret.
    """
    section = read_section(endpoints_file, SECTION, environ, HINT)
    if section is None:
        return None
    nested = [key for key, value in section.values.items() if not isinstance(value, str)]
    problems = [f"{key}: one value is needed here" for key in nested]
    problems += [*_password_problems(section), *section.problems]
    if problems:
        raise mistakes(endpoints_file, SECTION, problems)
    values = section.values
    try:
        parsed = _Section.model_validate(values)
    except ValidationError as error:
        problems = [f"{_key(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise mistakes(endpoints_file, SECTION, problems) from None  # pydantic's own error carries the values
    return _checked(endpoints_file, parsed)


def _password_problems(section: Section) -> list[str]:
    if "password" in section.values and "password" not in section.variables:
        return ["password: a password does not belong into a file; write ${SMTP_PASSWORD} and set that variable"]
    if ("username" in section.values) != ("password" in section.values):
        return ["username: username and password go together; give both or neither"]
    return []


def _checked(path: Path, parsed: _Section) -> EmailSettings:
    problems: list[str] = []
    sender = _mailbox("from", parsed.sender, problems)
    reply_to = _mailbox("reply_to", parsed.reply_to, problems) if parsed.reply_to else None
    problems += _plain_problems(parsed)
    if parsed.password is not None and not (parsed.password + (parsed.username or "")).isascii():
        problems.append("password: username and password can have ASCII characters only; give the account others")
    ca_file = path.parent / parsed.ca_file if parsed.ca_file else None
    if ca_file is not None:
        problems += _ca_problems(ca_file)
    if problems or sender is None:
        raise mistakes(path, SECTION, problems)
    return EmailSettings(
        host=parsed.host,
        port=parsed.port or DEFAULT_PORTS[parsed.security],
        security=parsed.security,
        sender=sender,
        username=parsed.username,
        password=parsed.password,
        reply_to=reply_to,
        timeout=parsed.timeout,
        footer=parsed.footer.strip(),
        ca_file=ca_file,
    )


def _mailbox(key: str, text: str, problems: list[str]) -> Mailbox | None:
    try:
        mailbox = parse_mailbox(text)
    except InvalidInput as error:
        problems.append(f"{key}: {error}")
        return None
    if not mailbox.address.isascii():
        problems.append(f"{key}: letters outside ASCII before the @ do not work with every server; use another address")
    return mailbox


def _plain_problems(parsed: _Section) -> list[str]:
    if parsed.security is not Security.NONE or _is_loopback(parsed.host):
        return []
    if not parsed.allow_plain:
        return [
            f"security: without encryption everybody between here and {parsed.host} could read along; use starttls "
            "or tls (or allow_plain: true in a network that is yours alone)"
        ]
    if parsed.password is not None:
        return ["password: it would travel unencrypted; use security: starttls or tls, or a server without login"]
    return []


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _ca_problems(ca_file: Path) -> list[str]:
    try:
        ssl.create_default_context(cafile=str(ca_file))
    except (OSError, ssl.SSLError) as error:
        reason = error.strerror or error
        return [f"ca_file: {ca_file} cannot be used ({reason}); it must be a file with certificates in PEM form"]
    return []


def _key(location: tuple[int | str, ...]) -> str:
    return str(location[0]) if location else "(the whole section)"
