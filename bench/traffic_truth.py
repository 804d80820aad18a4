"""What is true of the planned traffic: its visits and handoffs, counted off the plan one happening after the other.

This never looks into a database and shares no code with what counts there: the definitions of docs/metrics.md are
written down here a second time, as plainly as possible, so that a mistake would have to be made twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bench.traffic_company import open_seconds
from bench.traffic_happenings import (
    ANSWER_TAKES,
    Buys,
    ByItself,
    Cancels,
    Claims,
    HandsBack,
    Happening,
    Kind,
    LeavesEmail,
    MovesToAgent,
    MovesToQueue,
    OfHandoff,
    Rates,
    RatesAssistant,
    Releases,
    Replies,
    Resolves,
    Rings,
    SaysPresence,
    ToPerson,
    Turn,
    Words,
)
from bench.traffic_plan import Plan

SILENCE_THAT_ENDS_A_VISIT = timedelta(minutes=60)
CONVERTS_WITHIN = timedelta(days=7)
WITHOUT_WORDS = (Rates, RatesAssistant, Buys, SaysPresence)
"""Nobody says anything in the conversation. All else puts a line into it, by a person, the assistant or the house."""


@dataclass(eq=False)
class TrueVisit:
    """One stay."""

    conversation: str
    page: str
    variant: str | None
    began: datetime
    last: datetime
    first_words: str
    answered: int = 0
    not_understood: int = 0
    out_of_scope: int = 0
    small_talk: int = 0
    doubts: int = 0
    topic: str | None = None
    handoff: TrueHandoff | None = None
    came_back: datetime | None = None
    score: int | None = None
    bought: list[Bought] = field(default_factory=list)
    just_answered: bool = False

    @property
    def requests(self) -> int:
        """Messages that asked for something."""
        return self.answered + self.not_understood + self.out_of_scope

    @property
    def heard(self) -> bool:
        """Whether the assistant heard anything."""
        return self.requests + self.small_talk > 0


@dataclass(eq=False)
class TrueHandoff:
    """One handoff. ``visit`` is the stay whose first handoff it is."""

    number: int
    conversation: str
    made: datetime
    trigger: str
    topic: str
    queue: str
    visit: TrueVisit | None
    queued: bool
    agent: str | None = None
    assigned: datetime | None = None
    first_reply: datetime | None = None
    first_reply_open_seconds: int | None = None
    closed: datetime | None = None
    closed_by: type[Happening] | None = None
    missed: bool = False
    left_queue: bool = False
    score: int | None = None


@dataclass(frozen=True)
class Bought:
    """A conversion that belongs to a visit."""

    at: datetime
    visit: TrueVisit
    value: float | None
    currency: str | None


@dataclass(frozen=True)
class Unanswered:
    """A message that the assistant could not answer."""

    at: datetime
    id: str
    text: str
    outcome: str
    visit: TrueVisit


@dataclass(frozen=True)
class Written:
    """A reply of an agent."""

    at: datetime
    agent: str
    handoff: TrueHandoff


@dataclass
class Truth:
    """All that is true."""

    visits: list[TrueVisit] = field(default_factory=list)
    handoffs: dict[int, TrueHandoff] = field(default_factory=dict)
    bought: list[Bought] = field(default_factory=list)
    unanswered: list[Unanswered] = field(default_factory=list)
    replies: list[Written] = field(default_factory=list)


def truth_of(plan: Plan) -> Truth:
    """Count everything."""
    return _Count(plan.variants).all(plan.happenings)


class _Count:
    def __init__(self, variants: dict[str, str | None]) -> None:
        self.variants = variants
        self.truth = Truth()
        self.latest: dict[str, TrueVisit] = {}
        self.open: dict[str, TrueHandoff] = {}
        self.references: set[tuple[str, str, str]] = set()

    def all(self, happenings: Iterable[Happening]) -> Truth:
        for one in happenings:
            self._happens(one)
        return self.truth

    def _happens(self, one: Happening) -> None:
        if isinstance(one, Turn):
            self._turn(one)
        elif isinstance(one, ToPerson):
            self.latest[one.conversation].just_answered = False
        elif isinstance(one, RatesAssistant):
            self.latest[one.conversation].score = one.score
        elif isinstance(one, Buys):
            self._buys(one)
        elif isinstance(one, OfHandoff):
            self._step(one, self.truth.handoffs[one.handoff])
        if not isinstance(one, WITHOUT_WORDS):
            visit = self.latest[one.conversation]
            visit.last = max(visit.last, one.at + (ANSWER_TAKES if isinstance(one, Turn) else timedelta()))

    def _turn(self, turn: Turn) -> None:
        visit = self.latest.get(turn.conversation)
        silent = visit is None or turn.at - visit.last > SILENCE_THAT_ENDS_A_VISIT
        if visit is None or (silent and turn.conversation not in self.open):
            if visit is not None:
                visit.came_back = turn.at
            variant = self.variants[turn.conversation]
            visit = TrueVisit(turn.conversation, turn.page, variant, turn.at, turn.at, turn.words.text)
            self.latest[turn.conversation] = visit
            self.truth.visits.append(visit)
        self._heard(visit, turn, turn.words)
        if turn.opening is not None:
            opening = turn.opening
            first = visit if visit.handoff is None else None
            handoff = TrueHandoff(
                opening.handoff,
                turn.conversation,
                turn.at,
                opening.trigger,
                opening.topic,
                opening.queue,
                first,
                queued=opening.opens,
            )
            self.truth.handoffs[handoff.number] = self.open[turn.conversation] = handoff
            if first is not None:
                visit.handoff, visit.topic = handoff, handoff.topic
        if turn.again is not None and turn.requeued:
            self._waits(self.truth.handoffs[turn.again], opens=True)

    def _heard(self, visit: TrueVisit, turn: Turn, words: Words) -> None:
        if visit.just_answered and (words.again or words.angry):
            visit.doubts += 1
        visit.just_answered = words.kind is Kind.REQUEST
        if words.kind is Kind.REQUEST:
            visit.answered += 1
            visit.topic = visit.topic or words.topic
        elif words.kind is Kind.UNCLEAR:
            visit.not_understood += 1
            self.truth.unanswered.append(Unanswered(turn.at, turn.id, words.text, "not_understood", visit))
        elif words.kind is Kind.OFF_TOPIC:
            visit.out_of_scope += 1
            self.truth.unanswered.append(Unanswered(turn.at, turn.id, words.text, "out_of_scope", visit))
        else:
            visit.small_talk += 1

    def _buys(self, one: Buys) -> None:
        key = (one.conversation, one.name, one.reference)
        if key in self.references:
            return
        self.references.add(key)
        visit = self.latest.get(one.conversation)  # of those that began before, the latest
        if visit is not None and one.at - visit.began <= CONVERTS_WITHIN:
            bought = Bought(one.at, visit, one.value, one.currency)
            visit.bought.append(bought)
            self.truth.bought.append(bought)

    def _step(self, step: OfHandoff, handoff: TrueHandoff) -> None:
        if isinstance(step, Claims):
            handoff.agent, handoff.assigned = step.agent, step.at
        elif isinstance(step, MovesToAgent):
            handoff.agent, handoff.assigned = step.colleague, step.at
        elif isinstance(step, Replies):
            self.truth.replies.append(Written(step.at, step.agent, handoff))
            if handoff.first_reply is None:
                handoff.first_reply = step.at
                handoff.first_reply_open_seconds = open_seconds(handoff.queue, handoff.made, step.at)
        elif isinstance(step, Resolves | HandsBack):
            handoff.closed, handoff.closed_by = step.at, type(step)
            del self.open[step.conversation]
        elif isinstance(step, Cancels):
            handoff.closed, handoff.closed_by = step.at, Cancels
            handoff.left_queue = step.waited_in == "queued"
            del self.open[step.conversation]
        elif isinstance(step, Releases):
            self._waits(handoff, opens=step.opens)
        elif isinstance(step, MovesToQueue):
            handoff.queue, handoff.topic = step.queue, step.topic
            self._waits(handoff, opens=step.opens)
        elif isinstance(step, Rates):
            handoff.score = step.score
        elif isinstance(step, Rings):
            self._rings(step, handoff)
        else:
            assert isinstance(step, LeavesEmail), "nothing that is counted"

    def _rings(self, step: Rings, handoff: TrueHandoff) -> None:
        if step.what is ByItself.MISSED:
            handoff.missed = True
        elif step.what is ByItself.OPENED:
            handoff.queued = True
        elif step.what in (ByItself.REQUEUED, ByItself.RESCHEDULED):
            self._waits(handoff, opens=step.what is ByItself.REQUEUED)

    def _waits(self, handoff: TrueHandoff, *, opens: bool) -> None:
        handoff.agent = None
        handoff.queued = handoff.queued or opens
