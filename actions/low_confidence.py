"""``action_low_confidence``: says that it is not sure and offers topics, or a person where guessing would be wrong.

That the assistant does not understand again and again is decided elsewhere (:mod:`handoff.domain.escalation`); this is
about one message, and depends on what it might mean.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.designer_rules import rules_for
from actions.suggestions import guesses, must_not_guess, topic_buttons
from actions.turns import turns_of
from handoff.domain.escalation import OUT_OF_SCOPE, Decision, Step
from handoff.domain.escalation_record import as_record
from handoff.domain.model import TriggerKind
from handoff.domain.subject import last_visitor_turn
from handoff.rasa.marks import ESCALATION_SLOT, HANDOFF_ACTION

OUT_OF_SCOPE_RESPONSE = "utter_out_of_scope"
PERSON_BUTTON = {"title": "Talk to a person", "payload": "/request_human"}


class ActionLowConfidence(Action):
    """Runs when a message was not understood or is about something else entirely."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_low_confidence"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Offer topics, or say that it does not want to guess and go on to ``action_handoff``."""
        rules = rules_for(tracker)
        found = guesses(tracker.latest_message)
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if intent == OUT_OF_SCOPE:
            dispatcher.utter_message(response=OUT_OF_SCOPE_RESPONSE, buttons=[PERSON_BUTTON])
            return []
        if must_not_guess(found, rules):
            dispatcher.utter_message(response="utter_no_guessing")
            return [SlotSet(ESCALATION_SLOT, _decision(tracker)), FollowupAction(HANDOFF_ACTION)]
        topics = topic_buttons(found, rules)
        response = "utter_low_confidence" if topics else "utter_low_confidence_no_topics"
        dispatcher.utter_message(response=response, buttons=[*topics, PERSON_BUTTON])
        return []


def _decision(tracker: Tracker) -> dict[str, Any]:
    """The record that tells :class:`actions.handoff.ActionHandoff` why."""
    turn = last_visitor_turn(turns_of(tracker))
    decision = Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, (turn,) if turn else ())
    return as_record(decision, turn.message_id if turn else None)
