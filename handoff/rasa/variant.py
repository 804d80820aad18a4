"""The variant of an experiment that a conversation is in, on Rasa's side.

Its rules are those by which the assistant decides; its name stands in the slot ``experiment_variant``, so that
responses can have other words for it, as Rasa's conditional response variations.
"""

from __future__ import annotations

from datetime import UTC, datetime

from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from handoff.domain.experiment import parts
from handoff.domain.rules import HandoffRules
from handoff.rasa.marks import VARIANT_SLOT


def rules_for(tracker: DialogueStateTracker, rules: HandoffRules) -> HandoffRules:
    """The rules that hold in this conversation."""
    at = _latest_at(tracker)
    return rules if at is None else rules.for_conversation(tracker.sender_id, at)


def variant_events(tracker: DialogueStateTracker, rules: HandoffRules) -> tuple[Event, ...]:
    """What puts the slot right: nothing, nearly always. It is emptied when the experiment is over."""
    at = _latest_at(tracker)
    if at is None:
        return ()
    labelled = rules.variant_of(tracker.sender_id, at)
    variant = parts(labelled)[1] if labelled else None
    return () if tracker.get_slot(VARIANT_SLOT) == variant else (SlotSet(VARIANT_SLOT, variant),)


def _latest_at(tracker: DialogueStateTracker) -> datetime | None:
    """When the visitor's latest message was written, by which its visit falls into a variant too. None in a story under
    `rasa test`: it is no visitor, and says itself which variant it is about."""
    if tracker.latest_message is None or tracker.get_latest_input_channel() is None:
        return None
    return datetime.fromtimestamp(tracker.latest_message.timestamp or 0.0, tz=UTC)
