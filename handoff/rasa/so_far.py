"""What a Rasa tracker tells of the conversation since the assistant took it over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    BotUttered,
    ConversationResumed,
    Event,
    Restarted,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.domain.escalation import Offer
from handoff.domain.model import Sender, Turn
from handoff.rasa.marks import HANDOFF_ACTION
from handoff.rasa.offers import OFFERS
from handoff.rasa.parsed_choice import said
from handoff.rasa.parsed_frustration import frustration_score, frustration_signals
from handoff.rasa.parsed_intent import FALLBACK_INTENT, intent_confidence, intent_name


@dataclass(frozen=True)
class SoFar:
    """The conversation since the last handoff.

    Attributes:
        turns: the visitor's, oldest first.
        offers: of a person, oldest first.
        in_form: the latest turn replies to a form, which may be closed by now.
    """

    turns: tuple[Turn, ...]
    offers: tuple[Offer, ...]
    in_form: bool


def turn_of(uttered: UserUttered) -> Turn:
    """One message of the visitor, with what NLU made of it."""
    parsed = uttered.parse_data
    words = said(uttered.text, uttered.metadata, parsed)
    return Turn(
        sender=Sender.VISITOR,
        text=words.text,
        at=datetime.fromtimestamp(uttered.timestamp, tz=UTC),
        message_id=uttered.message_id,
        intent=intent_name(parsed),
        confidence=intent_confidence(parsed),
        payload=words.payload,
        frustration=frustration_score(parsed),
        signals=frustration_signals(parsed),
    )


def since_last_handoff(tracker: DialogueStateTracker) -> SoFar:
    """What the visitor said since then, and the offers of a person.

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
    form, in_form = None, False
    for event in reversed(recent):
        if isinstance(event, ActiveLoop):
            form = event.name
        elif isinstance(event, UserUttered):
            in_form = form is not None
            turns.append(_as_reply(turn_of(event)) if in_form else turn_of(event))
        elif isinstance(event, ActionExecuted) and event.action_name in OFFERS and turns:
            offers.append(Offer(len(turns) - 1, OFFERS[event.action_name]))
    return SoFar(tuple(turns), tuple(offers), in_form)


def form_that_asked(events: Sequence[Event]) -> str | None:
    """The form that had asked what the visitor's latest message replies to, None where none had.

    Args:
        events: of the tracker, oldest first; the turn may be over by now.
    """
    heard = False
    for event in reversed(events):
        if isinstance(event, UserUttered):
            heard = True
        elif heard and isinstance(event, ActiveLoop):
            return event.name
    return None


def _as_reply(turn: Turn) -> Turn:
    """``turn`` as the form saw it that had asked. Whether "no idea" was understood, NLU does not know: the form took
    it, or said what was wrong with it, so it is no message that the assistant failed to understand."""
    return replace(turn, intent=None) if turn.intent == FALLBACK_INTENT else turn


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
