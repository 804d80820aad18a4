"""What happened in a Chatwoot conversation since the last time: its messages and its state against what was told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from handoff.connectors.base import (
    AgentJoined,
    AgentMessage,
    AgentOfLiveChat,
    Closed,
    Event,
    Link,
    Pulled,
    Transferred,
)
from handoff.connectors.chatwoot_api import ChatwootApi
from handoff.connectors.chatwoot_messages import SETTLED, mark_of, settled

OUTGOING = 1
"""``message_type`` where the API has it as a number: 0 incoming, 1 outgoing, 2 activity, 3 template."""
NOT_SHOWABLE = "(A file that cannot be shown here.)"


@dataclass(frozen=True)
class Told:
    """What the events so far said; this is the cursor.

    Attributes:
        after: every message up to this id was seen, and no other can turn up among them.
        seen: ids above ``after`` that were seen.
        at: Unix time by our clock when the last message was seen.
        assignee: whom it was assigned to.
        joined: the agent that the visitor heard of.
        team: whom it was given to.
        closed: whether the end was told.
    """

    after: int
    seen: tuple[int, ...] = ()
    at: float = 0.0
    assignee: str | None = None
    joined: str | None = None
    team: int | None = None
    closed: bool = False

    @classmethod
    def read(cls, link: Link, team_now: int | None) -> Told:
        """From the link's cursor; at first, what :class:`Opening` wrote down."""
        if link.cursor is None:
            team = link.data.get("team")
            return cls(after=link.data.get("start", 0), team=team if team is not None else team_now)
        known = json.loads(link.cursor)
        return cls(**{**known, "seen": tuple(known["seen"])})

    def cursor(self) -> str:
        """As :attr:`Link.cursor`."""
        return json.dumps(asdict(self), separators=(",", ":"))


def pull_events(api: ChatwootApi, link: Link, reference: str, now: float) -> Pulled:
    """Ask Chatwoot: one call while nobody writes, else two or more.

    The state comes first: whoever closes has written before, so that the messages are complete up to the end. ``now``
    is Unix time.
    """
    conversation = api.conversation(reference)
    team = _team(conversation)
    told = Told.read(link, team[0] if team else None)
    listed = [] if _quiet(conversation, told, now) else list(api.messages(reference, told.after))
    fresh = [message for message in listed if message["id"] not in told.seen]
    events, told_now = _happened(reference, told, conversation, fresh)
    if fresh:
        after = settled(listed, told.after)
        seen = tuple(message["id"] for message in listed if message["id"] > after)
        told_now = replace(told_now, after=after, seen=seen, at=now)
    if conversation.get("status") == "resolved":
        if not told.closed and not link.data.get("closed"):
            events.append(Closed(reference))  # who did it is in a sentence of the account's language only
        told_now = replace(told_now, closed=True)
    else:
        told_now = replace(told_now, closed=False)
    return Pulled(events, told_now.cursor())


def _quiet(conversation: Mapping[str, Any], told: Told, now: float) -> bool:
    """Whether the last message is one that was seen, and so long ago that none can turn up before it any more."""
    last = last_message_of(conversation).get("id")
    return last is not None and last == max((told.after, *told.seen)) and now - told.at > SETTLED


def _happened(
    reference: str, told: Told, conversation: Mapping[str, Any], fresh: Sequence[Mapping[str, Any]]
) -> tuple[list[Event], Told]:
    """Events in their likely order. Chatwoot tells whose it is now, but not since when: an agent who was heard of stays
    until whoever came after writes."""
    events: list[Event] = []
    assignee, team = assignee_of(conversation), _team(conversation)
    joined = told.joined
    to_team = team[1] if team and team[0] != told.team else None
    changed = assignee is not None and assignee.id not in (told.assignee, joined)
    if assignee is None and told.assignee is not None:
        joined = None  # given back: whoever comes next joins
    if joined is None:
        if to_team:
            events.append(Transferred(reference, to_team))
            to_team = None
        if assignee is not None and changed:
            events.append(AgentJoined(reference, assignee))
            joined, changed = assignee.id, False
    for message in fresh:
        said = _said(reference, message)
        if said is None:
            continue
        if assignee is not None and changed and said.agent.id == assignee.id:
            events.append(Transferred(reference, to_team or assignee.name, assignee))
            joined, changed, to_team = assignee.id, False, None
        if joined is None:
            events.append(AgentJoined(reference, said.agent))
            joined = said.agent.id
        events.append(said)
    if assignee is not None and changed:
        events.append(Transferred(reference, to_team or assignee.name, assignee))
        joined = assignee.id
    elif to_team:
        events.append(Transferred(reference, to_team))
    now = replace(told, assignee=assignee.id if assignee else None, joined=joined, team=team[0] if team else None)
    return events, now


def _said(reference: str, message: Mapping[str, Any]) -> AgentMessage | None:
    """What an agent wrote to the visitor; None for notes, our own, bots, activities and what was deleted."""
    sender = message.get("sender") or {}
    attributes = message.get("content_attributes") or {}
    if (
        message.get("message_type") != OUTGOING
        or message.get("private")
        or sender.get("type") != "user"
        or mark_of(message)
        or attributes.get("deleted")
    ):
        return None
    files = [str(one.get("data_url") or "") for one in message.get("attachments") or []]
    shown = tuple(url for url in files if url.startswith("https://"))
    lines = [message.get("content") or "", *([NOT_SHOWABLE] if len(shown) < len(files) else [])]
    text = "\n".join(line for line in lines if line)
    if not text and not shown:
        return None
    at = datetime.fromtimestamp(message["created_at"], UTC)
    return AgentMessage(reference, str(message["id"]), _agent(sender), text, at, shown)


def assignee_of(conversation: Mapping[str, Any]) -> AgentOfLiveChat | None:
    """The person a conversation is assigned to; a bot is none."""
    meta = conversation.get("meta") or {}
    assignee = meta.get("assignee")
    if not assignee or meta.get("assignee_type") == "AgentBot":
        return None
    return _agent(assignee)


def last_message_of(conversation: Mapping[str, Any]) -> Mapping[str, Any]:
    """The last message of any kind, where the conversation comes with it; else nothing."""
    numbered = [message for message in conversation.get("messages") or [] if isinstance(message.get("id"), int)]
    return max(numbered, key=lambda message: message["id"], default={})


def _agent(person: Mapping[str, Any]) -> AgentOfLiveChat:
    """``available_name`` is the one that agents chose for visitors."""
    name = person.get("available_name") or person.get("name") or "An agent"
    return AgentOfLiveChat(str(person.get("id")), str(name))


def _team(conversation: Mapping[str, Any]) -> tuple[int, str] | None:
    team = (conversation.get("meta") or {}).get("team")
    return (team["id"], str(team.get("name") or "another team")) if team else None
