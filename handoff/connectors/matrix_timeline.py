"""What happened in a Matrix room since a cursor: no gaps, no repeats, one order."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from handoff.connectors.matrix_api import CLIENT, PAGE, MatrixApi, as_json, room_path
from handoff.service.delivery import NotYet

MOST_PAGES = 100  # 10,000 events in one room between two looks: something else is wrong then
TIMELINE_TYPES = ("m.room.message", "m.room.member", "m.room.encrypted")


@dataclass(frozen=True)
class Timeline:
    """What happened in a room since a cursor, ascending, without gaps, and the next cursor."""

    events: list[dict[str, Any]]
    cursor: str


def timeline_of(api: MatrixApi, room: str, account: str, since: str | None) -> Timeline:
    """What others did in a room since ``since``, or from its beginning on.

    By /sync, since it gives events in the order in which they came to the server, so that a cursor never passes by
    one that comes late from another server. /messages follows the order of the conversation, where such an event
    stands before what was read already. What a limited timeline leaves out is between the two tokens.
    """
    params = {"filter": as_json(_only(room, account)), "timeout": "0", "set_presence": "offline"}
    said = api.call("GET", f"{CLIENT}/sync", params=params | ({"since": since} if since else {}))
    rooms = said.get("rooms", {})
    # the bot is in the room, or was when the cursor was made
    found = rooms.get("join", {}).get(room) or rooms.get("leave", {}).get(room) or {}
    part = found.get("timeline", {})
    events = list(part.get("events", []))
    if part.get("limited") and "prev_batch" in part:
        events = [*_between(api, room, account, since, part["prev_batch"]), *events]
    unique = {event["event_id"]: event for event in events}
    return Timeline(list(unique.values()), said["next_batch"])


def _between(api: MatrixApi, room: str, account: str, since: str | None, until: str) -> Iterator[dict[str, Any]]:
    """Events after one token (None: the beginning) and before another, ascending."""
    wanted = {"not_senders": [account], "types": list(TIMELINE_TYPES)}
    params = {"dir": "f", "limit": str(PAGE), "to": until, "filter": as_json(wanted)}
    position = since
    for _ in range(MOST_PAGES):
        page = api.call("GET", f"{room_path(room)}/messages", params=params | ({"from": position} if position else {}))
        yield from page["chunk"]
        # a page may be empty because of the filter; the end is where there is no further token
        if page.get("end") in (None, position):
            return
        position = page["end"]
    raise NotYet(f"There is more in room {room} than can be read at once.")


def _only(room: str, account: str) -> dict[str, Any]:
    """A filter for /sync: what others do in one room, and nothing else. A room left meanwhile counts: what happened
    there before is still to be read."""
    nothing: dict[str, Any] = {"types": [], "not_types": ["*"]}
    timeline = {"limit": PAGE, "types": list(TIMELINE_TYPES), "not_senders": [account]}
    return {
        "room": {
            "rooms": [room],
            "include_leave": True,
            "timeline": timeline,
            "state": nothing,
            "ephemeral": nothing,
            "account_data": nothing,
        },
        "presence": nothing,
        "account_data": nothing,
    }
