"""Rasa's SQL tracker store, with card numbers and passwords masked before anything is stored."""

from __future__ import annotations

from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.domain.masking import mask


class MaskingTrackerStore(SQLTrackerStore):
    """Set in endpoints.yml as ``type: handoff.rasa.tracker_store.MaskingTrackerStore`` with the keys of Rasa's own."""

    def __init__(
        self, host: str | None, domain: Domain, event_broker: EventBroker | None = None, **kwargs: Any
    ) -> None:
        """Create the store; see :class:`rasa.core.tracker_store.SQLTrackerStore` for the keys."""
        # SQLAlchemy 2 refuses the None that Rasa passes when endpoints.yml has no `query`
        kwargs.setdefault("query", {})
        super().__init__(host=host, domain=domain, event_broker=event_broker, **kwargs)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Mask what the visitor typed since the last save, then store."""
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered):
                _mask_event(event)
                break  # earlier turns were masked when they were saved
        await super().save(tracker)


def _mask_event(event: UserUttered) -> None:
    masked = mask(event.text) if event.text else event.text
    if masked == event.text:
        return
    event.text = masked
    if event.parse_data:
        # entities and tokens are offsets into, and pieces of, the text that goes away
        event.parse_data.update({"text": masked, "entities": [], "text_tokens": []})
        event.entities = []
