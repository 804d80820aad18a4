"""What a visitor's client sends to talk, checked before anything happens with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handoff.domain.context import clean_page
from handoff.domain.errors import Empty, InvalidInput, PayloadNotOffered, TooLong
from handoff.domain.masking import mask
from handoff.domain.model import Page
from handoff.domain.typed_text import neutralise
from handoff.rasa.marks import CLIENT_MESSAGE_ID, DISPLAY_TEXT, PAGE
from handoff.rasa.web.contact import CONTACT_FIELDS, ContactDetails, contact_of
from handoff.rasa.web.fields import ID_LIMIT, LARGEST_SEQ, json_object, known_fields, string, told_by_browser

TEXT_LIMIT = 4000  # characters; a long e-mail, and far below what would slow the assistant down
URL_LIMIT = 2000  # what browsers and proxies agree on
TITLE_LIMIT = 300
LOCALE_LIMIT = 35  # BCP 47 asks for at least this much room
MESSAGE_FIELDS = frozenset({"text", "payload", CLIENT_MESSAGE_ID, PAGE, "after"})
SESSION_FIELDS = frozenset({"locale", "timezone", *CONTACT_FIELDS})


@dataclass(frozen=True)
class Incoming:
    """One message of a visitor: typed text, or the payload of a button."""

    client_message_id: str
    text: str | None
    payload: str | None
    page: Page

    def for_rasa(self, offered: dict[str, str]) -> tuple[str, dict[str, Any]]:
        """(text, metadata) for Rasa. Typed text is never a command; a payload must have been offered as a button.

        Args:
            offered: payload to title of the buttons that this conversation was shown.

        Raises:
            PayloadNotOffered: no such button.
        """
        page = {key: value for key, value in vars(self.page).items() if value}
        metadata: dict[str, Any] = {CLIENT_MESSAGE_ID: self.client_message_id, PAGE: page}
        if self.payload is None:
            assert self.text is not None
            return mask(neutralise(self.text)), metadata
        if self.payload not in offered:
            raise PayloadNotOffered("This choice was not offered in this conversation. Write it in your own words.")
        return self.payload, metadata | {DISPLAY_TEXT: offered[self.payload]}


@dataclass(frozen=True)
class NewSession:
    """How a conversation begins: what the browser tells, and what the visitor filled in before the first word."""

    locale: str | None = None
    timezone: str | None = None
    contact: ContactDetails = ContactDetails()


def parse_incoming(body: Any) -> Incoming:
    """Read a message from JSON.

    Raises:
        InvalidInput: a field is missing, unknown or of the wrong type; the message names it.
        TooLong: the text has more than :data:`TEXT_LIMIT` characters.
    """
    fields = known_fields(body, MESSAGE_FIELDS)
    client_message_id = string(fields, CLIENT_MESSAGE_ID, ID_LIMIT)
    if not client_message_id:
        raise InvalidInput(f"'{CLIENT_MESSAGE_ID}' is missing. Make one per message, so that a repeat is recognised.")
    text, payload = string(fields, "text", None), string(fields, "payload", URL_LIMIT)
    if (text is None) == (payload is None):
        raise InvalidInput("Send either 'text' (what the visitor typed) or 'payload' (of a button).")
    if text is not None and not text.strip():
        raise Empty("There is no text in the message.")
    if text is not None and len(text) > TEXT_LIMIT:
        raise TooLong(f"The message has {len(text)} characters; {TEXT_LIMIT} is the limit. Send it in two parts.")
    page = json_object(fields.get(PAGE) or {}, PAGE)
    return Incoming(
        client_message_id,
        text,
        payload,
        clean_page(
            Page(
                url=told_by_browser(page, "url", URL_LIMIT),
                title=told_by_browser(page, "title", TITLE_LIMIT),
                referrer=told_by_browser(page, "referrer", URL_LIMIT),
            )
        ),
    )


def parse_after(value: Any) -> int:
    """The number that ``after`` names, 0 when it is missing; after the largest possible one there is nothing."""
    try:
        after = int(value or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("'after' must be the number of a message.") from error
    if after < 0:
        raise InvalidInput("'after' must not be negative.")
    return min(after, LARGEST_SEQ)


def parse_session(body: Any) -> NewSession:
    """Read the beginning of a conversation from JSON; everything in it is optional.

    Raises:
        InvalidInput: a field is unknown, of the wrong type, or a contact detail that cannot be right.
    """
    fields = known_fields({} if body is None else body, SESSION_FIELDS)
    return NewSession(
        told_by_browser(fields, "locale", LOCALE_LIMIT),
        told_by_browser(fields, "timezone", ID_LIMIT),
        contact_of(fields),
    )
