"""How a message would have been read with another threshold for "I am not sure"."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.domain.visits import FALLBACK, OUT_OF_SCOPE
from handoff.what_if.story import Said

CERTAIN = 1.0  # the confidence of a pressed button, and of a bare yes or no after buttons


@dataclass(frozen=True, slots=True)
class Reading:
    """What the message would have been taken for, and how likely its best answer is right."""

    intent: str | None
    known: float

    @property
    def withheld(self) -> bool:
        """Whether the assistant would have asked instead of answering."""
        return self.intent == FALLBACK


def other_reading(said: Said, rules: HandoffRules, threshold: float) -> Reading | None:
    """What is read differently when the assistant answers from ``threshold`` on; None where nothing is.

    What is never abstained from stays: a request for a person, what is about something else entirely, a button. Where
    the score was not kept, the confidence stands in for it.
    """
    if said.intent is None or said.intent == OUT_OF_SCOPE:
        return None
    if said.intent == FALLBACK:
        known = said.known if said.known is not None else 1 - (said.confidence if said.confidence is not None else 1.0)
        best = said.likeliest() if known > 0 and known >= threshold else []
        return Reading(best[0][0], known) if best else None
    if rules.trigger_of(said.intent) is TriggerKind.EXPLICIT_REQUEST:
        return None
    known = said.known if said.known is not None else (said.confidence if said.confidence is not None else CERTAIN)
    certain = said.known is None and known >= CERTAIN
    return None if certain or known >= threshold else Reading(FALLBACK, known)
