"""What the events of a Matrix room mean for a handoff; no call is made here.

Names of fields are those of the specification's ``m.room.message`` (with ``m.replace`` for edits, fallbacks of rich
replies, ``filename`` beside a caption) and ``m.room.member``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from handoff.connectors.base import AgentJoined, AgentMessage, AgentOfLiveChat, Closed, Event
from handoff.domain.clean_text import scrub

COMMANDS = frozenset({"!resolve", "!handback"})
"""What agents write when it is over. The contract knows one end only, so both mean the same here."""
LOOKS_LIKE_COMMAND = re.compile(r"![A-Za-z]+")
CORRECTED = "(corrected) "  # before the text of an edited message: the visitor has read the first one
FILES = frozenset({"m.image", "m.file", "m.audio", "m.video"})
MXC = re.compile(r"mxc://(\[?[A-Za-z0-9:][A-Za-z0-9.:\]-]*)/([A-Za-z0-9_-]+)")
"""``mxc://server/media``: anything else would not be the address of a file of the homeserver."""
NO_FILES = (
    "Your file was not passed on: the visitor has no account on this server and could not open it. "
    "Please say in words what is in it, or send a link."
)
UNREADABLE = (
    "Your message was encrypted, so I could not read it and the visitor did not get it. "
    "Please answer on the desk, and ask whoever runs this server not to encrypt the rooms of handoffs."
)
UNKNOWN_COMMAND = "I do not know that command, and the visitor did not get it. I know !resolve and !handback."


@dataclass(frozen=True)
class Rules:
    """How to read a room.

    Attributes:
        me: the bot.
        ignored: other accounts that are no agents.
        note_prefix: begins what agents write to each other.
        media_url: begins the address of a file that visitors can open; None: there is none.
    """

    me: str
    ignored: frozenset[str]
    note_prefix: str
    media_url: str | None


@dataclass
class Heard:
    """What was understood.

    Attributes:
        events: for the handoff.
        asides: (event id, text): what agents must be told in the room.
        departed: the last agent who left the room, if one did.
        over: somebody ended it; nothing after it counts.
    """

    events: list[Event] = field(default_factory=list)
    asides: list[tuple[str, str]] = field(default_factory=list)
    departed: AgentOfLiveChat | None = None
    over: bool = False


def hear(reference: str, timeline: Iterable[Mapping[str, Any]], rules: Rules, name_of: Callable[[str], str]) -> Heard:
    """Understand what happened in a room, in its order. ``name_of`` gives the name of an account."""
    heard = Heard()
    for event in timeline:
        sender = event["sender"]
        if event["type"] == "m.room.member":
            _membership(reference, event, rules, heard, name_of)
        elif sender != rules.me and sender not in rules.ignored:
            agent = AgentOfLiveChat(sender, name_of(sender))
            if event["type"] == "m.room.encrypted":
                heard.asides.append((event["event_id"], UNREADABLE))
            elif event["type"] == "m.room.message":
                _message(reference, event, agent, rules, heard)
        if heard.over:
            break
    return heard


def _membership(
    reference: str, event: Mapping[str, Any], rules: Rules, heard: Heard, name_of: Callable[[str], str]
) -> None:
    account, now = event["state_key"], event["content"].get("membership")
    before = (event.get("unsigned", {}).get("prev_content") or {}).get("membership")
    if account in rules.ignored:
        return
    if account == rules.me:
        if now in ("leave", "ban") and event["sender"] != rules.me:
            # thrown out: what agents write there never reaches the visitor again
            heard.events.append(Closed(reference, AgentOfLiveChat(event["sender"], name_of(event["sender"]))))
            heard.over = True
        return
    # a new name or picture is a join after a join
    if now == "join" and before != "join":
        heard.events.append(AgentJoined(reference, AgentOfLiveChat(account, name_of(account))))
    elif now in ("leave", "ban") and before == "join":
        heard.departed = AgentOfLiveChat(account, name_of(account))


def _message(reference: str, event: Mapping[str, Any], agent: AgentOfLiveChat, rules: Rules, heard: Heard) -> None:
    content = event["content"]
    edited = (content.get("m.relates_to") or {}).get("rel_type") == "m.replace"
    if edited:
        content = content.get("m.new_content") or {}
    kind = content.get("msgtype")
    # a redacted event has no content; by convention, m.notice comes from programs
    if not isinstance(kind, str) or kind == "m.notice" or kind.startswith("m.key."):
        return
    attachments: tuple[str, ...] = ()
    text = _text(content)
    if kind in FILES:
        text = text if content.get("filename") not in (None, text) else ""
        address = _address(content, rules.media_url)
        attachments = (address,) if address and not edited else ()
    if _is_note(text, rules.note_prefix):
        return
    command = text.lower()
    if LOOKS_LIKE_COMMAND.fullmatch(command):
        if command in COMMANDS and not edited:
            heard.events.append(Closed(reference, agent))
            heard.over = True
        else:
            heard.asides.append((event["event_id"], UNKNOWN_COMMAND))
        return
    if kind in FILES and not attachments and not edited:
        heard.asides.append((event["event_id"], NO_FILES))
    if text or attachments:
        shown = f"{CORRECTED}{text}" if edited else text
        at = datetime.fromtimestamp(event["origin_server_ts"] / 1000, UTC)
        heard.events.append(AgentMessage(reference, event["event_id"], agent, shown, at, attachments))


def _text(content: Mapping[str, Any]) -> str:
    """The words of a message, without the quotation that clients put before a reply: it may quote a note."""
    body = content.get("body")
    if not isinstance(body, str):
        return ""
    relation = content.get("m.relates_to") or {}
    if "m.in_reply_to" in relation and body.startswith("> "):
        lines = body.split("\n")
        while lines and lines[0].startswith(">"):
            lines.pop(0)
        body = "\n".join(lines)
    return scrub(body).strip()


def _is_note(text: str, prefix: str) -> bool:
    """Element takes the first of two slashes away, as a way to write a slash: ``//x`` arrives as ``/x``."""
    return text.startswith(prefix) or (prefix.startswith("//") and text.startswith(prefix[1:]))


def _address(content: Mapping[str, Any], media_url: str | None) -> str | None:
    """Where visitors get a file. One of an encrypted room has ``file`` in place of ``url``, and is of no use."""
    url = content.get("url")
    found = MXC.fullmatch(url) if isinstance(url, str) else None
    if media_url is None or found is None:
        return None
    name = content.get("filename") or content.get("body")
    file = f"/{quote(name, safe='')}" if isinstance(name, str) and name else ""
    return f"{media_url.rstrip('/')}/{found[1]}/{found[2]}{file}"
