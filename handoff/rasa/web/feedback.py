"""Short signs of a visitor beside messages: a rating, how far was read, whether something is being typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handoff.domain.errors import InvalidInput, TooLong
from handoff.domain.masking import mask
from handoff.rasa.web.fields import ID_LIMIT, LARGEST_SEQ, flag, known_fields, string, whole_number

WORST, BEST = 1, 5
COMMENT_LIMIT = 1000  # characters; more than anybody reads, and enough for the whole story


@dataclass(frozen=True)
class Rating:
    """What a visitor says of a handoff that is over, or of a visit with the assistant alone; a ``score`` of None means
    that they would rather not."""

    subject: str | int
    """A handoff's id, or a visit's number."""
    score: int | None
    comment: str | None


def parse_rating(body: Any) -> Rating:
    """Read a rating from JSON.

    Raises:
        InvalidInput: a field is missing, unknown or of the wrong type; the message names it.
        TooLong: the comment has more than :data:`COMMENT_LIMIT` characters.
    """
    fields = known_fields(body, ("handoff_id", "visit_id", "score", "comment", "skip"))
    subject = _subject(fields)
    comment = (string(fields, "comment", None) or "").strip()
    if len(comment) > COMMENT_LIMIT:
        raise TooLong(f"The comment has {len(comment)} characters; {COMMENT_LIMIT} is the limit.")
    if "skip" in fields and flag(fields, "skip"):
        if comment or fields.get("score") is not None:
            raise InvalidInput("A skipped rating has no 'score' and no 'comment'. Leave out 'skip' to send them.")
        return Rating(subject, None, None)
    if fields.get("score") is None:
        raise InvalidInput(f"'score' must be a whole number from {WORST} to {BEST}; send 'skip': true for no rating.")
    return Rating(subject, whole_number(fields, "score", WORST, BEST), mask(comment) or None)


def _subject(fields: dict[str, Any]) -> str | int:
    handoff_id = string(fields, "handoff_id", ID_LIMIT)
    of_visit = fields.get("visit_id") is not None
    if bool(handoff_id) == of_visit:
        raise InvalidInput("Name what is rated: 'handoff_id' or 'visit_id', as the 'rating' of the state has it.")
    return handoff_id or whole_number(fields, "visit_id", 1, LARGEST_SEQ)


def parse_seen(body: Any) -> int:
    """The number of the last message that the visitor has seen, or InvalidInput."""
    return whole_number(known_fields(body, ("seq",)), "seq", 0, LARGEST_SEQ)


def parse_typing(body: Any) -> bool:
    """Whether the visitor is typing, or InvalidInput."""
    return flag(known_fields(body, ("on",)), "on")
