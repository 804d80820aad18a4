"""The document that `handoff export` writes; docs/privacy.md explains its keys."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from handoff.domain.lifecycle import OPEN
from handoff.service.live_chats import CONNECTOR_PREFIX
from handoff.service.unseen_replies import EMAIL

FORMAT = "handoff.visitor/1"

Row = dict[str, Any]

IN_HANDOFF = {
    "events": "history",
    "notes": "notes",
    "ratings": "ratings",
    "links": "live_chats",
    "timers": "timers",
    "signals": "signals",
}
"""Tables whose rows are shown inside their handoff -> key there. Other tables are shown beside it, by their name."""

DERIVED = {"search_text"}
"""Columns that repeat, in another form, what other columns say."""

AGENT = "agent_id"
_STATUSES_OPEN = [status.value for status in OPEN]


@dataclass(frozen=True)
class Stored:
    """The rows of one conversation: table -> rows, oldest first."""

    tables: dict[str, list[Row]]

    @property
    def channel(self) -> str | None:
        """Where the visitor wrote; None: only Rasa knows the conversation."""
        return next((row["channel"] for row in self.tables["conversations"]), None)

    @property
    def open_handoffs(self) -> list[str]:
        """Handoffs that are not over yet."""
        return [row["id"] for row in self.tables["handoffs"] if row["status"] in _STATUSES_OPEN]

    @property
    def live_chats(self) -> dict[str, set[str]]:
        """Live chats that were given something -> names of the counterparts there, as far as they are known.

        Those that are only told of handoffs have no link; and a link that began anew has forgotten its first
        counterpart, which stands in what was sent to close it.
        """
        found: dict[str, set[str]] = {}
        for row in self.tables["links"]:
            if row["reference"]:
                found.setdefault(row["connector"], set()).add(row["reference"])
        for row in self.tables["outbox"]:
            if row["target"].startswith(CONNECTOR_PREFIX) and row["attempts"]:
                known = found.setdefault(row["target"].removeprefix(CONNECTOR_PREFIX), set())
                known.update(filter(None, [row["payload"].get("reference")]))
        return found

    @property
    def emails(self) -> list[Row]:
        """E-mails that were sent, or wait."""
        return [row for row in self.tables["outbox"] if row["target"] == EMAIL]

    @property
    def period(self) -> tuple[datetime, datetime] | None:
        """When the first and the last of it was written down."""
        times = [row["created_at"] for row in self.tables["conversations"] + self.tables["handoffs"]]
        times += [row["at"] for row in self.tables["messages"]]
        return (min(times), max(times)) if times else None


def document(who: str, now: datetime, conversations: Sequence[Row]) -> Row:
    """The whole document."""
    return {"format": FORMAT, "exported_at": _plain(now), "who": who, "conversations": list(conversations)}


def conversation_document(
    conversation_id: str, stored: Stored, rasa_events: Sequence[str] | None, agents: Mapping[str, str]
) -> Row:
    """One conversation with all that belongs to it.

    Args:
        conversation_id: its id.
        stored: its rows in the handoff database.
        rasa_events: Rasa's events as it stored them; None: its store was left out.
        agents: names of agents by id.
    """
    rest = {name: [_row(row, agents) for row in rows] for name, rows in stored.tables.items()}
    conversation = next(iter(rest.pop("conversations")), {})
    handoffs = rest.pop("handoffs")
    known = {handoff["id"] for handoff in handoffs}
    for table, key in IN_HANDOFF.items():
        rows = rest.pop(table)
        for handoff in handoffs:
            handoff[key] = [row for row in rows if row["handoff_id"] == handoff["id"]]
        if others := [row for row in rows if row["handoff_id"] not in known]:
            rest[table] = others
    outbox = rest.pop("outbox")
    return {
        "conversation_id": conversation_id,
        "conversation": conversation,
        "messages": rest.pop("messages"),
        "handoffs": handoffs,
        "emails": [row for row in outbox if row["target"] == EMAIL],
        "deliveries": [row for row in outbox if row["target"] != EMAIL],
        **rest,
        "rasa_events": None if rasa_events is None else [_parsed(one) for one in rasa_events],
    }


def as_text(whole: Row) -> str:
    """The document as it is written: UTF-8, indented, one order of keys."""
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _row(row: Row, agents: Mapping[str, str]) -> Row:
    shown = {key: _plain(value) for key, value in row.items() if key not in DERIVED}
    if AGENT in shown:
        shown["agent"] = agents.get(shown.pop(AGENT))
    return shown


def _plain(value: Any) -> Any:
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else value


def _parsed(event: str) -> Any:
    try:
        return json.loads(event)
    except ValueError:
        return event  # whatever it is, it is theirs
