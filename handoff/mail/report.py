"""The weekly report as an e-mail: HTML, and the same as plain text."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime

from handoff.domain.clean_text import scrub
from handoff.mail.compose import mail_id, new_message
from handoff.mail.headers import subject_value
from handoff.mail.settings import EmailSettings

REPORT_MAIL = "report"
"""Outbox kind; its payload: ``to``, the ``week``'s Monday, and ``at``, when it was due."""
ENCODING = "quoted-printable"  # passes every server, and no line of it is longer than 76


@dataclass(frozen=True)
class Letter:
    """What is written: a subject, a page, and its words."""

    subject: str
    html: str
    text: str


def report_email(letter: Letter, to: str, at: datetime, settings: EmailSettings) -> EmailMessage:
    """The e-mail with ``letter``; the same one always has the same id.

    Raises:
        InvalidInput: no e-mail can be sent to the address.
    """
    message = new_message(to, settings.sender, settings)
    message["Subject"] = subject_value(letter.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = mail_id("report", f"{letter.subject}/{at.isoformat()}/{to}", settings)
    # RFC 3834: nobody wrote this one, so nobody's holiday notice should answer it
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(scrub(letter.text), charset="utf-8", cte=ENCODING)
    message.add_alternative(scrub(letter.html), subtype="html", charset="utf-8", cte=ENCODING)
    return message
