"""The calls of the Matrix client-server API that the connector makes, by what they do.

Paths, bodies and error codes are those of the client-server API v3 (Matrix specification 1.1 and later); what a real
server does with them was tried on Synapse 1.163.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from handoff.connectors.base import Attempt
from handoff.connectors.http import LiveChatHttp
from handoff.service.delivery import Undeliverable

CLIENT = "/_matrix/client/v3"
GONE = frozenset({403, 404})
"""M_FORBIDDEN: the bot is not in the room (any more); M_NOT_FOUND: there is no such thing."""
OURS = "org.handoff"
"""Key in the content of our messages: ``{"kind": ..., "id": ...}``. Other keys than the specification's are allowed
there; clients ignore them."""
PAGE = 100  # events of one page: Synapse gives no more in /sync (filter_timeline_limit)
TYPING_MS = 30_000  # how long "is typing" is shown unless it is taken back: what Element asks for
NO_VERSION = "org.handoff.check"  # of rooms; no server knows it


def pause_in_body(body: bytes) -> float | None:
    """Seconds that M_LIMIT_EXCEEDED asks for: ``retry_after_ms``, in use before there was a header (1.10)."""
    try:
        said = json.loads(body)
    except ValueError:
        return None
    pause = said.get("retry_after_ms") if isinstance(said, dict) else None
    return pause / 1000 if isinstance(pause, int | float) and not isinstance(pause, bool) else None


@dataclass(frozen=True)
class Account:
    """Whose token it is; ``device`` is None for a token without one."""

    id: str
    device: str | None

    @property
    def server(self) -> str:
        """The name of the homeserver: what stands behind the first colon."""
        return server_of(self.id)


def server_of(identifier: str) -> str:
    """The server in ``@maya:example.org``; it may hold a port."""
    return identifier.partition(":")[2]


class MatrixApi:
    """One account on one homeserver. Errors are those of :class:`~handoff.connectors.http.LiveChatHttp`."""

    def __init__(self, http: LiveChatHttp, before: Callable[[], None] = lambda: None) -> None:
        """``before`` is called ahead of each call."""
        self._http = http
        self._before = before

    def during(self, attempt: Attempt) -> MatrixApi:
        """The same, which says ahead of each call but the first that there is another one."""
        calls = 0

        def keep() -> None:
            nonlocal calls
            calls += 1
            if calls > 1:
                attempt.keep()

        return MatrixApi(self._http, keep)

    def versions(self) -> list[str]:
        """Versions of the specification that the server knows; needs no token."""
        said = self.call("GET", "/_matrix/client/versions")
        return [str(version) for version in said["versions"]]

    def whoami(self) -> Account:
        """Whose token it is."""
        said = self.call("GET", f"{CLIENT}/account/whoami")
        return Account(said["user_id"], said.get("device_id"))

    def may_create_rooms(self) -> bool:
        """Whether the account may make rooms, as far as that is known without making one: there is no such version of
        rooms. Synapse looks at blocked accounts and at rules of modules before that, at its spam checkers after it. The
        specification has no way to ask."""
        try:
            self.call("POST", f"{CLIENT}/createRoom", json={"preset": "private_chat", "room_version": NO_VERSION})
        except Undeliverable as error:
            if error.status == 403:
                return False
            if "M_UNSUPPORTED_ROOM_VERSION" in str(error):
                return True
            raise
        raise Undeliverable(f"The server made a room of version {NO_VERSION}, which does not exist.")

    def profile_exists(self, account: str) -> bool:
        """Whether there is such an account, here or on the server in its name."""
        try:
            self.call("GET", f"{CLIENT}/profile/{_in_path(account)}")
        except Undeliverable as error:
            if error.status == 404:
                return False
            raise
        return True

    def resolve(self, alias: str) -> str | None:
        """The room behind an alias, or None."""
        try:
            return str(self.call("GET", f"{CLIENT}/directory/room/{_in_path(alias)}")["room_id"])
        except Undeliverable as error:
            if error.status == 404:
                return None
            raise

    def drop_alias(self, alias: str) -> None:
        """Take an alias away; it may be gone."""
        with Gone():
            self.call("DELETE", f"{CLIENT}/directory/room/{_in_path(alias)}")

    def create_room(self, body: Mapping[str, Any]) -> str | None:
        """Make a room; None when its alias is taken (M_ROOM_IN_USE)."""
        try:
            return str(self.call("POST", f"{CLIENT}/createRoom", json=body)["room_id"])
        except Undeliverable as error:
            if error.status == 400 and "M_ROOM_IN_USE" in str(error):
                return None
            raise

    def joined(self, room: str) -> list[str] | None:
        """Who is in a room; None when the bot is not."""
        try:
            return list(self.call("GET", f"{room_path(room)}/joined_members")["joined"])
        except Undeliverable as error:
            if error.status in GONE:
                return None
            raise

    def known_members(self, room: str) -> set[str]:
        """Everybody who was ever invited, whatever they made of it."""
        chunk = self.call("GET", f"{room_path(room)}/members")["chunk"]
        return {event["state_key"] for event in chunk}

    def invited(self, room: str) -> list[str]:
        """Who has neither come nor declined; nobody where the bot is out already."""
        try:
            chunk = self.call("GET", f"{room_path(room)}/members", params={"membership": "invite"})["chunk"]
        except Undeliverable as error:
            if error.status in GONE:
                return []
            raise
        # who has left still sees the members as they were then
        return [event["state_key"] for event in chunk if event["content"].get("membership") == "invite"]

    def withdraw(self, room: str, account: str) -> None:
        """Take an invitation back."""
        with Gone():
            self.call("POST", f"{room_path(room)}/kick", json={"user_id": account})

    def name_in(self, room: str, account: str) -> str | None:
        """What an account calls itself in a room."""
        try:
            content = self.call("GET", f"{room_path(room)}/state/m.room.member/{_in_path(account)}")
        except Undeliverable as error:
            if error.status in GONE:
                return None
            raise
        name = content.get("displayname")
        return name if isinstance(name, str) else None

    def invite(self, room: str, account: str) -> None:
        """Invite an account."""
        self.call("POST", f"{room_path(room)}/invite", json={"user_id": account})

    def leave(self, room: str) -> None:
        """Leave a room; the bot may be out already."""
        with Gone():
            self.call("POST", f"{room_path(room)}/leave", json={})

    def say(self, room: str, transaction: str, content: Mapping[str, Any]) -> None:
        """Send a message. The same transaction again has no effect: the server remembers it for the device
        (transaction identifiers; Synapse for a day)."""
        self.call("PUT", f"{room_path(room)}/send/m.room.message/{_in_path(transaction)}", json=content)

    def typing(self, room: str, account: str, on: bool) -> None:
        """Show, or stop showing, that the bot types."""
        body = {"typing": True, "timeout": TYPING_MS} if on else {"typing": False}
        self.call("PUT", f"{room_path(room)}/typing/{_in_path(account)}", json=body)

    def shown(self, room: str, account: str) -> frozenset[str]:
        """Ids of the newest hundred messages that we sent to a room. What is delivered one after the other and may
        have been delivered before is among them."""
        wanted = {"senders": [account], "types": ["m.room.message"]}
        page = self.call(
            "GET", f"{room_path(room)}/messages", params={"dir": "b", "limit": str(PAGE), "filter": as_json(wanted)}
        )
        marks = [event["content"].get(OURS) for event in page["chunk"]]
        return frozenset(mark["id"] for mark in marks if isinstance(mark, dict) and "id" in mark)

    def call(self, method: str, path: str, **more: Any) -> Any:
        """Make one call; see :meth:`~handoff.connectors.http.LiveChatHttp.call`."""
        self._before()
        return self._http.call(method, path, **more)


class Gone:
    """Passes over the refusal of a call whose effect is there already, because the thing or the bot is gone."""

    def __enter__(self) -> None:
        """Nothing to set up."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: object) -> bool:
        return isinstance(error, Undeliverable) and error.status in GONE


def room_path(room: str) -> str:
    return f"{CLIENT}/rooms/{_in_path(room)}"


def _in_path(identifier: str) -> str:
    return quote(identifier, safe="")


def as_json(wanted: Mapping[str, Any]) -> str:
    return json.dumps(wanted, separators=(",", ":"))
