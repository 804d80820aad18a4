"""What Chatwoot shows: texts in its Markdown, and the fields of a contact and a conversation.

Chatwoot renders the content of every message as Markdown, runs Liquid over outgoing ones (``app/models/concerns/
liquidable.rb``) and notifies whoever is mentioned in a note (``app/services/messages/mention_service.rb``). What people
typed must do none of that: :func:`escaped` keeps it text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from handoff.connectors.card import Card, Fact, Spoken, card_of
from handoff.domain.model import Message, Sender

LONGEST_CONTENT = 140_000  # characters; assumed: 150,000 is the limit that scheduled messages have in its source
LONGEST_FACT = 10_000  # characters of one fact or line in the note: ten of them must not push out the rest
LONGEST_ATTRIBUTE = 1500  # characters; app/models/jsonb_attributes_length_validator.rb
LONGEST_NAME = 255  # characters; assumed: the usual limit of a column in Rails
SHOWN_OF_ID = 6  # characters: tells two nameless visitors apart
EMPTY = "(empty message)"  # content is required
CUT = " … (cut)"

PRIORITIES: Mapping[str, str] = {"low": "low", "normal": "medium", "high": "high", "urgent": "urgent"}
"""Urgency to Chatwoot's priority; without one a conversation would be sorted below those of low priority."""

SPECIAL = re.compile(
    r"[\\`*\[\]<^|{]"  # Markdown, and Liquid's braces
    r"|(?<=\{)%"  # {% of Liquid
    r"|~(?=~)|(?<=~)~"  # ~~struck~~, but not https://example.org/~name
    r"|(?<![^\W_])_|_(?![^\W_])"  # _emphasis_, but not snake_case: that would break addresses
    r"|&(?=#?\w{1,32};)"  # &lt; as it stands
    r"|(?<=mention):(?=//)"  # a mention would notify an agent
)
LINE_START = re.compile(r"^(?:(\d{1,9})(?=[.)])|(?=[#+\-=>]))", re.MULTILINE)
PHONE = re.compile(r"\+[1-9]\d{1,14}")  # E.164, which Chatwoot demands
BETWEEN_DIGITS = re.compile(r"[\s().\-/]")
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


def escaped(text: str) -> str:
    """``text`` so that Chatwoot's Markdown shows these very characters; spaces at the start of lines are dropped."""
    lines = (line.strip(" \t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    inline = SPECIAL.sub(lambda match: "\\" + match[0], "\n".join(lines))
    return LINE_START.sub(lambda match: f"{match[1] or ''}\\", inline)


def visitor_text(text: str) -> str:
    """Content of an incoming message."""
    if not text.strip():
        return EMPTY
    return escaped(_cut(text, LONGEST_CONTENT // 2))  # every character may need a backslash


def elsewhere_note(message: Message) -> str:
    """Note about what somebody other than the visitor wrote outside Chatwoot."""
    name = escaped(message.name) if message.name else "An agent"
    who = {
        Sender.AGENT: f"{name} answered the visitor outside Chatwoot:",
        Sender.ASSISTANT: "The assistant told the visitor:",
        Sender.SYSTEM: "The visitor was told automatically:",
        Sender.VISITOR: "The visitor wrote:",
    }[message.sender]
    return f"**{who}**\n\n{_quoted(visitor_text(message.text))}"


def closing_note(reason: str) -> str:
    """Note about why a conversation is resolved from our side."""
    return f"**Closed outside Chatwoot.** {escaped(_cut(reason, LONGEST_FACT))}"


def note_of(package: Mapping[str, Any]) -> str:
    """The context package as a private note; of a very long conversation the earlier lines are left to the desk."""
    card = card_of(package)
    said = [_spoken(line) for line in card.said]
    head, tail = _head(card), f"[Open it on the desk]({card.desk_url})"
    left = LONGEST_CONTENT - len(head) - len(tail)
    kept = _last_that_fit(said, left)
    heading = "**The conversation so far**"
    if len(kept) < len(said):
        heading += f" (the last {len(kept)} of {len(said)} lines; all of them are on the desk)"
    return "\n\n".join([head, heading, "\n>\n".join(kept), tail])


def last_words(package: Mapping[str, Any]) -> str | None:
    """What the visitor said last before the handoff, where anything."""
    said = [line["text"] for line in package["transcript"] if line["from"] == Sender.VISITOR.value]
    return said[-1] if said else None


def attributes_of(package: Mapping[str, Any]) -> dict[str, str]:
    """``custom_attributes`` of the conversation: to look it up by, to filter by, and to see beside it."""
    own = {
        "handoff_id": package["handoff_id"],
        "conversation_id": package["conversation_id"],
        "trigger": package["trigger"]["kind"],
        "topic": package["topic"],
        "queue": package["queue"],
        "urgency": package["urgency"]["level"],
        "page": package["page"]["url"],
        "desk": package["links"]["desk"],
    }
    known = package["fields"] | {name: value for name, value in own.items() if value}
    return {name: str(value)[:LONGEST_ATTRIBUTE] for name, value in known.items()}


def origin_of(package: Mapping[str, Any]) -> dict[str, str]:
    """``additional_attributes`` of the conversation: page and language, named as its own web widget does (assumed)."""
    page, locale = package["page"]["url"], package["visitor"]["locale"]
    origin = {"referer": (page or "")[:LONGEST_ATTRIBUTE], "browser_language": (locale or "").partition("-")[0]}
    return {name: value for name, value in origin.items() if value}


def contact_of(package: Mapping[str, Any]) -> dict[str, str]:
    """``identifier``, ``name``, ``email`` and ``phone_number`` of the contact, as far as Chatwoot would take them."""
    visitor, conversation_id = package["visitor"], package["conversation_id"]
    phone = BETWEEN_DIGITS.sub("", visitor["phone"] or "")
    phone = f"+{phone[2:]}" if phone.startswith("00") else phone
    email = (visitor["email"] or "").strip()
    contact = {
        "identifier": conversation_id,
        "name": (visitor["name"] or f"Visitor {conversation_id[:SHOWN_OF_ID]}")[:LONGEST_NAME],
        "email": email if EMAIL.fullmatch(email) else "",
        "phone_number": phone if PHONE.fullmatch(phone) else "",
    }
    return {name: value for name, value in contact.items() if value}


def _head(card: Card) -> str:
    facts = "\n".join(_fact(fact) for fact in card.facts)
    return "\n\n".join(
        [f"**{escaped(_cut(card.headline, LONGEST_FACT))}**", escaped(_cut(card.summary, LONGEST_FACT)), facts]
    )


def _fact(fact: Fact) -> str:
    text = escaped(_cut(fact.text, LONGEST_FACT)).replace("\n", "\n  ")
    return f"- **{escaped(fact.label)}:** {text}"


def _spoken(line: Spoken) -> str:
    return _quoted(f"**{escaped(line.who)}:** {escaped(_cut(line.text, LONGEST_FACT))}")


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}" for line in text.split("\n"))


def _last_that_fit(lines: Sequence[str], characters: int) -> list[str]:
    kept: list[str] = []
    for line in reversed(lines):
        characters -= len(line) + len("\n>\n")
        if characters < len(CUT) * 10 and kept:  # room for the heading
            break
        kept.insert(0, line)
    return kept


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - len(CUT)] + CUT
