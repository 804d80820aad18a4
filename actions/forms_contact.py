"""``validate_contact_form``: an e-mail address to write to, or a kind "no"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.email_address import EmailProblem, find_email
from actions.form_action import FormAction, Reading, previous_action
from actions.form_remarks import Remark
from actions.form_turn import ALWAYS_LEAVES, MAX_MISSES, FormTurn, Step
from actions.order_number import normalise_order_number
from handoff.rasa.marks import HANDOFF_ACTION, OPEN_SLOT, RECORDED

PURPOSE_SLOT = "contact_purpose"
FOLLOW_UP = "follow_up"  # the handoff is made and nobody comes now: the address is where the answer goes
SALES = "sales"  # asked before the handoff, so that the agent can send an offer
# Somebody who is upset while waiting gets a word of sympathy, not the "that's fine" that follows a no.
UPSET_INTENTS = frozenset({"express_frustration", "complaint"})
UPSET = "upset"
ORDER_NUMBER = "order_number"
PHONE = "phone"


AFTER_A_HANDOFF = frozenset({HANDOFF_ACTION, "action_contact_saved"})  # what the form follows when it asks for that
QUESTION = "utter_ask_contact_form_email"
ASKED_IN_PASSING = 2  # with a person awaited another day, the question does not follow every answer of the assistant


def waits(tracker: Tracker) -> bool:
    """Whether the handoff is made already, and the address is for the answer."""
    return bool(tracker.get_slot(PURPOSE_SLOT) == FOLLOW_UP)


def assistant_answers(tracker: Tracker) -> bool:
    """Whether the assistant goes on answering meanwhile: outside opening hours, and when nobody came in time."""
    return not tracker.get_slot(OPEN_SLOT)


class ValidateContactForm(FormAction):
    """Asks for an e-mail address once; one that is known already is not asked for."""

    form = "contact_form"
    asks_for = "email"
    problem_slot = "email_problem"
    declined_slot = "contact_declined"
    not_found = EmailProblem.NOT_FOUND.value
    own_intents = frozenset({"custom_pricing", "demo_request", "enterprise_enquiry"})
    remarks = frozenset({Remark.WHY, Remark.WHICH, Remark.ON_RECORD})

    def read(self, text: str, tracker: Tracker) -> Reading:
        """Look for an address in the message, then in the slot; keep an order number that comes in its place."""
        here = find_email(text)
        found = here or find_email(str(tracker.get_slot("email") or ""))
        address = found.address if found else None
        number = None if here else normalise_order_number(text)
        phone = next(tracker.get_latest_entity_values(PHONE), None)
        return Reading(
            values={"email": address} | ({ORDER_NUMBER: number} if number else {}),
            known=address is not None,
            found_now=here is not None,
            problem=here.problem.value if here and here.problem else None,
            unmistakable=True,
            aside=ORDER_NUMBER if number else PHONE if phone else None,
        )

    def decide(self, turn: FormTurn, tracker: Tracker) -> Step:
        """While a person is awaited, finish rather than leave: a new request is for them, and they read it anyway."""
        step = super().decide(turn, tracker)
        if not waits(tracker) or turn.intent in ALWAYS_LEAVES:
            return step
        if assistant_answers(tracker):
            asked_enough = step is Step.DIGRESS and times_asked(tracker) >= ASKED_IN_PASSING
            return Step.LEAVE if asked_enough else step
        if step is Step.EXPLAIN and not turn.found_now and not turn.upset and offered_by_desk(tracker):
            return Step.DECLINED  # an offer, not a question: what else the visitor writes is for the team
        if step not in {Step.ASK, Step.LEAVE, Step.DIGRESS}:
            return step
        if turn.intent in UPSET_INTENTS or (turn.upset and step is not Step.DIGRESS):
            # also when the message went to the waiting team first and the form opens once more after it
            return Step.EXPLAIN if turn.misses < MAX_MISSES else Step.DECLINED
        if step is not Step.LEAVE:
            return step
        return Step.DONE if turn.known else Step.DECLINED

    def problem(self, turn: FormTurn, reading: Reading, tracker: Tracker) -> str:
        """Why the message could not be used; the anger of somebody who waits is answered before anything else."""
        upset = waits(tracker) and (turn.upset or turn.intent in UPSET_INTENTS)
        return UPSET if upset and not reading.problem else super().problem(turn, reading, tracker)

    def extras(self, step: Step, tracker: Tracker, reading: Reading) -> dict[str, Any]:
        """On activation, note what the address is for: it decides the question and what follows the form."""
        if tracker.get_slot("requested_slot") is not None:
            return {}
        return {PURPOSE_SLOT: FOLLOW_UP if previous_action(tracker) in AFTER_A_HANDOFF else SALES}


def times_asked(tracker: Tracker) -> int:
    """How often the form has put its question since it was opened."""
    count = 0
    for event in reversed(tracker.events):
        if event.get("event") == "active_loop":
            break
        count += event.get("event") == "bot" and (event.get("metadata") or {}).get("utter_action") == QUESTION
    return count


def offered_by_desk(tracker: Tracker) -> bool:
    """Whether the line that the visitor answers came from the desk, which may have offered to take an address."""
    said = next((event for event in reversed(tracker.events) if event.get("event") == "bot"), None)
    return said is not None and RECORDED in (said.get("metadata") or {})
