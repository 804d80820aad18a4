"""Header values, encoded and folded here.

The standard library's own folding (``email.policy.SMTP`` in Python 3.11) drops the quotes around a long name and turns
long message ids into encoded words, which no program recognises. A message with :func:`blank_message` keeps values as
they are written; whoever writes one uses the functions of this module.
"""

from __future__ import annotations

from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from email.utils import quote
from typing import Any

from handoff.mail.address import Mailbox

MAX_SUBJECT_LENGTH = 120  # characters; mail programs show about 70 in a list
ENCODED_LINE = 75  # RFC 2047, section 2: the longest encoded word
FOLD = "\r\n "


class _AsWritten(EmailPolicy):
    """Keeps header values as they were set; reading one still decodes it."""

    def header_store_parse(self, name: str, value: Any) -> tuple[str, Any]:
        """Do not parse, so that nothing is folded again."""
        return name, value


def blank_message(*, utf8: bool) -> EmailMessage:
    """A message without headers. ``utf8``: an address in it has letters outside ASCII (RFC 6532)."""
    return EmailMessage(policy=_AsWritten(linesep="\r\n", refold_source="none", utf8=utf8))


def mailbox_value(mailbox: Mailbox) -> str:
    """``"Sanne de Vries (Fernway)" <help@fernway.example>``"""
    if not mailbox.name:
        return mailbox.address
    if _is_plain(mailbox.name):
        return f'"{quote(mailbox.name)}" <{mailbox.address}>'
    return f"{_encoded(mailbox.name)}{FOLD}<{mailbox.address}>"


def subject_value(text: str) -> str:
    """``text`` in one line of at most :data:`MAX_SUBJECT_LENGTH` characters."""
    line = " ".join(text.split())  # also splits at every character that str.splitlines takes for a line break
    shown = "".join(character for character in line if character.isprintable())
    if len(shown) > MAX_SUBJECT_LENGTH:
        shown = shown[: MAX_SUBJECT_LENGTH - 1].rstrip() + "\u2026"
    return shown if _is_plain(shown) else _encoded(shown)


def ids_value(ids: list[str]) -> str:
    """Message ids, one a line."""
    return FOLD.join(ids)


def _is_plain(text: str) -> bool:
    """Whether a header can hold ``text`` as it is: in ASCII, and nothing that looks like an encoded word."""
    return text.isascii() and "=?" not in text


def _encoded(text: str) -> str:
    return Header(text, "utf-8", maxlinelen=ENCODED_LINE, header_name="Subject").encode(linesep="\r\n")
