"""Makes e-mails of letters. Pure: the same letter gives the same bytes, however often it is sent."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from email.message import EmailMessage
from email.utils import format_datetime

from handoff.domain.clean_text import scrub
from handoff.domain.letters import ReplyMail, TranscriptMail
from handoff.domain.model import Sender
from handoff.domain.transcript import Line, conversation_text, dated_blocks, day_words, zone_of
from handoff.mail.address import Mailbox, domain_of, plain_name, wire_address
from handoff.mail.headers import blank_message, ids_value, mailbox_value, subject_value
from handoff.mail.settings import EmailSettings

QUOTED_LINES = 40  # about a screen; the reply, not what was said before, is what the visitor opens the e-mail for
QUOTED_LINES_A_MESSAGE = 10  # a long answer of the assistant must not push out everything else
QUOTE_WIDTH = 72  # with "> " and two levels of quoting it stays within the 78 of RFC 5322
MAX_REFERENCES = 10  # RFC 5322 sets no limit; a thread needs its root and its latest messages
MAX_URL_LENGTH = 2000  # what browsers and mail programs open without trouble
ID_LENGTH = 32  # hexadecimal characters of a hash, 128 bits: no two messages ever share an id

_WEB_ADDRESS = re.compile(r"https?://[^\s<>\"\\^`{|}\x00-\x20\x7f]+")


def reply_email(mail: ReplyMail, settings: EmailSettings) -> EmailMessage:
    """The e-mail with an agent's replies.

    Raises:
        InvalidInput: no e-mail can be sent to the address, or the agent's name holds control characters.
    """
    team = settings.sender.name
    agent = plain_name(mail.agent, "The agent's name")
    shown = f"{agent} ({team})" if team and team != agent else agent
    message = new_message(mail.to, Mailbox(shown, settings.sender.address), settings)
    message["Subject"] = subject_value(f"Re: {mail.subject or _general_subject(team)}")
    message["Date"] = format_datetime(mail.at)
    thread = [mail_id("handoff", mail.handoff_id, settings)]
    thread += [_reply_id(mail.handoff_id, earlier, settings) for earlier in mail.sent_before]
    message["Message-ID"] = _reply_id(mail.handoff_id, mail.message_id, settings)
    message["In-Reply-To"] = thread[-1]
    message["References"] = ids_value([thread[0], *thread[1:][-(MAX_REFERENCES - 1) :]])
    parts = [*(text.strip() for text in mail.texts), f"{agent}\n{team}".strip(), _go_on(mail.page_url)]
    if mail.earlier:
        parts.append(_said_before(mail.earlier, mail.timezone))
    return _with_text(message, parts, settings)


def transcript_email(mail: TranscriptMail, settings: EmailSettings) -> EmailMessage:
    """The e-mail with a whole conversation.

    Raises:
        InvalidInput: no e-mail can be sent to the address.
    """
    team = settings.sender.name
    zone, zone_name = zone_of(mail.timezone)
    began = mail.lines[0].at if mail.lines else mail.at
    message = new_message(mail.to, settings.sender, settings)
    message["Subject"] = subject_value(f"{_general_subject(team)} on {day_words(began.astimezone(zone).date())}")
    message["Date"] = format_datetime(mail.at)
    message["Message-ID"] = mail_id("transcript", mail.request_id, settings)
    # RFC 3834: nobody wrote this one, so nobody's holiday notice should answer it
    message["Auto-Submitted"] = "auto-generated"
    parts = [
        f"Here is the chat that you asked us to send (times: {zone_name}).",
        conversation_text(mail.lines, mail.timezone),
        _go_on(mail.page_url),
        "This address was entered in a chat on our site. If that was not you, somebody mistyped theirs; you can delete "
        "this e-mail, and we send nothing further because of it.",
    ]
    return _with_text(message, parts, settings)


def new_message(to: str, sender: Mailbox, settings: EmailSettings) -> EmailMessage:
    """A message without subject and text.

    Raises:
        InvalidInput: no e-mail can be sent to the address.
    """
    recipient = wire_address(to)
    message = blank_message(utf8=not recipient.isascii())
    message["From"] = mailbox_value(sender)
    message["To"] = recipient
    if settings.reply_to is not None:
        message["Reply-To"] = mailbox_value(settings.reply_to)
    return message


def _with_text(message: EmailMessage, parts: Sequence[str], settings: EmailSettings) -> EmailMessage:
    text = "\n\n".join(part for part in parts if part)
    if settings.footer:
        text += f"\n\n-- \n{settings.footer}"  # the mark that mail programs know a signature by (RFC 3676, 4.3)
    # quoted-printable passes every server, also one without 8BITMIME, and no line of it is longer than 76
    message.set_content("\n".join(scrub(text).splitlines()) + "\n", charset="utf-8", cte="quoted-printable")
    return message


def _general_subject(team: str) -> str:
    return f"Your chat with {team}" if team else "Your chat with us"


def _reply_id(handoff_id: str, message_id: str, settings: EmailSettings) -> str:
    return mail_id("reply", f"{handoff_id}/{message_id}", settings)


def mail_id(kind: str, key: str, settings: EmailSettings) -> str:
    """A Message-ID that is the same for the same thing. A hash, since ids of our own are nobody else's business."""
    digest = hashlib.sha256(f"{kind}:{key}".encode()).hexdigest()[:ID_LENGTH]
    return f"<{kind}.{digest}@{domain_of(settings.sender.address)}>"


def _go_on(page_url: str | None) -> str:
    """How the visitor can go on; only what really works."""
    if page_url and len(page_url) <= MAX_URL_LENGTH and _WEB_ADDRESS.fullmatch(page_url):
        return (
            f"Reply to this e-mail, or open the chat again at {page_url}\n"
            "The chat knows you again in the browser that you used before."
        )
    return "To go on, reply to this e-mail."


def _said_before(earlier: Sequence[Line], timezone: str | None) -> str:
    _, zone_name = zone_of(timezone)
    rows = _quoted_rows(earlier, timezone)
    return "\n".join([f"What was said before (times: {zone_name}):", *(f"> {row}".rstrip() for row in rows)])


def _quoted_rows(earlier: Sequence[Line], timezone: str | None) -> list[str]:
    """The end of ``earlier`` in at most :data:`QUOTED_LINES` rows; the visitor's last message is always in it."""
    last_own = max((i for i, line in enumerate(earlier) if line.sender is Sender.VISITOR), default=len(earlier) - 1)
    for start in range(len(earlier)):
        chosen = list(earlier[start:]) if start <= last_own else [earlier[last_own], *earlier[start:]]
        rows = [row for block in _blocks(chosen, timezone) for row in block]
        left_out = len(chosen) < len(earlier)
        if len(rows) + left_out <= QUOTED_LINES:
            return ["[\u2026]", *rows] if left_out else rows
    return [row for block in _blocks([earlier[last_own]], timezone) for row in block]


def _blocks(lines: Sequence[Line], timezone: str | None) -> list[list[str]]:
    return list(dated_blocks(lines, timezone, width=QUOTE_WIDTH, height=QUOTED_LINES_A_MESSAGE))
