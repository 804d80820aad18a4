"""A strict Rocket.Chat: livechat's REST calls and webhooks as its documentation and its public source have them."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from tests.support.live_chats.base import Answer, FakeLiveChat, Request, Seen, Webhook

TOKEN = "pat-4a7c0e9d51b84f6e"
ACCOUNT_ID = "aobEdbYhXfu5hkeqG"
WEBHOOK_TOKEN = "3f5a9c1e7b2d4860"
JOINER = "\u2060"
"""Has no width: agents do not see it."""
MARKED = "for agents only"
"""What tells the package from what the visitor wrote."""
HISTORY_DEFAULT = 20
START = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)

Reply = dict[str, Any]


@dataclass
class Room:
    """A livechat room; ``messages`` in the order of writing."""

    id: str
    token: str
    visitor: dict[str, Any]
    department: str | None
    open: bool = True
    removed: bool = False
    served_by: dict[str, Any] | None = None
    messages: list[dict[str, Any]] = field(default_factory=list)
    info: dict[str, Any] = field(default_factory=dict)


class Failure(Exception):
    """``API.v1.failure``: a 400 with the error's name."""

    def __init__(self, error: str, status: int = 400) -> None:
        super().__init__(error)
        self.error = error
        self.status = status


class FakeRocketchat(FakeLiveChat):
    """Visitors, rooms, messages, one account. Time stands still unless told, but no two messages share a moment."""

    type_name: ClassVar[str] = "rocketchat"

    def __init__(self) -> None:
        super().__init__()
        self.visitors: dict[str, dict[str, Any]] = {}
        self.rooms: dict[str, Room] = {}
        self.departments = {"dep-sales": "Sales", "dep-billing": "Billing"}
        self.priorities = {"prio-urgent": "Urgent", "prio-high": "High"}
        self.roles = ["livechat-manager"]
        self.permissions = {"view-l-room", "close-livechat-room"}
        self.enabled = True
        self.anyone_online = True
        self.tags_before_closing = False
        self.doubles_known_ids = False
        """Some version may write a message again whose id it has; those whose source is known refuse it."""
        self.character_limit: int | None = None
        self.visitor_calls_left: int | None = None
        """How many of `livechat/visitor` are allowed in this minute; None: nobody counts."""
        self.now = START
        self.frozen = False
        """Messages get the same moment then."""
        self._ids = 0

    # what tests use

    def options(self) -> dict[str, Any]:
        return {
            "url": self.url,
            "account_id": ACCOUNT_ID,
            "token": TOKEN,
            "webhook_token": WEBHOOK_TOKEN,
            "departments": {"sales": "dep-sales", "billing": "dep-billing"},
            "priorities": {"urgent": "prio-urgent", "high": "prio-high"},
            "bot_usernames": ["rocket.cat", "helper.bot"],
        }

    def references(self) -> list[str]:
        return list(self.rooms)

    def seen_by_agents(self, reference: str) -> list[Seen]:
        room = self.rooms[reference]
        return [seen for message in room.messages if (seen := _seen(message, room)) is not None]

    def agent_says(self, reference: str, text: str, agent: str = "Maya Okafor", **more: Any) -> str:
        with self.lock:
            room = self.rooms[reference]
            person = self._takes(room, agent)
            message = self._write(room, person, text, **more)
            self._ring("Message", room, [message])
            return str(message["_id"])

    def agent_closes(self, reference: str, agent: str = "Maya Okafor") -> None:
        with self.lock:
            room = self.rooms[reference]
            self._close(room, self._takes(room, agent), "Solved")

    def agent_forwards(self, reference: str, *, to: str, agent: str = "Maya Okafor") -> None:
        """To a department by id, or to an agent by name."""
        with self.lock:
            room = self.rooms[reference]
            by = self._takes(room, agent)
            transfer: dict[str, Any] = {"transferredBy": by | {"userType": "agent"}, "comment": "please"}
            if to in self.departments:
                room.department, room.served_by = to, None
                transfer |= {"scope": "department", "nextDepartment": {"_id": to, "name": self.departments[to]}}
            else:
                transfer |= {"scope": "agent", "transferredTo": self._takes(room, to)}
            self._write(room, by, "", t="livechat_transfer_history", transferData=transfer)
            self._ring("LivechatSessionForwarded", room)

    def bot_says(self, reference: str, text: str) -> None:
        """An automatic account with an agent's role."""
        with self.lock:
            room = self.rooms[reference]
            message = self._write(room, {"_id": "id-bot", "username": "Helper.Bot", "name": "Helper"}, text)
            self._ring("Message", room, [message])

    def closes_by_itself(self, reference: str, *, silently: bool = False) -> None:
        """Nothing happened for long; ``silently``: it crashes between closing and saying so."""
        with self.lock:
            room = self.rooms[reference]
            if silently:
                room.open = False
            else:
                self._close(room, {"_id": "rocket.cat", "username": "rocket.cat", "name": "Rocket.Cat"}, "Abandoned")

    def widget_takes_over(self, token: str) -> None:
        """Somebody used the widget with the e-mail that an agent added: the visitor's record has another token now."""
        self.visitors[f"widget-{token}"] = self.visitors.pop(token)

    # requests

    def handle(self, request: Request) -> Answer:
        prefix = "/api/v1/"
        if not request.path.startswith(prefix):
            return self.complain(f"no such path: {request.path}", 404)
        path = request.path.removeprefix(prefix)
        history = "livechat/messages.history/"
        name = f"{request.method} {history if path.startswith(history) else path}"
        routes: dict[str, tuple[Callable[[Request], Reply], bool]] = {
            "POST livechat/visitor": (self._visitor, False),
            "GET livechat/room": (self._room, False),
            "POST livechat/message": (self._message, False),
            f"GET {history}": (self._history, False),
            "POST livechat/room.close": (self._room_close, False),
            "GET livechat/config": (self._config, False),
            "POST livechat/room.saveInfo": (self._save_info, True),
            "POST livechat/room.closeByUser": (self._close_by_user, True),
            "GET livechat/priorities": (self._priorities, True),
            "GET me": (self._me, True),
        }
        if name not in routes:
            return self.complain(f"no such call: {name}", 404)
        call, needs_account = routes[name]
        given = (request.headers.get("x-auth-token"), request.headers.get("x-user-id"))
        if not needs_account and given != (None, None):
            return self.complain(f"{name} got the account's token, which it has no need for", 400)
        if needs_account and given != (TOKEN, ACCOUNT_ID):
            said = {"status": "error", "message": "You must be logged in to do this."}
            return Answer(401, json.dumps(said).encode(), {"Content-Type": "application/json"})
        try:
            return _answer(200, call(request) | {"success": True})
        except Failure as failure:
            return _answer(failure.status, {"success": False, "error": failure.error})

    def _visitor(self, request: Request) -> Reply:
        known = dict.fromkeys(("name", "email", "phone", "department", "username"), str)
        given = self._body(request, {"visitor": dict}, {})["visitor"]
        visitor = self._object(given, "visitor", {"token": str}, known)
        if self.visitor_calls_left is not None:
            if not self.visitor_calls_left:
                text = (
                    "Error, too many requests. Please slow down. You must wait 42 seconds before trying this endpoint"
                )
                raise Failure(f"{text} again. [error-too-many-requests]", 429)
            self.visitor_calls_left -= 1
        token, department = visitor["token"], visitor.get("department")
        if department is not None and department not in self.departments:
            raise Failure("The provided department is invalid [error-invalid-department]")
        record = self.visitors.get(token)
        if record is None and visitor.get("phone"):
            record = next((one for one in self.visitors.values() if one.get("phone") == visitor["phone"]), None)
        elif record is None and visitor.get("email"):
            old = next((key for key, one in self.visitors.items() if one.get("email") == visitor["email"]), None)
            record = self.visitors.pop(old) if old else None
            if record is not None:
                self.visitors[token] = record | {"token": token}
        if record is None:
            record = {"_id": self._id("visitor"), "token": token, "username": f"guest-{len(self.visitors) + 1}"}
            self.visitors[token] = record
        record |= {key: value for key, value in visitor.items() if key != "token"}
        return {"visitor": record}

    def _room(self, request: Request) -> Reply:
        self._query(request, {"token"}, {"rid", "agentId"})
        visitor = self._guest(request.query["token"])
        rid = request.query.get("rid")
        mine = [room for room in self.rooms.values() if room.open and room.token == request.query["token"]]
        if rid is not None:
            mine = [room for room in mine if room.id == rid and not room.removed]
            if not mine:
                raise Failure("invalid-room")
        if mine:
            return {"room": _public(mine[0]), "newRoom": False}
        if not self.enabled:
            raise Failure("error-omnichannel-is-disabled")
        if not self.anyone_online:
            raise Failure("Sorry, no online agents [no-agent-online]")
        room = Room(self._id("room"), request.query["token"], visitor, visitor.get("department"))
        self.rooms[room.id] = room
        self._write(room, _person(visitor), "", t="livechat-started", token=room.token)
        return {"room": _public(room), "newRoom": True}

    def _message(self, request: Request) -> Reply:
        body = self._body(request, {"token": str, "rid": str, "msg": str}, {"_id": str, "agent": dict})
        room = self._room_of_guest(body["token"], body["rid"])
        if not room.open:
            raise Failure("room-closed")
        if self.character_limit is not None and len(body["msg"].encode("utf-16-le")) // 2 > self.character_limit:
            raise Failure("message-length-exceeds-character-limit")
        ids = {message["_id"] for one in self.rooms.values() for message in one.messages}
        if body.get("_id") in ids and not self.doubles_known_ids:
            raise Failure("Cannot convert undefined or null to object")  # what sendMessage.ts gives for a known id
        guest = self._guest(body["token"])
        message = self._write(room, _person(guest), body["msg"], id=body.get("_id"), token=body["token"])
        self._ring("Message", room, [message])
        return {"message": message}

    def _history(self, request: Request) -> Reply:
        self._query(request, {"token"}, {"ls", "end", "limit", "offset", "count", "sort", "searchText"})
        room = self._room_of_guest(request.query["token"], request.path.rpartition("/")[2])
        limit = int(request.query.get("limit", HISTORY_DEFAULT))
        messages = sorted(room.messages, key=lambda message: str(message["ts"]))[::-1]
        end = request.query.get("end")
        if end is not None:
            messages = [message for message in messages if _time(message["ts"]) < _time(end)]
        return {"messages": messages[:limit]}

    def _room_close(self, request: Request) -> Reply:
        body = self._body(request, {"token": str, "rid": str}, {})
        room = self._room_of_guest(body["token"], body["rid"])
        if not room.open:
            raise Failure("room-closed")
        self._close(room, _person(room.visitor), "Closed by visitor", token=room.token)
        return {"rid": room.id, "comment": "Closed by visitor"}

    def _config(self, request: Request) -> Reply:
        self._query(request, set(), {"token", "department", "businessUnit"})
        if not self.enabled:
            return {"config": {"enabled": False}}
        departments = [{"_id": id, "name": name} for id, name in self.departments.items()]
        limit = self.character_limit if self.character_limit is not None else False
        config: Reply = {"enabled": True, "departments": departments, "settings": {"limitTextLength": limit}}
        token = request.query.get("token")
        mine = [room for room in self.rooms.values() if room.open and room.token == token]
        if token in self.visitors and mine:
            config["room"] = _public(mine[0])
        return {"config": config}

    def _save_info(self, request: Request) -> Reply:
        body = self._body(request, {"guestData": dict, "roomData": dict}, {})
        known_guest = {"name": str, "email": str, "phone": str, "livechatData": dict}
        guest = self._object(body["guestData"], "guestData", {"_id": str}, known_guest)
        known_room = {"topic": str, "tags": list, "livechatData": dict, "priorityId": str, "slaId": str}
        info = self._object(body["roomData"], "roomData", {"_id": str}, known_room)
        self._allowed("view-l-room")
        room = self._known_room(info["_id"])
        if not {"livechat-manager", "livechat-monitor"} & set(self.roles):
            raise Failure("unauthorized", 403)
        if guest["_id"] != room.visitor["_id"]:
            raise Failure("error-invalid-visitor")
        room.info |= info
        room.visitor |= {key: value for key, value in guest.items() if key != "_id"}
        return {}

    def _close_by_user(self, request: Request) -> Reply:
        body = self._body(request, {"rid": str}, {"comment": str, "tags": list, "forceClose": bool})
        self._allowed("close-livechat-room")
        room = self._known_room(body["rid"])
        if not room.open:
            raise Failure("error-room-already-closed")
        if not {"livechat-manager", "livechat-monitor", "admin"} & set(self.roles):
            raise Failure("error-not-authorized")
        if self.tags_before_closing:
            raise Failure("error-tags-must-be-assigned-before-closing-chat")
        self._close(room, {"_id": ACCOUNT_ID, "username": "handoff", "name": "Handoff"}, body.get("comment", ""))
        return {}

    def _priorities(self, request: Request) -> Reply:
        self._query(request, set(), {"offset", "count", "sort", "text"})
        self._allowed("view-l-room")
        return {"priorities": [{"_id": id, "name": name} for id, name in self.priorities.items()]}

    def _me(self, request: Request) -> Reply:
        self._query(request, set(), set())
        return {"_id": ACCOUNT_ID, "username": "handoff", "roles": self.roles, "active": True}

    # what happens

    def _takes(self, room: Room, name: str) -> dict[str, Any]:
        username = name.lower().replace(" ", ".")
        person = {"_id": f"id-{username}", "username": username, "name": name}
        if room.served_by is None or room.served_by["_id"] != person["_id"]:
            room.served_by = person
            self._write(room, person, "connected", t="command")
            self._write(room, person, "", t="uj")
            self._ring("LivechatSessionTaken", room)
        return person

    def _close(self, room: Room, person: dict[str, Any], comment: str, **more: Any) -> None:
        room.open = False
        self._write(room, person, comment, t="livechat-close", **more)
        self._write(room, person, "promptTranscript", t="command")
        self._ring("LivechatSession", room)

    def _write(
        self, room: Room, person: dict[str, Any], text: str, id: str | None = None, **more: Any
    ) -> dict[str, Any]:
        if not self.frozen:
            self.now += timedelta(milliseconds=7)
        at = self.now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        message = {"_id": id or self._id("message"), "rid": room.id, "msg": text, "ts": at, "u": person, **more}
        room.messages.append(message)
        return message

    def _ring(self, kind: str, room: Room, messages: list[dict[str, Any]] | None = None) -> None:
        told = []
        for message in room.messages if messages is None else messages:
            if message.get("t") not in (None, "livechat-close"):
                continue
            one = {key: message[key] for key in ("_id", "msg", "ts", "rid")} | {"username": message["u"]["username"]}
            one |= {"agentId": message["u"]["_id"]} if message["u"]["_id"] != room.visitor["_id"] else {}
            told.append(one | ({"closingMessage": True} if message.get("t") else {}))
        body = {"_id": room.id, "type": kind, "visitor": _person(room.visitor), "messages": told}
        headers = {"Content-Type": "application/json", "X-RocketChat-Livechat-Token": WEBHOOK_TOKEN}
        self.webhooks.append(Webhook(headers, json.dumps(body).encode()))

    # what is checked

    def _guest(self, token: str) -> dict[str, Any]:
        if token not in self.visitors:
            raise Failure("invalid-token")
        return self.visitors[token]

    def _room_of_guest(self, token: str, rid: str) -> Room:
        self._guest(token)
        room = self.rooms.get(rid)
        if room is None or room.removed or room.token != token:
            raise Failure("invalid-room")
        return room

    def _known_room(self, rid: str) -> Room:
        room = self.rooms.get(rid)
        if room is None or room.removed:
            raise Failure("error-invalid-room")
        return room

    def _allowed(self, permission: str) -> None:
        if permission not in self.permissions:
            raise Failure("User does not have the permissions required for this action [error-unauthorized]", 403)

    def _body(self, request: Request, needed: dict[str, type], optional: dict[str, type]) -> dict[str, Any]:
        if request.headers.get("content-type") != "application/json":
            self._broken(f"{request.path} without application/json")
        return self._object(json.loads(request.body), request.path, needed, optional)

    def _object(
        self, given: dict[str, Any], where: str, needed: Mapping[str, type], optional: Mapping[str, type]
    ) -> dict[str, Any]:
        for key in needed:
            if key not in given:
                self._broken(f"{where} without {key}")
        for key, value in given.items():
            kind = needed.get(key) or optional.get(key)
            if kind is None or not isinstance(value, kind):
                self._broken(f"{where} with {key} of {type(value).__name__}")
        return given

    def _query(self, request: Request, needed: set[str], optional: set[str]) -> None:
        given = set(request.query)
        if not needed <= given <= needed | optional:
            self._broken(f"{request.path} with the query {', '.join(sorted(given))}")

    def _broken(self, what: str) -> None:
        self.complain(what)
        raise Failure(f"{what} [invalid-params]")

    def _id(self, kind: str) -> str:
        self._ids += 1
        return uuid.uuid5(uuid.NAMESPACE_OID, f"{kind}{self._ids}").hex[:17]  # Random.id() has 17 characters


def _answer(status: int, body: Reply) -> Answer:
    return Answer(status, json.dumps(body).encode(), {"Content-Type": "application/json"})


def _person(visitor: dict[str, Any]) -> dict[str, Any]:
    return {"_id": visitor["_id"], "username": visitor["username"], "name": visitor.get("name")}


def _public(room: Room) -> Reply:
    return {"_id": room.id, "t": "l", "open": room.open, "departmentId": room.department, "servedBy": room.served_by}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _seen(message: dict[str, Any], room: Room) -> Seen | None:
    text = message["msg"].replace(JOINER, "")
    if message.get("t"):
        return Seen("system", text) if message["t"] == "livechat-close" else None
    if message.get("token") != room.token:
        return Seen("agent", text)
    return Seen("package" if MARKED in text else "visitor", text)
