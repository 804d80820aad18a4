"""``action_low_confidence_reply``: what a bare yes or no means after :mod:`actions.low_confidence`."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.low_confidence import OUT_OF_SCOPE_RESPONSE, PERSON_BUTTON
from actions.turns import turns_of
from handoff.domain.escalation import Decision, Step
from handoff.domain.escalation_record import as_record
from handoff.domain.model import Sender, TriggerKind
from handoff.rasa.marks import ESCALATION_SLOT, HANDOFF_ACTION

OFFER = "utter_offer_colleague"


class ActionLowConfidenceReply(Action):
    """Runs when the visitor answers yes or no to what was offered instead of an answer."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_low_confidence_reply"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Ask which topic, bring in the person who was offered, or ask for other words."""
        response, buttons = _offered(tracker)
        yes = (tracker.latest_message.get("intent") or {}).get("name") == "affirm"
        if response == OUT_OF_SCOPE_RESPONSE:
            if yes:
                return [FollowupAction(OFFER)]  # nothing was asked, so it is asked now
            dispatcher.utter_message(response="utter_deny_no_question")
            return []
        if not yes:
            dispatcher.utter_message(response="utter_none_of_these", buttons=[PERSON_BUTTON])
            return []
        if any(button["payload"] != PERSON_BUTTON["payload"] for button in buttons):
            dispatcher.utter_message(response="utter_which_of_these", buttons=buttons)
            return []
        return [SlotSet(ESCALATION_SLOT, _decision(tracker)), FollowupAction(HANDOFF_ACTION)]


def _offered(tracker: Tracker) -> tuple[str | None, list[dict[str, str]]]:
    """The response that the visitor answers, with its buttons."""
    for event in reversed(tracker.events):
        if event.get("event") == "bot":
            buttons = (event.get("data") or {}).get("buttons") or []
            return (event.get("metadata") or {}).get("utter_action"), buttons
    return None, []


def _decision(tracker: Tracker) -> dict[str, Any]:
    """The record that tells :class:`actions.handoff.ActionHandoff` why: what was not understood before the yes."""
    heard = [turn for turn in turns_of(tracker) if turn.sender is Sender.VISITOR]
    decision = Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, tuple(heard[-2:-1]))
    return as_record(decision, heard[-1].message_id if heard else None)
