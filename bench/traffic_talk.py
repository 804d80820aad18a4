"""A planned visitor at the keyboard: writes to the assistant or to a person, whoever has the conversation."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

from bench.traffic_company import DEFAULT_TOPIC, TOPICS, is_open
from bench.traffic_desk import Desk
from bench.traffic_happenings import Buys, Kind, Opening, ToPerson, Turn, Words
from bench.traffic_team import Handoff
from bench.traffic_world import World

TO_A_PERSON = ("Are you there?", "It was last week.", "Yes please.", "The number is on the invoice.", "OK")


class Talk:
    """One visitor at the keyboard, with one conversation.

    Attributes:
        handoff: the one that is open, as far as the visitor knows.
        page: where they are.
        so_far: what the assistant heard in this stay, by id.
        is_there: whether they look at the chat.
        handed_over: whether there ever was a handoff.
    """

    def __init__(self, world: World, desk: Desk, conversation: str, handoffs: count[int]) -> None:
        self.world = world
        self.desk = desk
        self.conversation = conversation
        self.handoff: Handoff | None = None
        self.page = ""
        self._handoffs = handoffs
        self._written = count(1)
        self.so_far: list[tuple[str, Words]] = []
        self.is_there = False
        self.handed_over = False

    def says(self, words: Words, *answers: str) -> None:
        """Write something; who hears it depends on who has the conversation."""
        if self.is_with_person():
            self.writes_to_person(words)
            return
        turn = Turn(self.world.now, self.conversation, self._id(), self.page, words, answers or ("utter_answer",))
        self.world.note(turn)
        self.so_far.append((turn.id, words))

    def writes_to_person(self, words: Words | None = None) -> None:
        """Write while a person has the conversation."""
        said = words or Words(self.world.chance.choice(TO_A_PERSON), Kind.SMALL_TALK, "inform")
        self.world.note(ToPerson(self.world.now, self.conversation, self._id(), self.page, said))

    def asks_for_person(self, words: Words, trigger: str, topic: str, *, graded: bool = False) -> None:
        """Write what brings a person in, for the first time or again."""
        if self.is_with_person():
            self.writes_to_person(words)
            return
        opening, again, requeued = None, None, False
        if self.handoff is not None:
            again, requeued = self.handoff.number, is_open(self.handoff.queue, self.world.now)
        else:
            queue = TOPICS[topic].queue
            opens = is_open(queue, self.world.now)
            opening = Opening(next(self._handoffs), trigger, topic, queue, graded, opens)
        said = Turn(
            self.world.now,
            self.conversation,
            self._id(),
            self.page,
            words,
            ("utter_handoff",),
            opening,
            again,
            requeued,
            tuple(self.so_far),
            self.desk.hears(),
        )
        self.world.note(said)
        self.so_far.append((said.id, words))
        if opening is not None:
            self.handed_over = True
            self.handoff = Handoff(opening, self, self.world.now)
            self.desk.begin(self.handoff)
        elif requeued and self.handoff is not None:
            self.desk.stand(self.handoff, tell=True)

    def _id(self) -> str:
        return f"{self.conversation}-{next(self._written)}"

    def is_with_person(self) -> bool:
        """Whether a person has the conversation, or is awaited in it."""
        if self.handoff is not None and self.handoff not in self.desk.open:
            self.handoff = None
        return self.handoff is not None and self.handoff.is_human

    def about(self, latest: Words | None) -> str:
        """What the stay is about, as far as the assistant knows."""
        said = [words for _, words in self.so_far] + ([latest] if latest else [])
        asked = [words for words in said if words.kind is Kind.REQUEST]
        matters = [words for words in asked if not words.is_faq] or asked or [words for words in said if words.topic]
        return (matters[-1].topic if matters else None) or DEFAULT_TOPIC

    def buys(self, name: str, reference: str, value: float | None, currency: str | None) -> None:
        """The shop tells of a conversion."""
        self.world.note(Buys(self.world.now, self.conversation, name, reference, value, currency))

    def pause(self) -> float:
        """Seconds between two messages; now and then somebody is called away."""
        return self.world.some(2400, 3500) if self.world.happens(0.01) else self.world.some(6, 100)

    def sure(self) -> float:
        """A confidence of NLU."""
        return round(self.world.some(0.55, 0.99), 3)

    def often_the_first(self, texts: Sequence[str]) -> str:
        """One of ``texts``; each comes up as often as its place in the list allows (Zipf)."""
        return self.world.chance.choices(texts, [1 / (rank + 1) for rank in range(len(texts))])[0]
