"""Reads single fields of what a client sent. What is wrong is said with its name and what would be right."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from handoff.domain.clean_text import is_clean, scrub
from handoff.domain.errors import InvalidInput

CONVERSATION_ID = "conversation_id"
"""May stand in every request; the face then checks that it is the one of the token."""

ID_LIMIT = 64
LARGEST_SEQ = 2**31 - 1  # of an INTEGER column in PostgreSQL


def json_object(body: Any, name: str = "body") -> dict[str, Any]:
    """``body`` as a dict, or InvalidInput."""
    if not isinstance(body, dict):
        raise InvalidInput(f"'{name}' must be a JSON object.")
    return body


def known_fields(body: Any, known: Iterable[str] = ()) -> dict[str, Any]:
    """``body`` as a dict that has no other keys than ``known`` and :data:`CONVERSATION_ID`, or InvalidInput."""
    fields, allowed = json_object(body), {*known, CONVERSATION_ID}
    unknown = sorted(set(fields) - allowed)
    if unknown:
        raise InvalidInput(f"Unknown field: {', '.join(unknown)}. Known: {', '.join(sorted(allowed))}.")
    return fields


def any_string(fields: dict[str, Any], name: str) -> str | None:
    """The field, whatever is in the string; None when it is missing or null."""
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise InvalidInput(f"'{name}' must be a string.")
    return value


def string(fields: dict[str, Any], name: str, limit: int | None) -> str | None:
    """The field, which can be stored and has at most ``limit`` characters; None when it is missing or null."""
    value = any_string(fields, name)
    if value is None:
        return None
    if not is_clean(value):
        raise InvalidInput(f"'{name}' holds a character that cannot be stored.")
    if limit is not None and len(value) > limit:
        raise InvalidInput(f"'{name}' has {len(value)} characters; {limit} is the limit.")
    return value


def told_by_browser(fields: dict[str, Any], name: str, limit: int) -> str | None:
    """What the visitor did not write and cannot correct: made acceptable rather than refused."""
    value = any_string(fields, name)
    # scrubbed again after the cut, which may go through the middle of a pair
    return scrub(scrub(value)[:limit]) if value else None


def flag(fields: dict[str, Any], name: str) -> bool:
    """The field, which must be there."""
    value = fields.get(name)
    if not isinstance(value, bool):
        raise InvalidInput(f"'{name}' must be true or false.")
    return value


def whole_number(fields: dict[str, Any], name: str, lowest: int, highest: int) -> int:
    """The field, which must be there and in the range."""
    value = fields.get(name)
    # True is an int for Python, and no number for anybody else
    if not isinstance(value, int) or isinstance(value, bool) or not lowest <= value <= highest:
        raise InvalidInput(f"'{name}' must be a whole number from {lowest} to {highest}.")
    return value
