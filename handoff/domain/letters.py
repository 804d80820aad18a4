"""What goes into an e-mail to a visitor, before it is one: plain values that the service fills from the database.

Nothing here has a place for notes, analysis or summaries, so none of them can be sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from handoff.domain.summary import WHY
from handoff.domain.transcript import Line

_BEFORE_WHY = " \u2013 "
_NO_SUBJECT = "a question"
"""What a headline says when the conversation has no subject."""


@dataclass(frozen=True)
class ReplyMail:
    """One or more replies of an agent to a visitor who has left.

    Attributes:
        to: the visitor's address.
        agent: display name of the agent.
        texts: the replies as the agent wrote them, oldest first.
        handoff_id: all e-mails of one handoff become one thread.
        message_id: id of the (first) reply; the same id always makes the same Message-ID.
        at: when the (first) reply was written; aware.
        subject: what it is about, see :func:`subject_of`; None: nothing is known.
        earlier: what was said before the replies, oldest first.
        sent_before: ``message_id`` of earlier e-mails of this handoff, oldest first.
        page_url: where the visitor chatted; None: unknown.
        timezone: IANA name of the visitor's zone; None: unknown.
    """

    to: str
    agent: str
    texts: tuple[str, ...]
    handoff_id: str
    message_id: str
    at: datetime
    subject: str | None = None
    earlier: tuple[Line, ...] = ()
    sent_before: tuple[str, ...] = ()
    page_url: str | None = None
    timezone: str | None = None


@dataclass(frozen=True)
class TranscriptMail:
    """A whole conversation for the visitor to keep.

    Attributes:
        to: the address that the visitor asked to have it sent to.
        request_id: one for each request; the same id always makes the same Message-ID.
        at: when it was asked for; aware.
        lines: all that the visitor saw, oldest first.
    """

    to: str
    request_id: str
    at: datetime
    lines: tuple[Line, ...]
    page_url: str | None = None
    timezone: str | None = None


def subject_of(headline: str) -> str | None:
    """What a handoff is about, from its summary's headline: without the visitor's name and the reason of the handoff.

    The headline is written for agents ("Anna: where an order is (FW-104233) - is frustrated"). None when it does not
    have that form or names no subject: a general subject is better than a word that was not meant for the visitor.
    """
    about, separator, why = headline.rpartition(_BEFORE_WHY)
    _, colon, subject = about.partition(": ")
    if not separator or why not in WHY.values() or not colon:
        return None
    return None if subject == _NO_SUBJECT or not subject.strip() else subject
