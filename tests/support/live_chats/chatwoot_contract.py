"""The contract that the fake Chatwoot keeps its callers to: which fields there are, of which types."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.support.live_chats.base import Answer

LONGEST_ATTRIBUTE = 1500

Fields = Mapping[str, type | tuple[type, ...]]
CONTACT: Fields = {
    "inbox_id": int,
    "name": str,
    "email": str,
    "phone_number": str,
    "identifier": str,
    "source_id": str,
    "custom_attributes": dict,
    "additional_attributes": dict,
}
CONVERSATION: Fields = {
    "source_id": str,
    "inbox_id": int,
    "contact_id": int,
    "status": str,
    "assignee_id": int,
    "team_id": int,
    "custom_attributes": dict,
    "additional_attributes": dict,
    "snoozed_until": int,
    "message": dict,
}
MESSAGE: Fields = {
    "content": str,
    "message_type": str,
    "private": bool,
    "content_type": str,
    "content_attributes": dict,
    "echo_id": str,
}


class Broken(Exception):
    """The request breaks the contract."""


class Refused(Exception):
    """The request keeps the contract, and is answered with an error."""

    def __init__(self, status: int, body: Any) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def answered(status: int, body: Any = None) -> Answer:
    raw = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
    return Answer(status, raw, {"Content-Type": "application/json; charset=utf-8"})


def fields(body: Mapping[str, Any], known: Fields, *needed: str) -> None:
    """Every field is known and of its type, and those needed are there."""
    for name, value in body.items():
        if name not in known:
            raise Broken(f"unknown field {name}")
        if not isinstance(value, known[name]) or (isinstance(value, bool) and known[name] is not bool):
            raise Broken(f"{name} is {value!r}")
    if missing := [name for name in needed if body.get(name) is None]:
        raise Broken(f"without {', '.join(missing)}")


def attributes(body: Mapping[str, Any]) -> None:
    """Attributes are flat, and none is too long."""
    for kind in ("custom_attributes", "additional_attributes"):
        for name, value in body.get(kind, {}).items():
            if not isinstance(value, (str, int, float)) or len(str(value)) > LONGEST_ATTRIBUTE:
                raise Broken(f"{kind}: {name} is {value!r}")
