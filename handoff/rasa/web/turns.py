"""One visitor message through Rasa and back, with the effect of once."""

from __future__ import annotations

import asyncio
import logging
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.shared.core.events import UserUttered
from socketio import AsyncServer

from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable
from handoff.domain.model import Message, Owner, Sender, VisitorState
from handoff.rasa.marks import CHANNEL_NAME
from handoff.rasa.web.incoming import Incoming
from handoff.rasa.web.output import WebOutput
from handoff.rasa.web.refusal import NOT_STORED, TurnNotStored
from handoff.service.ports import NewMessage
from handoff.service.visitor_view import message_json, state_json

logger = logging.getLogger(__name__)

TYPING_AFTER_SECONDS = 0.25  # a quick answer needs no typing indicator; a slower one would look stuck without
APOLOGY = "utter_internal_error"


@dataclass(frozen=True)
class TurnResult:
    """What one message led to: the visitor's stored message, the replies in order, and whom the visitor talks to."""

    message: Message
    replies: list[Message]
    state: VisitorState


class TurnHandler:
    """Processes visitors' messages; a repeat of the same ``client_message_id`` finds what the first one led to."""

    def __init__(
        self,
        services: Services,
        sio: AsyncServer,
        on_new_message: Callable[[UserMessage], Awaitable[Any]],
        tracker_of: Callable[[str], Awaitable[Any]],
    ) -> None:
        """Create a handler.

        Args:
            services: use cases.
            sio: shows messages on open connections.
            on_new_message: Rasa's way in.
            tracker_of: loads a conversation's tracker (or None) from Rasa's store.
        """
        self._services = services
        self._sio = sio
        self._on_new_message = on_new_message
        self._tracker_of = tracker_of
        self._running: dict[str, asyncio.Task[TurnResult]] = {}

    async def handle(self, conversation_id: str, incoming: Incoming) -> TurnResult:
        """Process one message.

        Raises:
            PayloadNotOffered: the button was never shown.
            StorageUnavailable: nothing was stored; the client sends the same message again.
        """
        message_id = uuid.uuid5(uuid.NAMESPACE_OID, f"{conversation_id}/{incoming.client_message_id}").hex
        if message_id not in self._running:
            task = asyncio.ensure_future(self._once(conversation_id, message_id, incoming))
            self._running[message_id] = task
            task.add_done_callback(lambda _: self._running.pop(message_id, None))
        # shielded: a visitor who closes the page does not take the turn back
        return await asyncio.shield(self._running[message_id])

    async def _once(self, conversation_id: str, message_id: str, incoming: Incoming) -> TurnResult:
        known, before, offered = await asyncio.to_thread(self._before, conversation_id, message_id, incoming)
        if known is None or not await self._rasa_knows(conversation_id, message_id):
            await self._through_rasa(conversation_id, message_id, incoming, offered)
        result = await asyncio.to_thread(self._result, conversation_id, message_id)
        if known is None:
            await self._show(conversation_id, result, before)
        return result

    def _before(
        self, conversation_id: str, message_id: str, incoming: Incoming
    ) -> tuple[Message | None, VisitorState, dict[str, str]]:
        with self._services.uow.read() as tx:
            known = tx.messages.find(message_id)
            offered = tx.messages.offered_payloads(conversation_id) if incoming.payload else {}
        return known, self._services.visitor_state(conversation_id), offered

    async def _rasa_knows(self, conversation_id: str, message_id: str) -> bool:
        """Whether Rasa saved the turn. Our row alone does not say so: it is written just before Rasa's."""
        tracker = await self._tracker_of(conversation_id)
        events = tracker.events if tracker is not None else []
        return any(isinstance(event, UserUttered) and event.message_id == message_id for event in events)

    async def _through_rasa(
        self, conversation_id: str, message_id: str, incoming: Incoming, offered: dict[str, str]
    ) -> None:
        text, metadata = incoming.for_rasa(offered)
        output = WebOutput(self._sio)
        loop = asyncio.get_running_loop()
        typing = loop.call_later(
            TYPING_AFTER_SECONDS, lambda: asyncio.ensure_future(self._typing(conversation_id, on=True))
        )
        try:
            await self._on_new_message(
                UserMessage(
                    text,
                    output,
                    conversation_id,
                    input_channel=CHANNEL_NAME,
                    message_id=message_id,
                    metadata=metadata,
                )
            )
        except StorageUnavailable as error:
            # what the assistant wanted to say (an honest word about the failure) reaches the visitor all the same
            raise TurnNotStored(output.collected_text() or self._not_stored(message_id)) from error
        finally:
            started = loop.time() >= typing.when()
            typing.cancel()
            if started:
                await self._typing(conversation_id, on=False)

    async def _typing(self, conversation_id: str, *, on: bool) -> None:
        await self._sio.emit("typing", {"from": Sender.ASSISTANT.value, "on": on}, room=conversation_id)

    def _result(self, conversation_id: str, message_id: str) -> TurnResult:
        with self._services.uow.read() as tx:
            message = tx.messages.find(message_id)
            replies = tx.messages.replies_to(message_id)
        state = self._services.visitor_state(conversation_id)
        if message is None:
            # Rasa took the message and did not process it: no model is loaded, or its store is down
            raise TurnNotStored(self._not_stored(message_id))
        if not replies and state.conversation.owner is Owner.ASSISTANT:
            logger.error("conversation %s got no answer; see the errors above", conversation_id)
            replies = [self._apologise(conversation_id, message_id)]
        return TurnResult(message, replies, state)

    def _not_stored(self, message_id: str) -> str:
        return self._services.texts.text(NOT_STORED, pick=message_id)

    def _apologise(self, conversation_id: str, message_id: str) -> Message:
        apology = NewMessage(
            id=f"{message_id}:0",
            conversation_id=conversation_id,
            sender=Sender.ASSISTANT,
            text=self._services.texts.text(APOLOGY, pick=message_id),
            at=self._services.clock(),
            in_reply_to=message_id,
        )
        (stored,) = self._services.record([apology], CHANNEL_NAME)
        return stored

    async def _show(self, conversation_id: str, result: TurnResult, before: VisitorState) -> None:
        for message in (result.message, *result.replies):
            await self._sio.emit("message", message_json(message), room=conversation_id)
        if result.state != before:
            await self._sio.emit("state", state_json(result.state), room=conversation_id)
