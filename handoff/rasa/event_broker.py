"""Rasa's event broker that writes conversations down and forwards visitors to the human who owns the conversation.

Rasa hands over every new event of a turn, in order, just before it saves the tracker, on every channel. A turn that is
processed again after a crash gives the same message ids, and nothing is stored twice.

When the database does not answer, :meth:`HandoffEventBroker.publish_turn` raises: the turn fails, and the visitor's
client sends it again. Swallowing the error would lose what the visitor said.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections import OrderedDict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.utils.endpoints import EndpointConfig

from handoff.bootstrap import Services, process_services
from handoff.domain.errors import StorageUnavailable
from handoff.domain.masking import mask
from handoff.domain.model import Sender
from handoff.domain.typed_text import as_typed
from handoff.domain.visits import page_of
from handoff.rasa.marks import CLIENT_MESSAGE_ID, DISPLAY_TEXT, ESCALATION_SLOT, PAGE, RECORDED
from handoff.rasa.parsed_frustration import frustration_score, frustration_signals
from handoff.rasa.parsed_intent import intent_confidence, intent_name, known_score, likeliest_intents
from handoff.service.details import DETAIL_SLOTS
from handoff.service.ports import NewMessage

EXTERNAL_PREFIX = "EXTERNAL: "
"""Rasa's own mark of user events that no visitor wrote (reminders, trigger_intent)."""

REMEMBERED_TURNS = 10_000  # conversations whose current turn is remembered; a few hundred bytes each


class HandoffEventBroker(EventBroker):
    """See the module. Set in endpoints.yml as ``type: handoff.rasa.event_broker.HandoffEventBroker``."""

    def __init__(self, services: Services) -> None:
        """Create a broker that records into ``services``."""
        self._services = services
        # conversation -> (message id and channel of the turn, replies so far)
        self._turns: OrderedDict[str, tuple[str, str, int]] = OrderedDict()
        self._refused: set[str] = set()

    @classmethod
    async def from_endpoint_config(
        cls, broker_config: EndpointConfig, event_loop: AbstractEventLoop | None = None
    ) -> HandoffEventBroker:
        """Create the broker of this process."""
        return cls(process_services())

    def publish(self, event: dict[str, Any]) -> None:
        """Record one event of a conversation; see :meth:`publish_turn`.

        Rasa keeps a turn whose store failed in memory only and publishes it once more from there. Recording it then
        would tell the visitor that all is well, and the turn would be gone with the next one; so it is refused.
        """
        if event["sender_id"] in self._refused:
            raise StorageUnavailable("The turn could not be stored.")
        self.publish_turn([event])

    def publish_turn(self, events: Sequence[dict[str, Any]], form: str | None = None) -> None:
        """Record events of one conversation, in one transaction.

        Args:
            events: what is new, oldest first.
            form: the one that had asked when the visitor wrote; see :func:`handoff.rasa.so_far.form_that_asked`.

        Raises:
            StorageUnavailable: the database did not answer; nothing was stored.
        """
        lines = [line for line in (self._line(event, form is not None) for event in events) if line is not None]
        facts = {event["name"]: event.get("value") for event in events if event.get("event") == "slot"}
        details = {name: str(facts[name]) for name in DETAIL_SLOTS if facts.get(name)}
        if not lines:
            return
        conversation_id = lines[0].conversation_id
        self._refused.discard(conversation_id)
        _, channel, _ = self._turns[conversation_id]
        try:
            self._services.record(lines, channel, details, decision=_decision(events))
        except StorageUnavailable:
            self._refused.add(conversation_id)
            raise

    def _line(self, event: dict[str, Any], in_form: bool) -> NewMessage | None:
        if event.get("event") == "user":
            return self._visitor_line(event, in_form)
        if event.get("event") == "bot":
            return self._assistant_line(event)
        return None

    def _visitor_line(self, event: dict[str, Any], in_form: bool) -> NewMessage | None:
        conversation_id, message_id = event["sender_id"], event.get("message_id")
        text = event.get("text") or ""
        if not message_id or not text or text.startswith(EXTERNAL_PREFIX):
            return None
        self._remember(conversation_id, message_id, event.get("input_channel") or "unknown", replies=0)
        metadata = event.get("metadata") or {}
        return NewMessage(
            id=message_id,
            conversation_id=conversation_id,
            sender=Sender.VISITOR,
            text=mask(as_typed(metadata.get(DISPLAY_TEXT) or text)),
            at=_time(event),
            client_message_id=metadata.get(CLIENT_MESSAGE_ID),
            intent=intent_name(event.get("parse_data")),
            confidence=intent_confidence(event.get("parse_data")),
            known=known_score(event.get("parse_data")),
            frustration=frustration_score(event.get("parse_data")),
            page=page_of((metadata.get(PAGE) or {}).get("url")),
            signals=frustration_signals(event.get("parse_data")),
            ranking=likeliest_intents(event.get("parse_data")),
            in_form=in_form,
        )

    def _assistant_line(self, event: dict[str, Any]) -> NewMessage | None:
        if RECORDED in (event.get("metadata") or {}) or not event.get("text"):
            return None
        conversation_id = event["sender_id"]
        if conversation_id not in self._turns:
            # said without a visitor's turn in this process (a reminder, or somebody used the HTTP API)
            self._remember(conversation_id, f"unprompted:{event.get('timestamp')}", "unknown", replies=0)
        message_id, channel, replies = self._turns[conversation_id]
        self._remember(conversation_id, message_id, channel, replies + 1)
        return NewMessage(
            id=f"{message_id}:{replies}",
            conversation_id=conversation_id,
            sender=Sender.ASSISTANT,
            text=event["text"],
            at=_time(event),
            buttons=[
                {"title": button["title"], "payload": button["payload"]}
                for button in (event.get("data") or {}).get("buttons") or []
                if button.get("payload")
            ],
            in_reply_to=message_id,
            response=(event.get("metadata") or {}).get("utter_action"),
        )

    def _remember(self, conversation_id: str, message_id: str, channel: str, replies: int) -> None:
        self._turns[conversation_id] = (message_id, channel, replies)
        self._turns.move_to_end(conversation_id)
        if len(self._turns) > REMEMBERED_TURNS:
            self._turns.popitem(last=False)


def _decision(events: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
    """The graded decision among the events of a turn; ``action_handoff``, which it may lead to, empties its slot."""
    slots = (event for event in events if event.get("event") == "slot" and event.get("name") == ESCALATION_SLOT)
    decisions = [event["value"] for event in slots if event.get("value")]
    return decisions[-1] if decisions else None


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["timestamp"], tz=UTC)
