"""Days of a small shop, lived through the use cases: visits, handoffs, agents who answer, ratings, orders."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from handoff.bootstrap import Services
from handoff.domain.conversion import Conversion, Source
from handoff.domain.model import HandoffRequest, Page, Sender, TriggerKind, Turn, Visitor
from handoff.service.ports import NewMessage
from tests.conftest import Clock

BETWEEN_LINES = timedelta(seconds=25)
PATIENCE = 150  # seconds after which one leaves who does not like to wait
MISSED = 601  # seconds after which nobody has come in time (waiting.missed_after of handoff.yml)


@dataclass(frozen=True)
class Said:
    """A message of the visitor, how it was understood, and what the assistant answered."""

    text: str
    intent: str
    answer: str = "I am bringing in a person who can see all of this."
    response: str | None = None
    confidence: float = 0.94
    frustration: float = 0.04
    signals: tuple[str, ...] = ()


@dataclass(frozen=True)
class Person:
    """How a person took it on: who, after how many seconds, what was replied, how it was rated."""

    agent_id: str
    after: float
    reply: str = "Hello, I have it in front of me."
    minutes: float = 6
    score: int | None = None
    comment: str | None = None


@dataclass(frozen=True)
class Story:
    """One way a visit can go; with a trigger, the last message brings in a person."""

    page: str
    said: tuple[Said, ...]
    trigger: TriggerKind | None = None
    order: float | None = None
    score: int | None = None


@dataclass
class ShopDays:
    """Plays stories; the clock goes to where each begins and stays where it ends."""

    services: Services
    clock: Clock
    count: int = 0
    known: list[str] = field(default_factory=list)

    def visit(self, at: datetime, story: Story, person: Person | None = None, visitor: str | None = None) -> str | None:
        """Let a visitor come at ``at``, a new one or the one of a conversation; gives the handoff's id, if any."""
        self.count += 1
        conversation = visitor or f"visitor-{self.count}"
        self.clock.now = at
        turns: list[Turn] = []
        handoff_id = None
        for number, said in enumerate(story.said):
            turns.append(
                Turn(
                    Sender.VISITOR,
                    said.text,
                    self.clock.now,
                    f"{self.count}-{number}",
                    said.intent,
                    said.confidence,
                    frustration=said.frustration,
                    signals=said.signals,
                )
            )
            if story.trigger and number == len(story.said) - 1:
                handoff_id = self._ask(conversation, story, turns)
            self._store(conversation, story.page, said, turns[-1])
            turns.append(Turn(Sender.ASSISTANT, said.answer, self.clock.now))
            self.clock.now += BETWEEN_LINES
        if handoff_id and person:
            self._take(conversation, handoff_id, person)
        if story.order is not None:
            self._order(conversation, story.order)
        if handoff_id is None:
            self.known.append(conversation)
            if story.score is not None:
                self._rate_assistant(conversation, story.score)
        return handoff_id

    def left_alone(self, at: datetime, story: Story, *, stays: bool) -> None:
        """Let a visitor wait whom nobody takes; who does not stay cancels."""
        self.visit(at, story)
        self.clock.advance(MISSED if stays else PATIENCE)
        if stays:
            while self.services.sweep().run_once():
                pass
        else:
            self.services.cancel(f"visitor-{self.count}")

    def _ask(self, conversation: str, story: Story, turns: list[Turn]) -> str:
        graded = story.trigger in {TriggerKind.FRUSTRATION, TriggerKind.LOW_CONFIDENCE}
        request = HandoffRequest(
            conversation,
            "web",
            tuple(turns),
            visitor=Visitor(name="Lea Moreau"),
            page=Page(story.page, "Fernway"),
            trigger=story.trigger if graded else None,
            because=(turns[-1].message_id or "",) if graded else (),
        )
        return self.services.request(request).handoff_id

    def _store(self, conversation: str, page: str, said: Said, turn: Turn) -> None:
        assert turn.message_id is not None
        heard = NewMessage(
            turn.message_id,
            conversation,
            Sender.VISITOR,
            said.text,
            turn.at,
            intent=said.intent,
            confidence=said.confidence,
            frustration=said.frustration,
            signals=said.signals,
            page=page,
        )
        spoken = NewMessage(
            f"a-{turn.message_id}",
            conversation,
            Sender.ASSISTANT,
            said.answer,
            turn.at,
            in_reply_to=turn.message_id,
            response=said.response,
        )
        self.services.record([heard, spoken], "web")

    def _take(self, conversation: str, handoff_id: str, person: Person) -> None:
        self.clock.advance(person.after)
        self.services.claim(handoff_id, person.agent_id)
        self.services.reply(handoff_id, person.agent_id, person.reply, f"r-{self.count}")
        self.clock.advance(person.minutes * 60)
        self.services.resolve(handoff_id, person.agent_id)
        if person.score is not None:
            self.services.rate(conversation, handoff_id, person.score, person.comment)

    def _order(self, conversation: str, value: float) -> None:
        self.services.convert(
            Conversion(conversation, "order", f"FW-{self.count}", self.clock.now, Source.SERVER, value, "EUR")
        )

    def _rate_assistant(self, conversation: str, score: int) -> None:
        with self.services.uow.read() as tx:
            visit = tx.visits.latest(conversation)
        assert visit is not None, "one has just been recorded"
        self.services.rate_visit(conversation, visit.id, score)
