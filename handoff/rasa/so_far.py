"""What a Rasa tracker tells of the conversation since the assistant took it over."""

from __future__ import annotations

from datetime import UTC, datetime

from rasa.shared.core.events import (
    ActionExecuted,
    BotUttered,
    ConversationResumed,
    Event,
    Restarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.domain.escalation import Offer
from handoff.domain.model import Sender, Turn
from handoff.domain.typed_text import as_typed
from handoff.rasa.marks import DISPLAY_TEXT, HANDOFF_ACTION
from handoff.rasa.offers import OFFERS
from handoff.rasa.parsed_frustration import frustration_score, frustration_signals
from handoff.rasa.parsed_intent import intent_confidence, intent_name


def turn_of(said: UserUttered) -> Turn:
    """One message of the visitor, with what NLU made of it."""
    parsed = said.parse_data
    shown = (said.metadata or {}).get(DISPLAY_TEXT)
    return Turn(
        sender=Sender.VISITOR,
        text=shown or as_typed(said.text or ""),
        at=datetime.fromtimestamp(said.timestamp, tz=UTC),
        message_id=said.message_id,
        intent=intent_name(parsed),
        confidence=intent_confidence(parsed),
        payload=shown is not None,
        frustration=frustration_score(parsed),
        signals=frustration_signals(parsed),
    )


def since_last_handoff(tracker: DialogueStateTracker) -> tuple[list[Turn], list[Offer]]:
    """The visitor's turns, oldest first, and the offers of a person between them.

    Read off the raw events, since a rewind takes messages out of the applied ones. The conversation begins anew with a
    handoff, when a person hands it back, and with a restart.
    """
    recent: list[Event] = []
    for event in reversed(tracker.events):
        if _begins_anew(event):
            break
        recent.append(event)
    turns: list[Turn] = []
    offers: list[Offer] = []
    for event in reversed(recent):
        if isinstance(event, UserUttered):
            turns.append(turn_of(event))
        elif isinstance(event, ActionExecuted) and event.action_name in OFFERS and turns:
            offers.append(Offer(len(turns) - 1, OFFERS[event.action_name]))
    return turns, offers


def said_something(tracker: DialogueStateTracker) -> bool:
    """Whether the latest action made the assistant speak: its messages follow it on the tracker."""
    for event in reversed(tracker.events):
        if isinstance(event, BotUttered):
            return True
        if isinstance(event, ActionExecuted):
            return False
    return False


def _begins_anew(event: Event) -> bool:
    handed_over = isinstance(event, ActionExecuted) and event.action_name == HANDOFF_ACTION
    return handed_over or isinstance(event, (ConversationResumed, Restarted))
