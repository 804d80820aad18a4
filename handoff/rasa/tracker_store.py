"""Rasa's SQL tracker store, with card numbers and passwords masked before anything is stored."""

from __future__ import annotations

import asyncio
import logging
from itertools import starmap
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActiveLoop, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy import event

from handoff.bootstrap import process_services
from handoff.domain.errors import StorageUnavailable
from handoff.domain.masking import mask
from handoff.domain.model import Owner
from handoff.persistence.engine import configure_sqlite_journal
from handoff.rasa.event_broker import HandoffEventBroker
from handoff.rasa.marks import OPEN_SLOT, SLOTS_AFTERWARDS
from handoff.rasa.so_far import form_that_asked

logger = logging.getLogger(__name__)


class MaskingTrackerStore(SQLTrackerStore):
    """Set in endpoints.yml as ``type: handoff.rasa.tracker_store.MaskingTrackerStore`` with the keys of Rasa's own."""

    def __init__(
        self, host: str | None, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        """Create the store; see :class:`rasa.core.tracker_store.SQLTrackerStore` for the keys."""
        # SQLAlchemy 2 refuses the None that Rasa passes when endpoints.yml has no `query`
        kwargs.setdefault("query", {})
        if kwargs.get("dialect") == "postgresql":
            kwargs["dialect"] = (
                "postgresql+psycopg2"  # SQLAlchemy 2.1 would look for psycopg 3, and Rasa fall back to memory
            )
        super().__init__(host=host, domain=domain, event_broker=event_broker, **kwargs)
        if self.engine.dialect.name == "sqlite":
            event.listen(self.engine, "connect", configure_sqlite_journal)
            self.engine.dispose()  # connections that were opened before the line above know nothing of it

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Mask what the visitor typed since the last save, then store."""
        for latest in reversed(tracker.events):
            if isinstance(latest, UserUttered):
                _mask_event(latest)
                break  # earlier turns were masked when they were saved
        await super().save(tracker)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Load a conversation. One that was handed back goes on without what was open before, also in the moment
        between the agent's click and the arrival of the news at Rasa."""
        tracker = await super().retrieve(sender_id)
        if tracker is not None and tracker.get_slot(OPEN_SLOT) and _is_over(sender_id):
            tracker.update_with_events([ActiveLoop(None), *starmap(SlotSet, SLOTS_AFTERWARDS.items())], self.domain)
        return tracker

    async def stream_events(self, tracker: DialogueStateTracker) -> None:
        """Publish what is new. Rasa's own way loads and replays the whole conversation to find that out; counting the
        stored events, as it does to save, tells the same."""
        if self.event_broker is None:
            return
        with self.session_scope() as session:
            new = list(self._additional_events(session, tracker))
        if isinstance(self.event_broker, HandoffEventBroker):
            # one transaction a turn: the visitor's words and the answers are stored together or not at all
            # in a thread, so that a database that keeps one visitor waiting holds up nobody else
            bodies = [{"sender_id": tracker.sender_id, **one.as_dict()} for one in new]
            await asyncio.to_thread(self.event_broker.publish_turn, bodies, form_that_asked(tracker.events))
        else:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)


def _is_over(conversation_id: str) -> bool:
    """Whether the database says that the assistant owns the conversation; without an answer, Rasa's copy stands."""
    try:
        return process_services().state(conversation_id).owner is Owner.ASSISTANT
    except StorageUnavailable as error:
        logger.error("who owns conversation %s is not known: %s", conversation_id, error)
        return False


def _mask_event(uttered: UserUttered) -> None:
    masked = mask(uttered.text) if uttered.text else uttered.text
    if masked == uttered.text:
        return
    uttered.text = masked
    if uttered.parse_data:
        # entities and tokens are offsets into, and pieces of, the text that goes away
        uttered.parse_data.update({"text": masked, "entities": [], "text_tokens": []})
        uttered.entities = []
