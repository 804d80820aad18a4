"""A real Matrix homeserver behind the interface of the fakes: a proxy of ours in front of it makes the faults.

Agents do here what their clients would, through the client-server API. The proxy also looks at every request of the
connector: Synapse takes fields that it does not know, so the check for those is here.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, ClassVar
from urllib.parse import quote, urlencode

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen
from tests.support.synapse import CALL_SECONDS, Person, Synapse

CLIENT = "/_matrix/client/v3"
ADMIN = "/_synapse/admin/v1"
MAYA = "Maya Okafor"
KEPT = ("authorization", "content-type", "accept")  # headers that the homeserver gets to see
ROOM_KEYS = {
    "preset",
    "visibility",
    "name",
    "topic",
    "room_alias_name",
    "creation_content",
    "initial_state",
    "room_version",
}
MESSAGE_KEYS = {"msgtype", "body", "format", "formatted_body", "m.mentions", "org.handoff"}
_numbers = itertools.count(1)


class LiveMatrix(FakeLiveChat):
    """One bot and its agents on a homeserver that several tests share; no other test sees them."""

    type_name: ClassVar[str] = "matrix"

    def __init__(self, synapse: Synapse) -> None:
        super().__init__()
        self.synapse = synapse
        self._number = next(_numbers)
        self.bot = synapse.register(f"handoff{self._number}", "Handoff")
        self.passes_retry_after = True
        """False: as a homeserver from before version 1.10 of the specification."""
        self._people: dict[str, Person] = {}
        self._made: dict[str, int] = {}
        self._transactions = itertools.count(1)
        self.person(MAYA)

    def options(self) -> dict[str, Any]:
        return {"url": self.url, "token": self.bot.token, "invite": {"default": [self.person(MAYA).id]}}

    def references(self) -> list[str]:
        for room in self._admin("GET", "/rooms", params={"limit": "1000"})["rooms"]:
            if room["creator"] == self.bot.id and room["room_id"] not in self._made:
                path = f"/rooms/{quote(room['room_id'])}/messages"
                (first,) = self._admin("GET", path, params={"dir": "f", "limit": "1"})["chunk"]
                self._made[room["room_id"]] = first["origin_server_ts"]
        return sorted(self._made, key=lambda room: self._made[room])

    def seen_by_agents(self, reference: str) -> list[Seen]:
        messages = [event for event in self.events(reference) if event["type"] == "m.room.message"]
        return [Seen(self._kind(event), event["content"].get("body", "")) for event in messages]

    def agent_says(self, reference: str, text: str, agent: str = MAYA) -> str:
        return self.sends(reference, {"msgtype": "m.text", "body": text}, agent)

    def agent_notes(self, reference: str, text: str, agent: str = MAYA) -> None:
        self.agent_says(reference, f"// {text}", agent)

    def agent_closes(self, reference: str, agent: str = MAYA) -> None:
        self.agent_says(reference, "!resolve", agent)

    # more of what happens on a homeserver

    def person(self, name: str) -> Person:
        """The account of an agent."""
        if name not in self._people:
            localpart = f"{name.split()[0].lower()}{self._number}"
            self._people[name] = self.synapse.register(localpart, name)
        return self._people[name]

    def sends(self, reference: str, content: dict[str, Any], agent: str = MAYA, kind: str = "m.room.message") -> str:
        """An agent, who comes in first if need be, sends an event; returns its id."""
        self.joins(reference, agent)
        path = f"/send/{kind}/agent-{next(self._transactions)}"
        return str(self.acts(reference, "PUT", path, agent, json=content)["event_id"])

    def joins(self, reference: str, agent: str = MAYA) -> None:
        """An agent accepts the invitation; one who has none gets it from Maya."""
        person = self.person(agent)
        membership = self.membership(reference, person.id)
        if membership == "join":
            return
        if membership != "invite":
            self.joins(reference, MAYA)
            self.acts(reference, "POST", "/invite", MAYA, json={"user_id": person.id})
        self.acts(reference, "POST", "/join", agent, json={})

    def leaves(self, reference: str, agent: str = MAYA) -> None:
        """An agent leaves the room, or declines the invitation."""
        self.acts(reference, "POST", "/leave", agent, json={})

    def acts(self, reference: str, method: str, path: str, agent: str = MAYA, **more: Any) -> Any:
        """An agent makes a call about a room."""
        return self.synapse.call(method, f"{CLIENT}/rooms/{quote(reference)}{path}", self.person(agent), **more)

    def membership(self, reference: str, account: str) -> str | None:
        """``invite``, ``join``, ``leave``, ``ban`` or None."""
        # by the events: there is no state of a room that everybody has left
        members = [event for event in self.events(reference) if event["type"] == "m.room.member"]
        found = [event["content"]["membership"] for event in members if event["state_key"] == account]
        return str(found[-1]) if found else None

    def state(self, reference: str, kind: str) -> list[dict[str, Any]]:
        """The state of one type in a room, as the server's administrator sees it."""
        state = self._admin("GET", f"/rooms/{quote(reference)}/state")["state"]
        return [event for event in state if event["type"] == kind]

    def events(self, reference: str) -> list[dict[str, Any]]:
        """All events of a room, oldest first."""
        found: list[dict[str, Any]] = []
        params = {"dir": "f", "limit": "500"}
        while True:
            page = self._admin("GET", f"/rooms/{quote(reference)}/messages", params=params)
            found += page["chunk"]
            if "end" not in page:
                return found
            params = params | {"from": page["end"]}

    def limit(self, per_second: float, burst: int) -> None:
        """Limit how much the bot may send."""
        body = {"messages_per_second": per_second, "burst_count": burst}
        self._admin("POST", f"/users/{quote(self.bot.id)}/override_ratelimit", json=body)

    def _kind(self, event: dict[str, Any]) -> str:
        return str(event["content"]["org.handoff"]["kind"]) if event["sender"] == self.bot.id else "agent"

    def _admin(self, method: str, path: str, **more: Any) -> Any:
        return self.synapse.call(method, ADMIN + path, self.synapse.admin, **more)

    # the proxy

    def handle(self, request: Request) -> Answer:
        self._look_at(request)
        headers = {name: value for name, value in request.headers.items() if name in KEPT}
        query = f"?{urlencode(request.query)}" if request.query else ""
        answer = self.synapse.session.request(
            request.method,
            self.synapse.url + request.path + query,
            headers=headers,
            data=request.body or None,
            timeout=CALL_SECONDS,
        )
        kept = ("Content-Type", "Retry-After") if self.passes_retry_after else ("Content-Type",)
        passed = {name: answer.headers[name] for name in kept if name in answer.headers}
        return Answer(answer.status_code, answer.content, passed)

    def _look_at(self, request: Request) -> None:
        """Note what the specification does not know."""
        where = f"{request.method} {request.path}"
        if request.path == "/_matrix/client/versions":
            return
        if not request.path.startswith(f"{CLIENT}/"):
            self.complaints.append(f"{where}: not the client API")
        if not request.headers.get("authorization", "").startswith("Bearer "):
            self.complaints.append(f"{where}: no token")
        if "access_token" in request.query:
            self.complaints.append(f"{where}: the token is in the address")
        allowed = (
            ROOM_KEYS if request.path.endswith("/createRoom") else MESSAGE_KEYS if "/send/" in request.path else None
        )
        if allowed is not None:
            unknown = set(json.loads(request.body)) - allowed
            if unknown:
                self.complaints.append(f"{where}: unknown {sorted(unknown)}")
