"""What designers decide in ``handoff.yml``, as one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from handoff.domain.experiment import Experiment, label
from handoff.domain.hours import ALWAYS_OPEN, OpeningHours
from handoff.domain.model import TriggerKind, UrgencyLevel
from handoff.domain.weekly_report import ReportRules


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
class WaitingRules:
    """How long things may take while somebody waits; seconds.

    Attributes:
        tell_after: a waiting visitor is told how it stands.
        missed_after: nobody took it in time: the assistant takes over again and an answer by e-mail is offered.
        agent_away_after: an agent who is gone this long gives the conversation back to the queue.
        estimate_from: so many recent replies make an estimate trustworthy by themselves.
        typical: seconds until a reply by queue, as the team expects it; counts while there are fewer replies.
    """

    tell_after: float = 120.0
    missed_after: float = 600.0
    agent_away_after: float = 120.0
    estimate_from: int = 5
    typical: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class VisitorRules:
    """When a visitor counts as gone, and what happens then.

    Attributes:
        gone_after: seconds without a sign of the visitor's page.
        email_after: seconds after which a reply that was not seen is sent by e-mail.
        rating_days: how long a handoff can be rated.
    """

    gone_after: float = 90.0
    email_after: float = 120.0
    rating_days: float = 7.0


@dataclass(frozen=True)
class MetricsRules:
    """How what happened is counted.

    Attributes:
        visit_gap_minutes: a silence longer than this ends a visit.
        return_days: who comes back within this many days had not got what they needed.
        conversion_days: a conversion within this many days of a visit counts for it.
        report: who gets a report every week; None: nobody.
    """

    visit_gap_minutes: float = 60.0
    return_days: float = 7.0
    conversion_days: float = 7.0
    report: ReportRules | None = None


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
    hours: OpeningHours = ALWAYS_OPEN
    waiting: WaitingRules = field(default_factory=WaitingRules)
    visitor: VisitorRules = field(default_factory=VisitorRules)
    metrics: MetricsRules = field(default_factory=MetricsRules)
    experiment: Experiment | None = None
    rules_of_variants: Mapping[str, HandoffRules] = field(default_factory=dict)

    @property
    def queues(self) -> tuple[str, ...]:
        """All queues, sorted."""
        return tuple(sorted({topic.queue for topic in self.topics.values()}))

    def team_of(self, topic: str) -> str:
        """How visitors hear of the people behind a topic; "our team" for a topic that was removed since."""
        return self.topics[topic].team if topic in self.topics else "our team"

    def routes_to(self, topic: str, queue: str) -> bool:
        """Whether handoffs about ``topic`` belong into ``queue``."""
        return topic in self.topics and self.topics[topic].queue == queue

    def topic_for(self, queue: str) -> TopicRule:
        """The topic that a handoff gets when an agent moves it to ``queue``: the first that routes there."""
        return next(topic for topic in self.topics.values() if topic.queue == queue)

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

    def variant_of(self, conversation_id: str, at: datetime) -> str | None:
        """The visitor's share in the experiment that runs at that moment, as ``experiment:variant``; None when none
        does."""
        if self.experiment is None or not self.experiment.runs_at(at):
            return None
        return label(self.experiment.name, self.experiment.variant_of(conversation_id).name)

    def for_conversation(self, conversation_id: str, at: datetime) -> HandoffRules:
        """The rules by which the assistant decides in a conversation: these, or those of its variant in the experiment
        that runs at that moment. What people see and metrics count goes by these for all."""
        if self.experiment is None or not self.experiment.runs_at(at):
            return self
        return self.rules_of_variants.get(self.experiment.variant_of(conversation_id).name, self)

    def phrase(self, intent: str | None) -> str:
        """How people say this intent, for example ``track_order`` is "where an order is"."""
        if not intent:
            return "something else"
        return self.readable.get(intent) or intent.split("/")[-1].replace("_", " ")


def _names(intent: str | None) -> tuple[str, ...]:
    """The names by which handoff.yml may list ``intent``: whole, and for a retrieval intent its base."""
    return (intent, intent.split("/")[0]) if intent else ()
