"""The rules that are compared, and what follows from the two together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from handoff.domain.escalation import BY_RULES
from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.domain.visits import FALLBACK
from handoff.what_if.next_step import AFFIRM


@dataclass(frozen=True)
class Rulebook:
    """What is compared.

    Attributes:
        now: the rules by which the visits were decided.
        other: those that are tried.
        offers: the names of the responses that offer a person, with the graded trigger behind each; None where a rule
            says it with an answer.
        answers_with_offer: answers after which a rule makes such an offer.
        abstain_below: the threshold that is tried for "I am not sure"; None leaves it as it was.
    """

    now: HandoffRules
    other: HandoffRules
    offers: Mapping[str, TriggerKind | None]
    answers_with_offer: frozenset[str] = frozenset()
    abstain_below: float | None = None

    @cached_property
    def graded(self) -> frozenset[str]:
        """Responses that a decision says by itself."""
        return frozenset(name for name, trigger in self.offers.items() if trigger is not None)

    @cached_property
    def counts_from(self) -> float:
        """What scores less is calm by both."""
        return min(self.now.frustration.counts_from, self.other.frustration.counts_from)

    @cached_property
    def telling(self) -> frozenset[str | None]:
        """Intents from which something can follow whatever the mood."""
        kinds = (TriggerKind.FRUSTRATION, TriggerKind.LOW_CONFIDENCE)
        listed = [rules.trigger_intents[kind] for rules in (self.now, self.other) for kind in kinds]
        return frozenset({AFFIRM, FALLBACK}).union(*listed, self.moved_in)

    @cached_property
    def moved_in(self) -> frozenset[str]:
        """Intents that lead to a person by the other rules only."""
        listed = frozenset().union(*(self.other.trigger_intents[kind] for kind in BY_RULES))
        return frozenset(intent for intent in listed if self.now.trigger_of(intent) not in BY_RULES)
