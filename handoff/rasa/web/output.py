"""Shows visitors what was said: on every open Socket.IO connection of their conversation."""

from __future__ import annotations

from typing import Any

from rasa.core.channels.channel import CollectingOutputChannel
from socketio import AsyncServer

from handoff.rasa.marks import CHANNEL_NAME, RECORDED


class WebOutput(CollectingOutputChannel):
    """Collects the assistant's messages of a turn (the event broker stores them, the channel then shows them), and
    shows messages that the handoff service recorded itself at once."""

    def __init__(self, sio: AsyncServer) -> None:
        """Create an output that pushes through ``sio``."""
        super().__init__()
        self._sio = sio

    @classmethod
    def name(cls) -> str:
        """Rasa's name of the channel."""
        return CHANNEL_NAME

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Push a recorded message with the new state; collect anything else."""
        recorded = message.get(RECORDED)
        if recorded is None:
            await super().send_response(recipient_id, message)
            return
        await self._sio.emit("message", recorded["message"], room=recipient_id)
        await self._sio.emit("state", recorded["state"], room=recipient_id)

    def collected_text(self) -> str:
        """All texts that were collected, for telling a visitor when they could not be stored."""
        return " ".join(message["text"] for message in self.messages if message.get("text"))
