"""`action_handoff` and `action_contact_saved`: thin adapters to the handoff service."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import ActiveLoop, EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.exc import SQLAlchemyError

from actions.email_address import find_email
from actions.handoff_words import asks_for_email, what_to_say
from actions.turns import fields_of, page_of, turns_of
from handoff.bootstrap import process_services
from handoff.domain.errors import HandoffError
from handoff.domain.escalation_record import reason_in
from handoff.domain.lifecycle import HUMAN_OWNED, Status
from handoff.domain.model import HandoffRequest, Visitor
from handoff.rasa.marks import CONTACT_FORM, ESCALATION_SLOT, HANDOFF_ACTION, ID_SLOT, OPEN_SLOT
from handoff.rasa.time_limits import ACTION_SECONDS

logger = logging.getLogger(__name__)

GIVE_UP_SECONDS = 8.0  # a visitor waits; the database itself gives up before (persistence/engine.py)


class ActionHandoff(Action):
    """Hands the conversation to a person. Whatever fails, the visitor gets an answer."""

    def name(self) -> str:
        """Name in the domain."""
        return HANDOFF_ACTION

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Store the handoff and say honestly what happens now."""
        if _nobody_waits(tracker, time.time()):
            # this process hung. The visitor was told that it failed, and must not be muted for it now.
            logger.error("conversation %s asked for a person too long ago; nothing was stored", tracker.sender_id)
            return _failed(dispatcher)
        request = _request(tracker)
        try:
            # in a thread, so that one slow database does not hold up other visitors
            outcome = await asyncio.wait_for(
                asyncio.to_thread(lambda: process_services().request(request)), GIVE_UP_SECONDS
            )
        except (HandoffError, SQLAlchemyError, TimeoutError):
            logger.exception("conversation %s asked for a person and could not be handed over", tracker.sender_id)
            return _failed(dispatcher)
        email = tracker.get_slot("email")
        for said in what_to_say(outcome, request.channel, email_known=bool(email)):
            dispatcher.utter_message(response=said.response, **said.values)
        events: list[EventType] = [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            # while nobody is on the way, the assistant goes on answering
            SlotSet(OPEN_SLOT, outcome.status in HUMAN_OWNED),
            SlotSet(ID_SLOT, outcome.handoff_id),
            SlotSet(ESCALATION_SLOT, None),
        ]
        # asked once; and gone on with when the visitor asked for a person in the middle of it
        asking = outcome.created or outcome.reopened or tracker.active_loop_name == CONTACT_FORM
        # nobody came, and without an address nobody can answer later either
        asking |= outcome.status is Status.MISSED and not tracker.get_slot("contact_declined")
        if asking and asks_for_email(outcome) and not email:
            events.append(FollowupAction(CONTACT_FORM))
        return events


class ActionContactSaved(Action):
    """Adds contact details to the handoff that waits. The address may not have come through the form; see the guard."""

    def name(self) -> str:
        """Name in the domain."""
        return "action_contact_saved"

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[EventType]:
        """Store them and confirm where the answer will go; an address that cannot work is asked for again."""
        found = find_email(str(tracker.get_slot("email") or ""))
        if found is None or found.address is None:
            return [FollowupAction(CONTACT_FORM)]
        details = {"name": tracker.get_slot("name"), "email": found.address, "phone": tracker.get_slot("phone")}
        try:
            added = await asyncio.wait_for(
                asyncio.to_thread(lambda: process_services().add_contact(tracker.sender_id, details)), GIVE_UP_SECONDS
            )
        except (HandoffError, SQLAlchemyError, TimeoutError):
            logger.exception("contact details of conversation %s could not be stored", tracker.sender_id)
            dispatcher.utter_message(response="utter_contact_not_saved")
            return []
        # without an open handoff there is nobody who would write to the address
        dispatcher.utter_message(response="utter_contact_saved" if added else "utter_contact_no_handoff")
        return []


def _failed(dispatcher: CollectingDispatcher) -> list[EventType]:
    dispatcher.utter_message(response="utter_handoff_failed")
    return [ActiveLoop(None), SlotSet("requested_slot", None), SlotSet(ESCALATION_SLOT, None)]


def _nobody_waits(tracker: Tracker, now: float) -> bool:
    """Whether Rasa has stopped waiting for this answer: the turn's message is older than Rasa's patience.

    Both processes run on one machine, so their clocks agree.
    """
    for event in reversed(tracker.events):
        if event["event"] == "user":
            return now - (event.get("timestamp") or now) >= ACTION_SECONDS
    return False


def _request(tracker: Tracker) -> HandoffRequest:
    turns = turns_of(tracker)
    reason = reason_in(tracker.get_slot(ESCALATION_SLOT), turns)
    return HandoffRequest(
        conversation_id=tracker.sender_id,
        channel=tracker.get_latest_input_channel() or "unknown",
        turns=turns,
        visitor=Visitor(
            name=tracker.get_slot("name"), email=tracker.get_slot("email"), phone=tracker.get_slot("phone")
        ),
        page=page_of(tracker),
        fields=fields_of(tracker),
        trigger=reason.trigger if reason else None,
        because=reason.because if reason else (),
    )
