"""Whether the visitor is there: looks, reads, types. Best effort where nobody asked for it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable
from handoff.rasa.web.buckets import Buckets
from handoff.rasa.web.conversation import check_own
from handoff.rasa.web.feedback import parse_seen, parse_typing
from handoff.rasa.web.fields import CONVERSATION_ID, known_fields
from handoff.rasa.web.room import Rooms

logger = logging.getLogger(__name__)

TYPING_AT_ONCE = 4  # begins and stops of somebody who hesitates
TYPING_PER_SECOND = 1.0  # the widget sends one in three seconds; what is beyond it is written down nowhere


class AttentionFace:
    """The visitor's events `here`, `seen` and `typing`."""

    def __init__(self, services: Services, rooms: Rooms) -> None:
        """Create it; each event is one short transaction."""
        self._services = services
        self._rooms = rooms
        self._typing = Buckets(TYPING_AT_ONCE, TYPING_PER_SECOND)

    async def noticed(self, conversation_id: str) -> None:
        """The visitor did something; when that cannot be stored, what they did is done all the same."""
        try:
            await asyncio.to_thread(self._services.visitor_here, conversation_id)
        except StorageUnavailable as error:
            logger.warning("that the visitor of %s is there could not be stored: %s", conversation_id, error)

    async def here(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """A heartbeat of a page that is looked at: the state, in which the waiting time moves on."""
        check_own(conversation_id, known_fields(body).get(CONVERSATION_ID))
        await asyncio.to_thread(self._services.visitor_here, conversation_id)
        return {"state": await self._rooms.state(conversation_id)}

    async def seen(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """The visitor has seen everything up to a message."""
        seq = parse_seen(body)
        check_own(conversation_id, body.get(CONVERSATION_ID))
        await asyncio.to_thread(self._services.seen_by_visitor, conversation_id, seq)
        return {"ok": True}

    async def typing(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """The visitor began to type, or stopped."""
        on = parse_typing(body)
        check_own(conversation_id, body.get(CONVERSATION_ID))
        if self._typing.take(conversation_id):
            await asyncio.to_thread(self._services.typing_by_visitor, conversation_id, on)
        return {"ok": True}
