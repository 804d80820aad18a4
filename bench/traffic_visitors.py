"""The planned visitors: what they ask, how they take the answers, how long they wait, and when they come again."""

from __future__ import annotations

from collections.abc import Callable, Generator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import count

from bench.traffic_company import OFF_TOPIC, TOPICS, UNCLEAR, is_open
from bench.traffic_desk import Desk
from bench.traffic_happenings import Kind, LeavesEmail, Rates, RatesAssistant, Words
from bench.traffic_talk import Talk
from bench.traffic_team import Handoff
from bench.traffic_world import Meeting, Person, World

Steps = Generator["float | datetime | Meeting", str, None]

PATIENCE = (30.0, 800.0)  # seconds until somebody who waits goes on without a person
WRITES_AGAIN = (40.0, 300.0)
HOURS = timedelta(hours=3)  # between two questions for a rating, so that they are of two visits
STORIES = {"asks": 58, "form": 8, "person": 9, "handed": 12, "lost": 5, "angry": 4, "hello": 4}
"""What stays are like, of a hundred."""

HELLO = Words("Hello", Kind.SMALL_TALK, "greet", confidence=0.99)
THANKS = Words("Thank you!", Kind.SMALL_TALK, "thank", confidence=0.97)
BYE = Words("Goodbye", Kind.SMALL_TALK, "goodbye", confidence=0.98)
FURIOUS = Words("This is ridiculous!!", Kind.SMALL_TALK, "express_frustration", frustration=0.95, angry=True)


class Visitor(Talk):
    """One visitor, with all their stays."""

    def __init__(self, world: World, desk: Desk, conversation: str, handoffs: count[int]) -> None:
        super().__init__(world, desk, conversation, handoffs)
        self._asked_for_rating = world.now - HOURS

    def lives(self, stays: Sequence[tuple[datetime, str, str]]) -> Person:
        """All their stays: (beginning, page, topic)."""
        for begin, page, topic in stays:
            yield begin
            self.page, self.so_far, self.is_there = page, [], True
            story = self.world.chance.choices(list(STORIES), list(STORIES.values()))[0]
            yield from getattr(self, f"_{story}")(topic)
            yield from self._takes_leave()
            self.is_there = False

    # the stories of a stay

    def _hello(self, topic: str) -> Steps:
        self.says(HELLO, "utter_greet")
        yield self.world.some(5, 20)
        if self.world.happens(0.5):
            self.says(BYE, "utter_goodbye")

    def _asks(self, topic: str) -> Steps:
        yield from self._maybe_hello()
        for _ in range(self.world.chance.choice((1, 1, 1, 2, 2, 3, 4))):
            other = self.world.chance.choice(list(TOPICS))
            yield from self._question(topic if self.world.happens(0.8) else other)

    def _form(self, topic: str) -> Steps:
        yield from self._maybe_hello()
        form = TOPICS[topic].form
        if form is None:
            yield from self._question(topic)
            return
        self.says(Words(form[1], Kind.REQUEST, form[0], topic, self.sure()), "utter_ask_order_number")
        for text, intent in (("no idea", "nlu_fallback"), ("FW-104233", "inform"))[self.world.chance.randint(0, 1) :]:
            yield self.pause()
            if self.world.happens(0.1):
                yield from self._question(topic, in_form=True)
            self.says(Words(text, Kind.FORM_REPLY, intent, in_form=True), "utter_form")
        yield self.pause()
        if self.world.happens(0.3):
            yield from self._wants_person(topic)

    def _person(self, topic: str) -> Steps:
        if self.world.happens(0.6):
            yield from self._question(topic)
        yield from self._wants_person(topic)

    def _handed(self, topic: str) -> Steps:
        if self.world.happens(0.3):
            yield from self._question(self.world.chance.choice(list(TOPICS)))
        if not TOPICS[topic].handed:
            yield from self._wants_person(topic)
            return
        trigger, intent, text = self.world.chance.choice(TOPICS[topic].handed)
        words = Words(text, Kind.REQUEST, intent, topic, self.sure())
        self.asks_for_person(words, trigger, topic)
        yield from self._waits()

    def _lost(self, topic: str) -> Steps:
        if self.world.happens(0.4):
            yield from self._question(topic)
        self.says(self._unclear(topic), "utter_fallback")
        yield self.pause()
        if self.world.happens(0.35):
            yield from self._question(topic)
            return
        words = self._unclear(topic)
        self.asks_for_person(words, "low_confidence", self.about(words), graded=True)
        yield from self._waits()

    def _angry(self, topic: str) -> Steps:
        yield from self._question(topic, angry_after=True)
        if self.world.happens(0.3):
            self.says(Words("No, just tell me", Kind.SMALL_TALK, "deny", frustration=0.35), "utter_ok")
            yield self.pause()
        self.asks_for_person(FURIOUS, "frustration", self.about(None), graded=True)
        yield from self._waits()

    def _maybe_hello(self) -> Steps:
        if self.world.happens(0.35):
            self.says(HELLO, "utter_greet")
            yield self.world.some(3, 30)

    def _question(self, topic: str, *, angry_after: bool = False, in_form: bool = False) -> Steps:
        """One question, and how the answer is taken."""
        drawn = self.world.chance.random()
        if not angry_after and drawn < 0.1:
            self.says(self._unclear(topic if self.world.happens(0.5) else None, in_form=in_form), "utter_fallback")
            yield self.pause()
        elif not angry_after and drawn < 0.15:
            text = self.often_the_first(OFF_TOPIC)
            self.says(Words(text, Kind.OFF_TOPIC, "out_of_scope", confidence=self.sure()), "utter_out_of_scope")
            yield self.pause()
        intent, texts = self.world.chance.choice(TOPICS[topic].faqs)
        text = self.world.chance.choice(texts)
        asked = Words(text, Kind.REQUEST, intent, topic, self.sure(), is_faq=True, in_form=in_form)
        self.says(asked, f"utter_{intent}")
        yield self.pause()
        drawn = 0.0 if angry_after else self.world.chance.random()
        if drawn < 0.05:
            angry = replace(asked, text=f"{text} I asked {intent}", frustration=0.62, angry=True, again=drawn < 0.02)
            self.says(angry, f"utter_{intent}", "utter_offer_person")
        elif drawn < 0.13:
            self.says(replace(asked, text=f"I mean: {text}", frustration=0.31, again=True), f"utter_{intent}")
        elif drawn < 0.17:
            self.says(Words("That is no help", Kind.SMALL_TALK, "express_frustration", angry=True), "utter_sorry")
        else:
            return
        yield self.pause()

    def _wants_person(self, topic: str) -> Steps:
        named = TOPICS[topic].ask_for_team if self.world.happens(0.3) else None
        words = Words(named or "Can I talk to a human?", Kind.SMALL_TALK, "request_human", confidence=self.sure())
        self.asks_for_person(words, "explicit_request", topic if named else self.about(None))
        yield from self._waits()

    def _unclear(self, topic: str | None, *, in_form: bool = False) -> Words:
        kind = Kind.FORM_REPLY if in_form else Kind.UNCLEAR
        text, sure = self.often_the_first(UNCLEAR), self.sure() / 2
        return Words(
            text, kind, "nlu_fallback", topic, sure, self.world.chance.choice((0.0, 0.1, 0.4)), in_form=in_form
        )

    # with a person, or waiting for one

    def _waits(self) -> Steps:
        """Wait for a person, until it is over or the visitor has enough."""
        handoff = self.handoff
        while handoff is not None and handoff in self.desk.open:
            if handoff.status == "scheduled":
                yield from self._leaves_for_today(handoff)
                return
            if handoff.status in ("missed", "follow_up"):
                return  # nobody is on the way
            if handoff.status == "queued":
                self._gets_impatient(handoff)
            how = yield handoff.meeting
            if how == "missed":
                yield self.world.some(10, 60)
                if handoff.status not in ("missed", "follow_up") or not self._stays_after_missed(handoff):
                    return
            elif how == "resolved":
                yield from self._rates(handoff)
        self.handoff = None
        yield self.pause()
        if self.world.happens(0.3):
            self.says(THANKS, "utter_welcome")
        elif self.world.happens(0.15):
            topic = self.world.chance.choice(list(TOPICS))
            yield from (self._wants_person(topic) if self.world.happens(0.2) else self._question(topic))

    def _gets_impatient(self, handoff: Handoff) -> None:
        stay = handoff.stay

        def while_waiting(act: Callable[[], None]) -> None:
            if handoff.stay == stay:
                act()

        self.world.later(self.world.some(*PATIENCE), partial(while_waiting, partial(self.desk.cancel, handoff)))
        if self.world.happens(0.3):
            self.world.later(self.world.some(*WRITES_AGAIN), partial(while_waiting, self.writes_to_person))

    def _stays_after_missed(self, handoff: Handoff) -> bool:
        drawn = self.world.chance.random()
        if drawn < 0.35 and not handoff.email:
            self._leaves_email(handoff)
        elif drawn < 0.65 and is_open(handoff.queue, self.world.now):
            again = Words("I still want a person", Kind.SMALL_TALK, "request_human")
            self.asks_for_person(again, "explicit_request", handoff.topic)
            return True
        elif drawn < 0.75:
            self.desk.cancel(handoff)
        return False

    def _leaves_for_today(self, handoff: Handoff) -> Steps:
        yield self.pause()
        drawn = self.world.chance.random()
        if handoff.status != "scheduled" or drawn < 0.3:
            return
        if drawn < 0.6:
            self._leaves_email(handoff)
        elif drawn < 0.68:
            self.desk.cancel(handoff)
        elif drawn < 0.75:
            again = Words("A person, please", Kind.SMALL_TALK, "request_human")
            self.asks_for_person(again, "explicit_request", handoff.topic)
        else:
            yield from self._question(handoff.topic)

    def _leaves_email(self, handoff: Handoff) -> None:
        address = f"{self.conversation}@example.org"
        self.world.note(LeavesEmail(self.world.now, self.conversation, handoff.number, address))
        handoff.email = True
        if handoff.status == "missed":
            handoff.status = "follow_up"

    def _rates(self, handoff: Handoff) -> Steps:
        drawn = self.world.chance.random()
        if drawn < 0.45:
            yield self.world.some(4, 200)
            score = self.world.chance.choices((1, 2, 3, 4, 5), (6, 5, 12, 32, 45))[0]
            comment = "That was quick" if self.world.happens(0.2) else None
            self.world.note(Rates(self.world.now, self.conversation, handoff.number, score, comment))
        elif drawn < 0.6:
            yield self.world.some(4, 30)
            self.world.note(Rates(self.world.now, self.conversation, handoff.number, None, None))

    def _takes_leave(self) -> Steps:
        yield self.pause()
        if self.world.happens(0.4):
            self.says(THANKS, "utter_welcome")
            if self.is_with_person():
                return
            answered = any(words.kind is Kind.REQUEST for _, words in self.so_far)
            if answered and not self.handed_over and self._asked_for_rating + HOURS < self.world.now:
                self._asked_for_rating = self.world.now
                yield from self._rates_assistant()

    def _rates_assistant(self) -> Steps:
        yield self.world.some(3, 60)
        drawn = self.world.chance.random()
        if drawn < 0.3:
            score = self.world.chance.choices((1, 2, 3, 4, 5), (8, 8, 16, 34, 34))[0]
            self.world.note(RatesAssistant(self.world.now, self.conversation, score, None))
        elif drawn < 0.4:
            self.world.note(RatesAssistant(self.world.now, self.conversation, None, None))
