"""The responses that offer a person and wait for a yes or no; data/rules says what follows which."""

from __future__ import annotations

from handoff.domain.model import TriggerKind

AFTER_FRUSTRATION = "utter_empathy_offer_human"
AFTER_REPETITION = "utter_offer_after_repetition"

GRADED_OFFERS = frozenset({AFTER_FRUSTRATION, AFTER_REPETITION})
"""What the policy of :mod:`handoff.rasa.escalation` says by itself."""

OFFERS: dict[str, TriggerKind | None] = {
    **dict.fromkeys(GRADED_OFFERS, TriggerKind.FRUSTRATION),
    "utter_offer_colleague": None,
    "utter_offer_without_email": None,
    "utter_sales_objection_again": None,
}
"""Every such response, and the graded trigger behind it; None where a rule says it with an answer."""
