"""Rocket.Chat: a handoff is a livechat room of Omnichannel, agents answer it there.

The visitor of such a room is a record of ours; its token is made from the handoff's id and a secret, so that a
repetition finds the same visitor and room, and nobody else does. Rooms of visitors have no private notes: the package
is the first message, marked as not written by the visitor, whom Rocket.Chat never talks to.
"""

from __future__ import annotations

import hmac
import json
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, ClassVar, Self

from handoff.connectors.base import (
    Attempt,
    Capabilities,
    Closed,
    Connector,
    Event,
    Finding,
    Link,
    Options,
    Pulled,
    Ring,
    Undeliverable,
    WebhookRefused,
    WebhookRequest,
)
from handoff.connectors.card import SPEAKERS, as_text, card_of
from handoff.connectors.rocketchat_api import GONE, RocketchatApi, says
from handoff.connectors.rocketchat_check import check_rocketchat
from handoff.connectors.rocketchat_events import Cursor, Reader
from handoff.connectors.rocketchat_options import RocketchatOptions
from handoff.connectors.rocketchat_text import FENCE, literal_line, literal_parts
from handoff.domain.model import Message, Sender, UrgencyLevel

IDS = uuid.UUID("8f1c8f5e-5a57-4f0e-b8a4-0d8d9a3c1d27")
"""Any will do, but never another: tokens and ids of messages must not change."""
TOKEN_HEADER = "x-rocketchat-livechat-token"
MARKER = "*Handed over by the assistant – for agents only. The visitor did not write this and does not see it.*"
ROOM_FOR_MARKER = len(MARKER) + 40  # its number and line breaks besides
BAD_REQUEST = 400
TAG = "handoff"
LONGEST_TOPIC = 200  # characters: one line above the conversation
ASK_ROOM_AFTER = 300.0
"""Seconds between two questions whether a room is still open. Its last message says so; only a crash of Rocket.Chat
between closing and saying, or a removal, leaves none. The call counts against the same limit as opening rooms."""
RINGS = frozenset({"LivechatSessionTaken", "LivechatSessionForwarded", "LivechatSession"})
"""Types of webhooks (``sendToCRM.ts``) that are always news; ``Message`` is when an agent wrote it."""


class RocketchatConnector(Connector):
    """See the module."""

    capabilities: ClassVar[Capabilities] = Capabilities(
        two_way=True, live=True, pulls=True, attachments=True, priority=True, queues=True
    )
    options: ClassVar[type[Options]] = RocketchatOptions

    def __init__(self, name: str, options: RocketchatOptions, clock: Callable[[], float] = time.time) -> None:
        """``clock`` gives Unix seconds."""
        super().__init__(name)
        self._options = options
        self._clock = clock
        self._bots = frozenset(username.lower() for username in options.bot_usernames)
        self._api = RocketchatApi(name, options.url, options.account_id, options.token.get_secret_value())

    @classmethod
    def create(cls, name: str, options: RocketchatOptions, desk_url: str) -> Self:
        """See the base; the link to the desk is in the package."""
        return cls(name, options)

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Register the visitor, get the room, write beside it what it is about, then the package as first message."""
        token = self._token(attempt.link)
        if attempt.link.reference is None:
            self._api.me()  # visitors need no account: a wrong one would be noticed only once the room is there
            attempt.keep()
            department = self._options.departments.get(package["queue"])
            visitor_id = self._api.register(token, package["visitor"]["name"], department)
            attempt.keep()
            attempt.remember(reference=self._api.room_of(token), visitor_id=visitor_id)
            attempt.keep()
        rid, visitor_id = str(attempt.link.reference), str(attempt.link.data["visitor_id"])
        if not attempt.link.data.get("described"):
            self._describe(package, rid, visitor_id)
            attempt.remember(described=True)
            attempt.keep()
        self._say(attempt, f"package:{attempt.link.handoff_id}", self._first_messages(package))

    def send(self, message: Message, attempt: Attempt) -> None:
        """Write as the visitor; what another wrote says so."""
        text = message.text
        if message.sender is not Sender.VISITOR:
            who = " ".join(filter(None, [SPEAKERS[message.sender.value], message.name]))
            text = f"[{who}, not the visitor:] {text}"
        self._say(attempt, f"message:{message.id}", literal_parts(text, self._options.message_limit))

    def close(self, reason: str, attempt: Attempt) -> None:
        """Close the room, also one whose id never arrived here; a room that is closed or gone is fine."""
        token = self._token(attempt.link)
        rid = attempt.link.reference
        if rid is None:
            rid = self._api.open_room_of(token)
            if rid is None:
                return
            attempt.keep()
        self._api.close(token, rid, reason, attempt.keep)

    def receive(self, request: WebhookRequest) -> Sequence[Event]:
        """Compare the token, then ring for the room; Rocket.Chat signs nothing and sends no time."""
        expected = self._options.webhook_token.get_secret_value().encode()
        given = request.headers.get(TOKEN_HEADER, "").encode("utf-8", "surrogatepass")
        if not hmac.compare_digest(given, expected):
            raise WebhookRefused(f"{self.name}: the header X-RocketChat-Livechat-Token is missing or wrong.")
        try:
            body = json.loads(request.body)
        except ValueError:
            raise WebhookRefused(f"{self.name}: the webhook's body is not JSON.") from None
        if not isinstance(body, dict) or not isinstance(body.get("_id"), str):
            return []  # the administrator's "Send test" and types without a room
        return [Ring(body["_id"])] if self._is_news(body) else []

    def pull(self, link: Link) -> Pulled:
        """Read the room's messages since the cursor; ask the room itself now and then."""
        if link.reference is None:
            return Pulled([], link.cursor)
        cursor = Cursor.read(link.cursor, self._clock())
        events: list[Event] = []
        try:
            events, cursor = self._news(link, link.reference, cursor)
            if not cursor.closed and self._clock() - cursor.asked >= ASK_ROOM_AFTER:
                if not self._api.is_open(self._token(link), link.reference):
                    late, cursor = self._news(link, link.reference, cursor)  # what was said until it closed
                    events += late if cursor.closed else [*late, Closed(link.reference)]
                    cursor = replace(cursor, closed=True)
                cursor = replace(cursor, asked=self._clock())
        except Undeliverable as error:
            if not says(error, *GONE):
                raise
            # somebody removed the room, which is only possible once it is closed
            events += [] if cursor.closed else [Closed(link.reference)]
            cursor = replace(cursor, closed=True)
        return Pulled(events, cursor.write())

    def check(self) -> list[Finding]:
        """See :func:`handoff.connectors.rocketchat_check.check_rocketchat`."""
        options = self._options
        priorities = {level.value: id for level, id in options.priorities.items()}
        return check_rocketchat(self._api, options.account_id, options.departments, priorities, options.message_limit)

    def _token(self, link: Link) -> str:
        """Our visitor's token: whoever knows it reads the room, so the handoff's id alone must not give it away."""
        secret = uuid.uuid5(IDS, self._options.webhook_token.get_secret_value())
        return str(uuid.uuid5(secret, link.handoff_id))

    def _first_messages(self, package: Mapping[str, Any]) -> list[str]:
        """The package as messages, each with the marker; the way to the desk can always be clicked."""
        card = card_of(package)
        room = ROOM_FOR_MARKER + len(card.desk_url)
        parts = literal_parts(as_text(card), self._options.message_limit - room)
        if parts[-1].endswith(FENCE):
            parts[-1] += f"\n{card.desk_url}"
        return [f"{MARKER}{_count(number, len(parts))}\n{part}" for number, part in enumerate(parts)]

    def _describe(self, package: Mapping[str, Any], rid: str, visitor_id: str) -> None:
        # neither e-mail nor phone: Rocket.Chat mails transcripts, with the package in them, to an address that it
        # knows, and tells a visitor's token to whoever registers with the same phone number; the package has both
        name = package["visitor"]["name"]
        guest = {"_id": visitor_id} | ({"name": name} if name else {})
        room: dict[str, Any] = {"_id": rid, "topic": literal_line(package["summary"]["headline"], LONGEST_TOPIC)}
        room["tags"] = [TAG, package["topic"]]
        priority = self._options.priorities.get(UrgencyLevel(package["urgency"]["level"]))
        if priority is not None:
            room["priorityId"] = priority
        self._api.save_info(guest, room)

    def _say(self, attempt: Attempt, what: str, texts: Sequence[str]) -> None:
        """Write ``texts``, each once: a repetition looks for them first.

        The ids hold the room's: the same handoff may come back to Rocket.Chat and gets another room then.
        """
        rid = attempt.link.reference
        if rid is None:
            raise Undeliverable(f"{self.name} has no room for this handoff.")
        token = self._token(attempt.link)
        there: set[str] = set()
        if attempt.repeated:
            there = {message["_id"] for message in self._api.history(token, rid, None, attempt.keep)}
        calls = 0
        for number, text in enumerate(texts):
            message_id = str(uuid.uuid5(IDS, f"{rid}:{what}:{number}"))
            if message_id in there:
                continue
            if attempt.repeated or calls:
                attempt.keep()
            self._say_once(attempt, token, rid, message_id, text)
            calls += 1

    def _say_once(self, attempt: Attempt, token: str, rid: str, message_id: str, text: str) -> None:
        try:
            self._api.say(token, rid, message_id, text, attempt.keep)
        except Undeliverable as error:
            if error.status != BAD_REQUEST:
                raise
            # an id that is there already is refused without a name: an attempt that was given up arrived after all
            if message_id not in {message["_id"] for message in self._api.history(token, rid, None, attempt.keep)}:
                raise

    def _news(self, link: Link, rid: str, cursor: Cursor) -> tuple[list[Event], Cursor]:
        reader = Reader(
            reference=rid,
            visitor_id=link.data.get("visitor_id"),
            account_id=self._options.account_id,
            bots=self._bots,
            own_url=self._options.url.rstrip("/"),
        )
        return reader.news(self._api.history(self._token(link), rid, cursor.since), cursor)

    def _is_news(self, body: Mapping[str, Any]) -> bool:
        if body.get("type") != "Message":
            return body.get("type") in RINGS
        return any(
            message.get("agentId") and str(message.get("username", "")).lower() not in self._bots
            for message in body.get("messages") or []
        )


def _count(number: int, of: int) -> str:
    return f" ({number + 1} of {of})" if of > 1 else ""
