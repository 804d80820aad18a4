"""All open pages of one conversation: what is told to one is told to all, so that several tabs stay in step."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from socketio import AsyncServer

from handoff.bootstrap import Services
from handoff.service.visitor_view import state_json

NAMESPACE = "/"  # Socket.IO's default, which the widget uses


@dataclass(frozen=True)
class Rooms:
    """Rooms of Socket.IO, one for each conversation, by its id."""

    services: Services
    sio: AsyncServer

    async def state(self, conversation_id: str) -> dict[str, Any]:
        """Whom the visitor talks to, as JSON."""
        return await asyncio.to_thread(self._state, conversation_id)

    def _state(self, conversation_id: str) -> dict[str, Any]:
        return state_json(self.services.visitor_state(conversation_id))

    async def tell_state(self, conversation_id: str) -> dict[str, Any]:
        """The same, and every open page of the conversation gets it."""
        state = await self.state(conversation_id)
        await self.tell(conversation_id, "state", state)
        return state

    async def tell(self, conversation_id: str, event: str, data: dict[str, Any]) -> None:
        """Every open page of the conversation gets ``event``."""
        await self.sio.emit(event, data, room=conversation_id)

    def is_open(self, conversation_id: str) -> bool:
        """Whether any page of the conversation is connected to this process."""
        return any(True for _ in self.sio.manager.get_participants(NAMESPACE, conversation_id))
