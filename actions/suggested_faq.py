"""``action_suggested_faq``: gives exactly the FAQ answer that a button promised, without asking NLU again."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction
from rasa_sdk.executor import CollectingDispatcher

from actions.suggestions import FAQ, FAQ_TOPIC

LOW_CONFIDENCE_ACTION = "action_low_confidence"


class ActionSuggestedFaq(Action):
    """Answers ``/faq{"faq_topic": "warranty"}``."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_suggested_faq"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Utter the answer; a topic without one (an old button, a typed command) is treated as not understood."""
        response = f"utter_{FAQ}/{next(tracker.get_latest_entity_values(FAQ_TOPIC), '')}"
        if response not in domain.get("responses", {}):
            return [FollowupAction(LOW_CONFIDENCE_ACTION)]
        dispatcher.utter_message(response=response)
        return []
