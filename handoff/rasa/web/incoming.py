"""What a visitor's client sends, checked before anything happens with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handoff.domain.clean_text import is_clean, scrub
from handoff.domain.context import clean_page
from handoff.domain.errors import Empty, InvalidInput, PayloadNotOffered, TooLong
from handoff.domain.masking import mask
from handoff.domain.model import Page
from handoff.domain.typed_text import neutralise
from handoff.rasa.marks import CLIENT_MESSAGE_ID, DISPLAY_TEXT, PAGE

TEXT_LIMIT = 4000  # characters; a long e-mail, and far below what would slow the assistant down
ID_LIMIT = 64
URL_LIMIT = 2000  # what browsers and proxies agree on
TITLE_LIMIT = 300
LARGEST_SEQ = 2**31 - 1  # of an INTEGER column in PostgreSQL
LOCALE_LIMIT = 35  # BCP 47 asks for at least this much room
KNOWN_KEYS = frozenset({"text", "payload", CLIENT_MESSAGE_ID, PAGE, "conversation_id", "after"})


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


def parse_incoming(body: Any) -> Incoming:
    """Read a message from JSON.

    Raises:
        InvalidInput: a field is missing, unknown or of the wrong type; the message names it.
        TooLong: the text has more than :data:`TEXT_LIMIT` characters.
    """
    fields = json_object(body)
    unknown = sorted(set(fields) - KNOWN_KEYS)
    if unknown:
        raise InvalidInput(f"Unknown field: {', '.join(unknown)}. Known: {', '.join(sorted(KNOWN_KEYS))}.")
    client_message_id = _string(fields, CLIENT_MESSAGE_ID, ID_LIMIT)
    if not client_message_id:
        raise InvalidInput(f"'{CLIENT_MESSAGE_ID}' is missing. Make one per message, so that a repeat is recognised.")
    text, payload = _string(fields, "text", None), _string(fields, "payload", URL_LIMIT)
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
                url=_told_by_browser(page, "url", URL_LIMIT),
                title=_told_by_browser(page, "title", TITLE_LIMIT),
                referrer=_told_by_browser(page, "referrer", URL_LIMIT),
            )
        ),
    )


def json_object(body: Any, name: str = "body") -> dict[str, Any]:
    """``body`` as a dict, or InvalidInput."""
    if not isinstance(body, dict):
        raise InvalidInput(f"'{name}' must be a JSON object.")
    return body


def parse_after(value: Any) -> int:
    """The number that ``after`` names, 0 when it is missing; after the largest possible one there is nothing."""
    try:
        after = int(value or 0)
    except (TypeError, ValueError, OverflowError) as error:
        raise InvalidInput("'after' must be the number of a message.") from error
    if after < 0:
        raise InvalidInput("'after' must not be negative.")
    return min(after, LARGEST_SEQ)


def parse_locale(body: Any) -> tuple[str | None, str | None]:
    """(locale, timezone) of a new session."""
    fields = json_object(body or {})
    return _told_by_browser(fields, "locale", LOCALE_LIMIT), _told_by_browser(fields, "timezone", ID_LIMIT)


def _string(fields: dict[str, Any], name: str, limit: int | None) -> str | None:
    value = _any_string(fields, name)
    if value is None:
        return None
    if not is_clean(value):
        raise InvalidInput(f"'{name}' holds a character that cannot be stored.")
    if limit is not None and len(value) > limit:
        raise InvalidInput(f"'{name}' has {len(value)} characters; {limit} is the limit.")
    return value


def _told_by_browser(fields: dict[str, Any], name: str, limit: int) -> str | None:
    """What the visitor did not write and cannot correct: made acceptable rather than refused."""
    value = _any_string(fields, name)
    # scrubbed again after the cut, which may go through the middle of a pair
    return scrub(scrub(value)[:limit]) if value else None


def _any_string(fields: dict[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"'{name}' must be a string.")
    return value
