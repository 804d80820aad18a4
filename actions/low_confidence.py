"""``action_low_confidence``: says that it is not sure and offers topics; the second time it brings in a person."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.designer_rules import designer_rules
from actions.suggestions import (
    HANDOFF_ACTION,
    OUT_OF_SCOPE,
    guesses,
    must_not_guess,
    topic_buttons,
    unclear_in_a_row,
)
from handoff.domain.model import TriggerKind

PERSON_BUTTON = {"title": "Talk to a person", "payload": "/request_human"}


class ActionLowConfidence(Action):
    """Runs when a message was not understood or is about something else entirely."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_low_confidence"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Offer topics, or say that it does not want to guess and go on to ``action_handoff``."""
        rules = designer_rules()
        found = guesses(tracker.latest_message)
        intent = (tracker.latest_message.get("intent") or {}).get("name")
        if intent == OUT_OF_SCOPE:
            dispatcher.utter_message(response="utter_out_of_scope", buttons=[PERSON_BUTTON])
            return []
        again = unclear_in_a_row(tracker.events, rules) >= rules.low_confidence.consecutive
        if again or must_not_guess(found, rules):
            dispatcher.utter_message(response="utter_no_guessing")
            return [SlotSet("handoff_trigger", TriggerKind.LOW_CONFIDENCE.value), FollowupAction(HANDOFF_ACTION)]
        topics = topic_buttons(found, rules)
        response = "utter_low_confidence" if topics else "utter_low_confidence_no_topics"
        dispatcher.utter_message(response=response, buttons=[*topics, PERSON_BUTTON])
        return []
