"""What designers decide in ``handoff.yml``, as one immutable value."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.domain.model import TriggerKind, UrgencyLevel


@dataclass(frozen=True)
class TopicRule:
    """A topic: the queue it routes to, how visitors hear of the team, the intents that belong to it, and the words by
    which visitors ask for that team."""

    name: str
    queue: str
    team: str
    intents: frozenset[str]
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class UrgencyPoint:
    """Something that makes a handoff more urgent: how much, and the reason agents read."""

    points: int
    reason: str


@dataclass(frozen=True)
class UrgencyRules:
    """Points per circumstance, and from how many points on a level holds."""

    triggers: dict[TriggerKind, UrgencyPoint]
    intents: dict[str, UrgencyPoint]
    repeated_request: UrgencyPoint
    returning: UrgencyPoint
    levels: dict[UrgencyLevel, int]


@dataclass(frozen=True)
class LowConfidenceRules:
    """When not understanding becomes a handoff."""

    consecutive: int
    never_guess_from: float
    suggestions: int


@dataclass(frozen=True)
class FrustrationRules:
    """When frustration becomes an offer of a person, or a handoff; :mod:`handoff.domain.escalation` has the arithmetic.

    Attributes:
        window: how many of the visitor's latest messages count together.
        counts_from: a message that scores less is calm.
        mood_from: a message that scores this much is called frustrated on the agent's card and raises the urgency.
        offer_from: what is new since the last offer adds up to this much: offer a person.
        hand_off_from: a single message that scores this much: hand off at once.
        offers: how often a person is offered between two handoffs.
        repeated_questions: how often something is asked again before a person is offered, in calm words too.
        answer_first: intents that are answered before the offer, an FAQ as ``faq/<name>`` or all as ``faq``.
    """

    window: int
    counts_from: float
    mood_from: float
    offer_from: float
    hand_off_from: float
    offers: int
    repeated_questions: int
    answer_first: frozenset[str]


@dataclass(frozen=True)
class HandoffRules:
    """The whole of ``handoff.yml``."""

    topics: dict[str, TopicRule]
    default_topic: str
    trigger_intents: dict[TriggerKind, frozenset[str]]
    account_intents: frozenset[str]
    frustration: FrustrationRules
    low_confidence: LowConfidenceRules
    urgency: UrgencyRules
    summary_words: int
    online_seconds: float
    readable: dict[str, str]

    def topic_of(self, intent: str | None) -> TopicRule:
        """The topic that ``intent`` belongs to; the default topic for none or an unlisted one.

        A retrieval intent such as ``faq/invoice_copy`` may be listed whole or by its base ``faq``.
        """
        for name in _names(intent):
            for topic in self.topics.values():
                if name in topic.intents:
                    return topic
        return self.topics[self.default_topic]

    def trigger_of(self, intent: str | None) -> TriggerKind | None:
        """The trigger that ``intent`` is by itself, if any."""
        return next((kind for kind, intents in self.trigger_intents.items() if intent in intents), None)

    def answers_first(self, intent: str | None) -> bool:
        """Whether ``intent`` is answered before a person is offered to somebody who is frustrated."""
        return any(name in self.frustration.answer_first for name in _names(intent))

    def phrase(self, intent: str | None) -> str:
        """How people say this intent, for example ``track_order`` is "where an order is"."""
        if not intent:
            return "something else"
        return self.readable.get(intent) or intent.split("/")[-1].replace("_", " ")


def _names(intent: str | None) -> tuple[str, ...]:
    """The names by which handoff.yml may list ``intent``: whole, and for a retrieval intent its base."""
    return (intent, intent.split("/")[0]) if intent else ()
