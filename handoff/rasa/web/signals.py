"""News of seconds from the desk's process for visitors who are connected to this one: an agent types, a state moved."""

from __future__ import annotations

import hmac
import logging
from dataclasses import dataclass
from typing import Any

from handoff.domain.errors import InvalidInput, NotAllowed
from handoff.domain.model import Sender
from handoff.rasa.web.fields import ID_LIMIT, flag, json_object
from handoff.rasa.web.room import Rooms

logger = logging.getLogger(__name__)

MOST_CONVERSATIONS = 1500  # a request: what fits into LARGEST_PACKET; a longer queue is told in several
FIELDS = frozenset({"conversation_ids", "event", "data"})
TYPING = "typing"
STATE = "state"


class NotTheDesk(NotAllowed):
    """Only the processes of this installation may signal."""

    code = "forbidden"
    http_status = 403


@dataclass(frozen=True)
class Signal:
    """What is told, and to whom. ``data`` is what the widget gets; None for a state, which is computed here."""

    conversation_ids: tuple[str, ...]
    event: str
    data: dict[str, Any] | None


def check_token(given: str | None, token: str) -> None:
    """Compare in constant time.

    Raises:
        NotTheDesk: it is another one.
    """
    if not token or not hmac.compare_digest((given or "").encode("utf-8", "surrogatepass"), token.encode()):
        raise NotTheDesk("This needs RASA_AUTH_TOKEN as bearer token. It must be the same for all processes.")


def parse_signal(body: Any) -> Signal:
    """Read a signal from JSON, or InvalidInput."""
    fields = json_object(body)
    if set(fields) - FIELDS:
        raise InvalidInput(
            f"Unknown field: {', '.join(sorted(set(fields) - FIELDS))}. Known: {', '.join(sorted(FIELDS))}."
        )
    ids = fields.get("conversation_ids")
    if not isinstance(ids, list) or not all(isinstance(one, str) and 0 < len(one) <= ID_LIMIT for one in ids):
        raise InvalidInput(f"'conversation_ids' must be a list of strings of at most {ID_LIMIT} characters.")
    if len(ids) > MOST_CONVERSATIONS:
        raise InvalidInput(f"'conversation_ids' has {len(ids)} entries; {MOST_CONVERSATIONS} is the limit.")
    data = json_object(fields.get("data") or {}, "data")
    if fields.get("event") == STATE:
        return Signal(tuple(dict.fromkeys(ids)), STATE, None)
    if fields.get("event") == TYPING:
        if data.get("from") != Sender.AGENT.value:
            raise InvalidInput(f"'data.from' must be '{Sender.AGENT.value}'.")
        return Signal(tuple(dict.fromkeys(ids)), TYPING, {"from": Sender.AGENT.value, "on": flag(data, "on")})
    raise InvalidInput(f"'event' must be '{TYPING}' or '{STATE}'.")


async def pass_on(signal: Signal, rooms: Rooms) -> int:
    """Tell those of the conversations that have a page open here; how many these were."""
    connected = [one for one in signal.conversation_ids if rooms.is_open(one)]
    for conversation_id in connected:
        if signal.data is None:
            await rooms.tell_state(conversation_id)
        else:
            await rooms.tell(conversation_id, signal.event, signal.data)
    return len(connected)
