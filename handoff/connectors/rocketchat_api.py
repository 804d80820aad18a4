"""The calls to Rocket.Chat that the connector needs, with its errors told apart.

Facts are from its documentation and its source (``apps/meteor/app/livechat/server/api/v1`` and ``.../lib``). Nearly
every error is a 400 whose ``error`` says which; 401 and 403 are the account's. Visitors' calls carry no account:
whoever knows a visitor's token is the visitor. ``keep`` is :meth:`handoff.connectors.base.Attempt.keep`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeVar
from urllib.parse import quote

from handoff.connectors.http import LiveChatHttp
from handoff.service.delivery import NotYet, Undeliverable

PAGE = 100  # messages of one call; the default is 20, and 100 of the longest stay far below the limit of an answer
MOST_PAGES = 100  # 10,000 messages: no conversation has more, and whoever pages longer goes in circles
MILLISECOND = timedelta(milliseconds=1)  # the resolution of Rocket.Chat's times
PASSING = ("no-agent-online", "error-room-cannot-be-closed-try-again", "error-taking-inquiry-lockedAt-mismatch")
"""Refusals (400) that pass by themselves: somebody may come online, two calls met."""
ALREADY_CLOSED = ("room-closed", "error-room-already-closed")
GONE = ("invalid-room",)  # also "error-invalid-room": never was, removed, or another visitor's
UNKNOWN_VISITOR = "invalid-token"
NO_SUCH_ROOM = "handoff-check"  # an id that Rocket.Chat never makes (its own have 17 letters and digits)
WAIT = re.compile(rb"must wait (\d+) seconds")

Message = Mapping[str, Any]
T = TypeVar("T")
Keep = Callable[[], None]


def no_lease() -> None:
    """Whoever reads only holds nothing that must be renewed."""


class RocketchatApi:
    """One server, one account. Every method raises NotYet or Undeliverable as the contract of connectors says."""

    def __init__(self, name: str, url: str, account_id: str, token: str) -> None:
        base = url.rstrip("/") + "/api/v1"
        self._visitors = LiveChatHttp(base, what=name, pause_in=seconds_to_wait)
        account = {"X-Auth-Token": token, "X-User-Id": account_id}
        self._account = LiveChatHttp(base, account, what=name, pause_in=seconds_to_wait)

    def register(self, token: str, name: str | None = None, department: str | None = None) -> str:
        """Make or find the visitor of ``token``; returns the visitor's id.

        Without e-mail and phone: Rocket.Chat takes a visitor with the same e-mail or phone for the same person and
        gives the new one the other's token or room (``registerGuest``), but visitors type what they like.
        """
        known = {"token": token, "name": name, "department": department}
        visitor = {key: value for key, value in known.items() if value}
        answer = _call(self._visitors, "POST", "/livechat/visitor", json={"visitor": visitor})
        return str(answer["visitor"]["_id"])

    def room_of(self, token: str) -> str:
        """Return the id of the visitor's open room; makes one where there is none."""
        return str(_call(self._visitors, "GET", "/livechat/room", params={"token": token})["room"]["_id"])

    def open_room_of(self, token: str) -> str | None:
        """Return the id of the visitor's open room, if there is one; makes none."""
        room = _call(self._visitors, "GET", "/livechat/config", params={"token": token})["config"].get("room")
        return str(room["_id"]) if room else None

    def is_open(self, token: str, rid: str) -> bool:
        """Whether the room is still open; with ``rid`` the call makes no room."""
        try:
            self._as_visitor(
                token, lambda: _call(self._visitors, "GET", "/livechat/room", params={"token": token, "rid": rid})
            )
        except Undeliverable as error:
            if says(error, *GONE):
                return False
            raise
        return True

    def say(self, token: str, rid: str, message_id: str, text: str, keep: Keep) -> None:
        """Write as the visitor. An id that exists already is refused with a 400 and changes nothing."""
        body = {"token": token, "rid": rid, "msg": text, "_id": message_id}
        self._as_visitor(token, lambda: _call(self._visitors, "POST", "/livechat/message", json=body), keep)

    def history(self, token: str, rid: str, since: datetime | None, keep: Keep = no_lease) -> list[Message]:
        """Messages of the room from ``since`` on (and some before), oldest first, each once.

        Rocket.Chat gives the newest first and those before ``end``; ``ls`` filters nothing there. Pages overlap by a
        millisecond, so that none of the same millisecond falls between two.
        """
        found: dict[str, Message] = {}
        end: datetime | None = None
        limit = PAGE
        for _ in range(MOST_PAGES):
            keep()
            page = self._page(token, rid, end, limit, keep)
            fresh = [message for message in page if message["_id"] not in found]
            found |= {message["_id"]: message for message in fresh}
            if len(page) < limit or (since is not None and moment(page[-1]) < since):
                newest_first = sorted(found.values(), key=moment, reverse=True)  # stable: ties keep the server's order
                return newest_first[::-1]
            if fresh:
                end = moment(page[-1]) + MILLISECOND
            else:
                limit *= 2  # more messages in one millisecond than a page holds
        raise NotYet(f"The room has more than {MOST_PAGES * PAGE} messages, or its pages never end.")

    def save_info(self, guest: Mapping[str, str], room: Mapping[str, Any]) -> None:
        """Set what agents see beside the conversation; again with the same changes nothing."""
        _call(self._account, "POST", "/livechat/room.saveInfo", json={"guestData": guest, "roomData": room})

    def close(self, token: str, rid: str, comment: str, keep: Keep) -> None:
        """Close the room, whoever may: the account with the comment, else the visitor. Closed or gone is closed."""
        try:
            body = {"rid": rid, "comment": comment}
            _call(self._account, "POST", "/livechat/room.closeByUser", json=body)
        except Undeliverable as error:
            if says(error, *ALREADY_CLOSED, *GONE):
                return
            keep()
            self._close_as_visitor(token, rid, keep)  # a department that insists on tags refuses accounts, not visitors

    def _close_as_visitor(self, token: str, rid: str, keep: Keep) -> None:
        body = {"token": token, "rid": rid}
        try:
            self._as_visitor(token, lambda: _call(self._visitors, "POST", "/livechat/room.close", json=body), keep)
        except Undeliverable as error:
            if not says(error, *ALREADY_CLOSED, *GONE):
                raise

    # what `check` asks

    def me(self) -> Mapping[str, Any]:
        """Return the account: ``_id``, ``username``, ``roles``."""
        return _call(self._account, "GET", "/me")

    def config(self) -> Mapping[str, Any]:
        """Return the public settings of livechat: ``enabled``, ``departments``, ``settings``."""
        config: Mapping[str, Any] = _call(self._visitors, "GET", "/livechat/config")["config"]
        return config

    def priorities(self) -> list[str]:
        """Return the ids of priorities; refused where the licence has none."""
        return [str(one["_id"]) for one in _call(self._account, "GET", "/livechat/priorities")["priorities"]]

    def try_save_info(self) -> None:
        """Save about a room that does not exist: Undeliverable with 403 where the right is missing."""
        nothing = {"guestData": {"_id": NO_SUCH_ROOM}, "roomData": {"_id": NO_SUCH_ROOM}}
        self._expect_no_room(lambda: _call(self._account, "POST", "/livechat/room.saveInfo", json=nothing))

    def try_close(self) -> None:
        """Close a room that does not exist: Undeliverable with 403 where the right is missing."""
        body = {"rid": NO_SUCH_ROOM}
        self._expect_no_room(lambda: _call(self._account, "POST", "/livechat/room.closeByUser", json=body))

    def _expect_no_room(self, call: Callable[[], object]) -> None:
        try:
            call()
        except Undeliverable as error:
            if not says(error, *GONE):
                raise

    def _page(self, token: str, rid: str, end: datetime | None, limit: int, keep: Keep) -> list[Message]:
        params = {"token": token, "limit": str(limit)}
        if end is not None:
            params["end"] = iso_milliseconds(end)
        path = f"/livechat/messages.history/{quote(rid, safe='')}"
        answer = self._as_visitor(token, lambda: _call(self._visitors, "GET", path, params=params), keep)
        page: list[Message] = answer["messages"]
        return page

    def _as_visitor(self, token: str, call: Callable[[], T], keep: Keep = no_lease) -> T:
        """Make a visitor's call; where Rocket.Chat has forgotten the token, register it again, once.

        A record gets another token when Rocket.Chat takes two visitors for one person, for example because an agent
        added an e-mail address that somebody else registers with; rooms keep theirs.
        """
        try:
            return call()
        except Undeliverable as error:
            if not says(error, UNKNOWN_VISITOR):
                raise
        keep()
        self.register(token)
        keep()
        return call()


def says(error: Undeliverable, *codes: str) -> bool:
    """Whether a refusal (400) names one of ``codes``."""
    return error.status == 400 and any(code in str(error) for code in codes)


def moment(message: Message) -> datetime:
    """When a message was written (``ts``, ISO 8601)."""
    return datetime.fromisoformat(message["ts"])


def iso_milliseconds(when: datetime) -> str:
    """As Rocket.Chat writes times; ``when`` is in UTC."""
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def seconds_to_wait(body: bytes) -> float | None:
    """Seconds that a 429 asks for: Rocket.Chat says it in words and sends no ``Retry-After``."""
    asked = WAIT.search(body)
    return float(asked.group(1)) if asked else None


def _call(http: LiveChatHttp, method: str, path: str, **how: Any) -> Any:
    try:
        answer = http.call(method, path, **how)
    except Undeliverable as error:
        if says(error, *PASSING):
            raise NotYet(str(error)) from None
        raise
    if not isinstance(answer, dict) or answer.get("success") is not True:
        # every answer of its API says so (``API.v1.success``): whatever else came is not from it
        raise NotYet(f"{method} {path} was answered by something that is not Rocket.Chat's API.")
    return answer
