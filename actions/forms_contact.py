"""``validate_contact_form``: an e-mail address to write to, or a kind "no"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.email_address import EmailProblem, find_email
from actions.form_action import FormAction, Reading, previous_action
from actions.form_remarks import Remark
from actions.form_turn import ALWAYS_LEAVES, MAX_MISSES, FormTurn, Step
from actions.order_number import normalise_order_number
from handoff.rasa.marks import HANDOFF_ACTION

PURPOSE_SLOT = "contact_purpose"
FOLLOW_UP = "follow_up"  # the handoff is made and nobody is online: the address is where the answer goes
SALES = "sales"  # asked before the handoff, so that the agent can send an offer
# Somebody who is upset while waiting gets a word of sympathy, not the "that's fine" that follows a no.
UPSET_INTENTS = frozenset({"express_frustration", "complaint"})
UPSET = "upset"
ORDER_NUMBER = "order_number"
PHONE = "phone"


def waits(tracker: Tracker) -> bool:
    """Whether the handoff is made already, and the visitor waits for somebody to come online."""
    return bool(tracker.get_slot(PURPOSE_SLOT) == FOLLOW_UP)


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
        """Finish rather than leave once a handoff waits: a new request is for the person, who reads it anyway."""
        step = super().decide(turn, tracker)
        if not waits(tracker) or turn.intent in ALWAYS_LEAVES or step not in {Step.ASK, Step.LEAVE, Step.DIGRESS}:
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
        return {PURPOSE_SLOT: FOLLOW_UP if previous_action(tracker) == HANDOFF_ACTION else SALES}
