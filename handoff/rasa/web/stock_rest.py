"""The door of Rasa's stock channel `rest`, which asks for no token: visitors of `web` cannot be reached through it.

Rasa's tracker belongs to a sender, whatever the channel. Without this, whoever knows the id of a conversation could
write in it, and read the answers, over ``POST /webhooks/rest/webhook``.

What passes is masked here, before Rasa sees it: its stock channel logs the text of a message that fails.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any

from sanic import response
from sanic.exceptions import InvalidUsage
from sanic.request import Request
from sanic.response import HTTPResponse
from sqlalchemy import select

from handoff.bootstrap import Services
from handoff.domain.clean_text import scrub
from handoff.domain.context import clean_page
from handoff.domain.errors import StorageUnavailable
from handoff.domain.masking import mask
from handoff.domain.model import Page
from handoff.persistence.tables import ID_LENGTH, conversations
from handoff.rasa.marks import CHANNEL_NAME, PAGE
from handoff.rasa.web.refusal import refusal

logger = logging.getLogger(__name__)

PAGE_FIELDS = frozenset(vars(Page()))
STOCK_REST = "webhooks/rest/webhook"
"""Sanic's path of the route: the same for every spelling of the address that leads there."""

REFUSED = {
    "code": "wrong_channel",
    "message": "This conversation belongs to the channel 'web'. Use POST /webhooks/web/messages with its token.",
}
BAD_SENDER = {
    "code": "invalid_input",
    "message": f"'sender' must be a string of at most {ID_LENGTH} characters that can be stored.",
}


class StockRestDoor:
    """A request middleware of the whole app; it looks at messages to `rest` only."""

    def __init__(self, services: Services) -> None:
        """Create it; the database is asked once per message."""
        self._services = services

    async def __call__(self, request: Request) -> HTTPResponse | None:
        """Refuse, or let the (masked) message through."""
        if request.method != "POST" or request.route is None or request.route.path.strip("/") != STOCK_REST:
            return None
        try:
            body = request.json
        except InvalidUsage:
            return None  # the channel says so itself
        if not isinstance(body, dict):
            return None
        refused = await self._refuse(body)
        if refused is None:
            _clean(body)
        return refused

    async def _refuse(self, body: dict[str, Any]) -> HTTPResponse | None:
        sender = body.get("sender")
        if sender is None:
            sender = ""
        if not isinstance(sender, str) or len(sender) > ID_LENGTH or sender != scrub(sender):
            return response.json({"error": BAD_SENDER}, status=400)
        try:
            channel = await asyncio.to_thread(self._channel_of, sender)
        except StorageUnavailable as error:
            told = refusal(error, self._services.texts)
            status = told.pop("status")
            return response.json({"error": told}, status=status)
        if CHANNEL_NAME in {channel, body.get("input_channel")}:
            logger.warning("a message for a conversation of channel %s came over rest and was refused", CHANNEL_NAME)
            return response.json({"error": REFUSED}, status=403)
        return None

    def _channel_of(self, conversation_id: str) -> str | None:
        with self._services.uow.read() as tx:
            found = select(conversations.c.channel).where(conversations.c.id == conversation_id)
            channel: str | None = tx.connection.execute(found).scalar()
        return channel


def _clean(body: dict[str, Any]) -> None:
    """Mask, in place, the text and the page, and take out what cannot be stored. The rest is the channel's matter."""
    message = body.get("message")
    if isinstance(message, str):
        body["message"] = mask(scrub(message))
    metadata = body.get("metadata")
    if isinstance(metadata, dict) and PAGE in metadata:
        metadata[PAGE] = _clean_page(metadata[PAGE])


def _clean_page(page: Any) -> dict[str, str]:
    fields = page if isinstance(page, dict) else {}
    known = {name: value for name, value in fields.items() if name in PAGE_FIELDS and isinstance(value, str)}
    return {name: value for name, value in vars(clean_page(Page(**known))).items() if value}
