"""What Rocket.Chat's messages mean for a handoff, and which of them were told before.

Every step of a conversation leaves a message there; system messages have a type ``t``. Which types exist is from its
source (``RoutingManager``, ``transfer.ts``, ``closeRoom.ts`` in ``apps/meteor/app/livechat/server/lib``).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from handoff.connectors.base import AgentJoined, AgentMessage, AgentOfLiveChat, Closed, Event, Transferred
from handoff.connectors.rocketchat_api import iso_milliseconds, moment

OVERLAP = timedelta(seconds=60)
"""How late a message may appear before one that was seen: Rocket.Chat takes a client's time when it is less than 10 s
off, and its servers' clocks differ a little."""
COMMAND, CONNECTED = "command", "connected"  # an agent took the conversation
TRANSFER = "livechat_transfer_history"
CLOSE = "livechat-close"
QUEUE = "the queue"  # what people call it when nobody and no department in particular gets it


@dataclass(frozen=True)
class Cursor:
    """Where reading goes on; kept as JSON.

    Attributes:
        at: time of the newest message that was seen; None before the first.
        told: ids of messages not older than :data:`OVERLAP` before ``at`` that were told as events.
        closed: whether the end was seen, told or our own.
        asked: when the room itself was asked last whether it is open; Unix seconds.
    """

    at: datetime | None = None
    told: frozenset[str] = field(default_factory=frozenset)
    closed: bool = False
    asked: float = 0.0

    @classmethod
    def read(cls, text: str | None, now: float) -> Cursor:
        """From JSON; a new one has just asked, since whoever opens a room knows that it is open."""
        if text is None:
            return cls(asked=now)
        known = json.loads(text)
        at = datetime.fromisoformat(known["at"]) if known["at"] else None
        return cls(at, frozenset(known["told"]), known["closed"], known["asked"])

    def write(self) -> str:
        """As JSON."""
        at = iso_milliseconds(self.at) if self.at else None
        return json.dumps({"at": at, "told": sorted(self.told), "closed": self.closed, "asked": self.asked})

    @property
    def since(self) -> datetime | None:
        """From when on messages must be looked at."""
        return self.at - OVERLAP if self.at else None


@dataclass(frozen=True)
class Reader:
    """Turns messages into events.

    Attributes:
        reference: the room.
        visitor_id: the id of our visitor there.
        account_id: the account that closes rooms for us.
        bots: usernames (lower case) that are no people.
        own_url: files from there are taken even where it has no https.
    """

    reference: str
    visitor_id: str | None
    account_id: str
    bots: frozenset[str]
    own_url: str

    def news(self, messages: Sequence[Mapping[str, Any]], cursor: Cursor) -> tuple[list[Event], Cursor]:
        """Events of ``messages`` (oldest first) that were not told before, and the cursor after them."""
        events: list[Event] = []
        told = dict.fromkeys(cursor.told)
        times = {message["_id"]: moment(message) for message in messages}
        closed = cursor.closed
        for message in messages:
            if message["_id"] in told or (cursor.since is not None and times[message["_id"]] < cursor.since):
                continue
            if message.get("t") == CLOSE and closed:
                continue  # the room said so already
            closed = closed or message.get("t") == CLOSE
            event = self.event(message)
            if event is not None:
                events.append(event)
                told[message["_id"]] = None
        newest = max([*times.values(), *([cursor.at] if cursor.at else [])], default=None)
        # what is told and not among the messages was deleted there, and does not come again
        recent = {id for id in told if newest is not None and id in times and times[id] >= newest - OVERLAP}
        return events, Cursor(newest, frozenset(recent), closed, cursor.asked)

    def event(self, message: Mapping[str, Any]) -> Event | None:
        """What a message means, or None: ours, a bot's, or nothing that concerns the visitor."""
        kind = message.get("t")
        if kind == TRANSFER:
            return self._transferred(message.get("transferData") or {})
        person = message.get("u") or {}
        # Rocket.Chat marks what visitors wrote with their token, and the only visitor is ours
        if message.get("token") or person.get("_id") == self.visitor_id:
            return None
        agent = self._agent(person)
        if kind == CLOSE:  # also by Rocket.Chat itself, when nothing happened for long
            return Closed(self.reference, agent) if person.get("_id") != self.account_id else None
        if agent is None:
            return None
        if kind == COMMAND and message.get("msg") == CONNECTED:
            return AgentJoined(self.reference, agent)
        return self._written(message, agent) if not kind else None

    def _written(self, message: Mapping[str, Any], agent: AgentOfLiveChat) -> Event | None:
        attachments = message.get("attachments") or []
        captions = [one["description"] for one in attachments if isinstance(one.get("description"), str)]
        text = "\n".join(filter(None, [message.get("msg") or "", *captions]))
        files = self._files(message)
        if not text and not files:
            return None  # for example a button of an app
        return AgentMessage(self.reference, message["_id"], agent, text, moment(message), files)

    def _files(self, message: Mapping[str, Any]) -> tuple[str, ...]:
        """Addresses that open without a login: Rocket.Chat puts a signed token into them."""
        uploads = message.get("filesUpload") or [message.get("fileUpload") or {}]
        addresses = [upload.get("publicFilePath") or "" for upload in uploads]
        return tuple(one for one in addresses if one.startswith(("https://", f"{self.own_url}/")))

    def _transferred(self, transfer: Mapping[str, Any]) -> Event:
        agent = self._agent(transfer.get("transferredTo") or {})
        if agent is not None:
            return Transferred(self.reference, agent.name, agent)
        department = transfer.get("nextDepartment") or {}
        return Transferred(self.reference, department.get("name") or QUEUE)

    def _agent(self, person: Mapping[str, Any]) -> AgentOfLiveChat | None:
        """A person of the team, or None."""
        id, username = person.get("_id"), person.get("username") or ""
        if not id or username.lower() in self.bots:
            return None
        return AgentOfLiveChat(id, person.get("name") or username)
