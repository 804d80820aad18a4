"""Puts what a visitor filled in, outside a turn of the assistant, where the assistant looks: into Rasa's slots."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from rasa.core.lock_store import LockError
from rasa.shared.core.events import ActiveLoop, Event, SlotSet

from handoff.domain.errors import StorageUnavailable
from handoff.rasa.marks import CONTACT_FORM

logger = logging.getLogger(__name__)

REQUESTED_SLOT = "requested_slot"
PURPOSE_SLOT = "contact_purpose"
BEFORE_HANDOFF = "sales"
"""The form's purpose when a handoff comes of its answer: ending the form would lose that handoff."""

LOOK_AGAIN_SECONDS = 0.05  # Rasa's default, a second, would be felt: the lock is free after a turn of some 20 ms


class SlotWriter:
    """Writes slots between turns, under the lock that turns take, so that neither overwrites the other."""

    def __init__(self, agent_of: Callable[[], Any]) -> None:
        """Create a writer; ``agent_of`` gives Rasa's agent, whose model may be loaded or replaced later."""
        self._agent_of = agent_of

    async def remember(self, conversation_id: str, slots: Mapping[str, str], *, end_form: bool = False) -> None:
        """Set ``slots``; with ``end_form``, end the form that waits for an e-mail address to pass on.

        Raises:
            StorageUnavailable: no model is loaded, or the conversation stayed locked; nothing was set.
        """
        agent = self._agent_of()
        if agent is None or not agent.is_ready():
            raise StorageUnavailable("Rasa has no model loaded, so nothing can be remembered. Run: make train")
        try:
            # shielded: a visitor who closes the page does not leave the conversation half written
            await asyncio.shield(self._write(agent, conversation_id, slots, end_form))
        except LockError as error:
            raise StorageUnavailable(f"Conversation {conversation_id} stayed locked: {error}") from error

    @staticmethod
    async def _write(agent: Any, conversation_id: str, slots: Mapping[str, str], end_form: bool) -> None:
        async with agent.lock_store.lock(conversation_id, wait_time_in_seconds=LOOK_AGAIN_SECONDS):
            tracker = await agent.processor.fetch_tracker_with_initial_session(conversation_id)
            events: list[Event] = [
                SlotSet(name, value) for name, value in slots.items() if tracker.get_slot(name) != value
            ]
            if end_form and _waits_for_address(tracker):
                events += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
            if not events:
                return
            for event in events:
                tracker.update(event, agent.domain)
            await agent.tracker_store.save(tracker)


def _waits_for_address(tracker: Any) -> bool:
    return tracker.active_loop_name == CONTACT_FORM and tracker.get_slot(PURPOSE_SLOT) != BEFORE_HANDOFF
