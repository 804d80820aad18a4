"""Where e-mail goes out: the section ``email`` of ``endpoints.yml``."""

from __future__ import annotations

import ipaddress
import re
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from handoff.domain.errors import ConfigurationError, InvalidInput
from handoff.mail.address import Mailbox, parse_mailbox

SECTION = "email"
DEFAULT_TIMEOUT = 20.0  # seconds for a whole sending; servers that check content answer in a few
LONGEST_TIMEOUT = 90.0  # seconds; well below the lease of an e-mail, or two workers would send it at once

_VARIABLE = re.compile(r"\$\{(\w+)\}")


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
    written = _section(endpoints_file)
    if written is None:
        return None
    problems = _password_problems(written)
    values, unset = _expanded(written, environ)
    problems += unset
    if problems:
        raise _mistakes(endpoints_file, problems)
    try:
        parsed = _Section.model_validate(values)
    except ValidationError as error:
        problems = [f"{_key(problem['loc'])}: {problem['msg']}" for problem in error.errors()]
        raise _mistakes(endpoints_file, problems) from None  # pydantic's own error carries the values
    return _checked(endpoints_file, parsed)


def _section(path: Path) -> dict[str, str] | None:
    """The section as it is written, every value a string; keys without a value are left out.

    Nodes and not values are read: Rasa changes PyYAML's loaders for the whole process so that they expand variables,
    and it must be seen here whether a password is a variable.
    """
    try:
        document = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.SafeLoader)
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read ({error.strerror}); restore it.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(document, yaml.MappingNode):
        return None
    node = next((value for key, value in document.value if key.value == SECTION), None)
    if node is None or (isinstance(node, yaml.ScalarNode) and _is_empty(node)):
        return None
    if not isinstance(node, yaml.MappingNode):
        raise _mistakes(path, ["the section must hold keys: host, from and so on; see docs/email.md"])
    wrong = [f"{key.value}: one value is needed here" for key, value in node.value if not _is_scalar(value)]
    if wrong:
        raise _mistakes(path, wrong)
    return {key.value: value.value for key, value in node.value if not _is_empty(value)}


def _is_scalar(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode)


def _is_empty(node: yaml.ScalarNode) -> bool:
    return node.tag == "tag:yaml.org,2002:null" or node.value == ""


def _expanded(written: dict[str, str], environ: Mapping[str, str]) -> tuple[dict[str, str], list[str]]:
    values, problems = {}, []
    for key, text in written.items():
        unset = [name for name in _VARIABLE.findall(text) if not environ.get(name)]
        problems += [f"{key}: the variable {name} is not set; set it where the program starts" for name in unset]
        values[key] = _VARIABLE.sub(lambda found: environ.get(found[1], ""), text)
    return values, problems


def _password_problems(written: dict[str, str]) -> list[str]:
    password = written.get("password")
    if password is not None and not _VARIABLE.fullmatch(password):
        return ["password: a password does not belong into a file; write ${SMTP_PASSWORD} and set that variable"]
    if ("username" in written) != (password is not None):
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
        raise _mistakes(path, problems)
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


def _mistakes(path: Path, problems: list[str]) -> ConfigurationError:
    lines = "\n".join(f"  {SECTION}.{problem}" for problem in problems)
    return ConfigurationError(f"{path} has mistakes in its section '{SECTION}':\n{lines}")
