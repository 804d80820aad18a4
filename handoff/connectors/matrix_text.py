"""What agents read in a Matrix room: plain text for every client, and HTML beside it for those that show it.

Whatever a visitor typed is escaped in the HTML. Every message says that it mentions nobody (``m.mentions``), so that
"@room" in a visitor's words rings at no one's desk.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from handoff.connectors.card import Card, Spoken
from handoff.connectors.matrix_api import OURS

MOST_BYTES = 48_000  # of text and HTML together: an event has at most 65,536 bytes, with signatures and envelope
LONGEST_PIECE = 4_000  # characters: alone, and with each of them escaped at length, below MOST_BYTES
LONGEST_TEXT = 10_000  # characters of a plain message: 40,000 bytes in UTF-8 at most
LONGEST_NAME = 120  # characters of a room's name: what a list of rooms can show, and more
LONGEST_TOPIC = 500  # characters: the whole summary, unless its words are very long


@dataclass(frozen=True)
class Line:
    """A line in both forms."""

    plain: str
    html: str

    @property
    def size(self) -> int:
        """Bytes in an event, rather too many than too few."""
        return len(json.dumps(self.plain)) + len(json.dumps(self.html))


def room_body(card: Card, urgency: str, alias: str, *, federate: bool) -> dict[str, Any]:
    """What createRoom is asked for: a private room, named by the headline, since a list of rooms shows nothing else.

    Args:
        card: the handoff.
        urgency: its level; the name says so where it matters.
        alias: first part of the room's alias.
        federate: whether accounts of other servers may be in it, now or later.
    """
    headline = f"{urgency.upper()}: {card.headline}" if urgency in ("high", "urgent") else card.headline
    return {
        "preset": "private_chat",
        "visibility": "private",
        "name": shortened(headline, LONGEST_NAME),
        "topic": shortened(card.summary, LONGEST_TOPIC),
        "room_alias_name": alias,
        "creation_content": {"m.federate": federate},
        "initial_state": [{"type": "m.room.guest_access", "state_key": "", "content": {"guest_access": "forbidden"}}],
    }


def package_contents(card: Card, note_prefix: str) -> list[dict[str, Any]]:
    """The first message or messages: a long conversation does not fit into one event."""
    lines = [*_facts(card), *_said(card.said), *_end(card, note_prefix)]
    return [_package(number, part) for number, part in enumerate(_filled(lines))]


def visitor_contents(message_id: str, text: str) -> list[dict[str, Any]]:
    """What the visitor wrote, to the letter."""
    return [
        _content("m.text", "visitor", message_id if number == 0 else f"{message_id}.{number}", piece)
        for number, piece in enumerate(_pieces(text, LONGEST_TEXT))
    ]


def notice(kind: str, identity: str, text: str) -> dict[str, Any]:
    """A remark. Clients show it paler than what people say, and ring no bell."""
    return _content("m.notice", kind, identity, shortened(text, LONGEST_TEXT, one_line=False))


def shortened(text: str, most: int, *, one_line: bool = True) -> str:
    """``text`` in at most ``most`` characters, an ellipsis at the end where something is left out."""
    flat = " ".join(text.split()) if one_line else text
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _content(kind: str, mark: str, identity: str, text: str) -> dict[str, Any]:
    return {"msgtype": kind, "body": text, "m.mentions": {}, OURS: {"kind": mark, "id": identity}}


def _package(number: int, lines: list[Line]) -> dict[str, Any]:
    return {
        **_content("m.text", "package", f"package-{number}", "\n".join(line.plain for line in lines)),
        "format": "org.matrix.custom.html",
        "formatted_body": "".join(line.html for line in lines),
    }


def _facts(card: Card) -> Iterator[Line]:
    yield Line(card.headline, f"<strong>{_shown(card.headline)}</strong>")
    yield Line(f"\n{card.summary}\n", f"<p>{_shown(card.summary)}</p>")
    for fact in card.facts:
        yield from _labelled(fact.label, fact.text)


def _said(lines: Iterable[Spoken]) -> Iterator[Line]:
    yield Line("\nThe conversation so far:", "<p>The conversation so far:</p>")
    for line in lines:
        yield from _labelled(line.who, line.text)


def _end(card: Card, note_prefix: str) -> Iterator[Line]:
    address = escape(card.desk_url)
    yield Line(f"\nOn the desk: {card.desk_url}", f'<p>On the desk: <a href="{address}">{address}</a></p>')
    how = (
        f"Write here and the visitor reads it. Lines that begin with {note_prefix} stay among you. "
        "Write !resolve when it is done, or !handback when the assistant may go on."
    )
    yield Line(how, f"<p><em>{_shown(how)}</em></p>")


def _labelled(label: str, text: str) -> Iterator[Line]:
    for piece in _pieces(text, LONGEST_PIECE):
        yield Line(f"{label}: {piece}", f"<b>{_shown(label)}:</b> {_shown(piece)}<br>")


def _shown(text: str) -> str:
    return escape(text).replace("\n", "<br>")


def _pieces(text: str, most: int) -> list[str]:
    return [text[start : start + most] for start in range(0, len(text), most)] or [""]


def _filled(lines: Iterable[Line]) -> Iterator[list[Line]]:
    """``lines`` in their order, as many together as fit into an event."""
    part: list[Line] = []
    size = 0
    for line in lines:
        if part and size + line.size > MOST_BYTES:
            yield part
            part, size = [], 0
        part.append(line)
        size += line.size
    yield part
