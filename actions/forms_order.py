"""``validate_order_form``: which order it is, by its number or the e-mail address used for it."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Tracker

from actions.email_address import FoundEmail, find_email
from actions.form_action import NOT_UNDERSTOOD, REPEATED, FormAction, Reading
from actions.form_remarks import Remark, describes_order
from actions.form_turn import FormTurn, Step
from actions.order_number import FoundOrder, OrderProblem, find_order_number

BAD_EMAIL = "bad_email"
DESCRIBED = "described"
REFERENCE_SLOT = "order_reference"


class ValidateOrderForm(FormAction):
    """Asks for an order number or e-mail address once; either will do."""

    form = "order_form"
    asks_for = "order_number"
    problem_slot = "order_problem"
    declined_slot = "order_declined"
    not_found = OrderProblem.NOT_FOUND.value
    own_intents = frozenset({"track_order", "change_order", "cancel_order", "request_refund", "billing_dispute"})
    remarks = frozenset(Remark)

    def read(self, text: str, tracker: Tracker) -> Reading:
        """Look for a number or an address in the message, then in the slots."""
        order, mail = find_order_number(text), find_email(text)
        old_order = find_order_number(str(tracker.get_slot("order_number") or ""))
        old_mail = find_email(str(tracker.get_slot("email") or ""))
        number = (order and order.number) or (old_order and old_order.number) or None
        address = (mail and mail.address) or (old_mail and old_mail.address) or None
        problem = self._problem_of(order, mail)
        return Reading(
            values={"order_number": number, "email": address},
            known=bool(number or address) and problem is None,
            found_now=bool(order or mail),
            problem=problem,
            unmistakable=bool((order and order.named) or mail),
        )

    @staticmethod
    def _problem_of(order: FoundOrder | None, mail: FoundEmail | None) -> str | None:
        """What is wrong in this message; nothing when one of the two can be used."""
        if (order and order.number) or (mail and mail.address):
            return None
        if mail and mail.problem:
            return BAD_EMAIL
        return order.problem.value if order and order.problem else None

    def problem(self, turn: FormTurn, reading: Reading, tracker: Tracker) -> str:
        """Why the message could not be used; "the one from monday" is understood, only nobody here can look it up."""
        found = super().problem(turn, reading, tracker)
        unclear = found in {self.not_found, NOT_UNDERSTOOD, REPEATED}
        return DESCRIBED if unclear and describes_order(turn.text) else found

    def extras(self, step: Step, tracker: Tracker, reading: Reading) -> dict[str, Any]:
        """Note how the order is known, which the closing answer mentions."""
        reference = "number" if reading.values["order_number"] else "email" if reading.values["email"] else "none"
        return {REFERENCE_SLOT: reference}
