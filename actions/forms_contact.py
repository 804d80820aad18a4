"""``validate_contact_form``: an e-mail address to write to, or a kind "no"."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.email_address import EmailProblem, find_email
from actions.form_action import FormAction, Reading, previous_action
from actions.form_turn import ALWAYS_LEAVES, FormTurn, Step
from actions.suggestions import HANDOFF_ACTION

PURPOSE_SLOT = "contact_purpose"
FOLLOW_UP = "follow_up"  # the handoff is made and nobody is online: the address is where the answer goes
SALES = "sales"  # asked before the handoff, so that the agent can send an offer


class ValidateContactForm(FormAction):
    """Asks for an e-mail address once; one that is known already is not asked for."""

    form = "contact_form"
    asks_for = "email"
    problem_slot = "email_problem"
    declined_slot = "contact_declined"
    not_found = EmailProblem.NOT_FOUND.value
    own_intents = frozenset({"custom_pricing", "demo_request", "enterprise_enquiry"})

    def read(self, text: str, tracker: Tracker) -> Reading:
        """Look for an address in the message, then in the slot."""
        here = find_email(text)
        found = here or find_email(str(tracker.get_slot("email") or ""))
        address = found.address if found else None
        return Reading(
            values={"email": address},
            known=address is not None,
            found_now=here is not None,
            problem=here.problem.value if here and here.problem else None,
            unmistakable=True,
        )

    def decide(self, turn: FormTurn, tracker: Tracker) -> Step:
        """Finish rather than leave once a handoff waits: a new request is for the person, who reads it anyway."""
        step = super().decide(turn, tracker)
        waits = tracker.get_slot(PURPOSE_SLOT) == FOLLOW_UP
        if step is Step.LEAVE and waits and turn.intent not in ALWAYS_LEAVES:
            return Step.DONE if turn.known else Step.DECLINED
        return step

    def extras(self, step: Step, tracker: Tracker, reading: Reading) -> dict[str, Any]:
        """On activation, note what the address is for: it decides the question and what follows the form."""
        if tracker.get_slot("requested_slot") is not None:
            return {}
        return {PURPOSE_SLOT: FOLLOW_UP if previous_action(tracker) == HANDOFF_ACTION else SALES}
