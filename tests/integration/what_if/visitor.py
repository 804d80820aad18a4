"""Visitors whose conversations are stored as the assistant's would be, with the decisions that it takes about them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta

from handoff.bootstrap import Services
from handoff.domain.escalation import Decision, Offer, Step, answer_comes_first, decide
from handoff.domain.escalation_record import as_record
from handoff.domain.model import HandoffRequest, Owner, Page, Sender, TriggerKind, Turn
from handoff.domain.rules import HandoffRules
from handoff.rasa.offers import AFTER_FRUSTRATION
from handoff.service.ports import NewMessage
from tests.conftest import Clock

SHOP = "https://fernway.example/order.html"
SECONDS_BETWEEN = 30.0


@dataclass
class Visitor:
    """One visitor, who is answered, offered a person, or handed over, as ``rules`` say."""

    services: Services
    clock: Clock
    id: str
    rules: HandoffRules | None = None
    turns: list[Turn] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    count: int = 0

    def say(
        self,
        text: str,
        intent: str = "faq/delivery_time",
        score: float = 0.0,
        *,
        known: float = 0.95,
        ranking: tuple[tuple[str, float], ...] = (),
        signals: tuple[str, ...] = (),
        response: str | None = None,
    ) -> Step | None:
        """Say something; what the assistant does about it besides answering."""
        self.clock.advance(SECONDS_BETWEEN)
        self.count += 1
        key, at = f"{self.id}-{self.count}", self.clock()
        turn = Turn(
            Sender.VISITOR, text, at, message_id=key, intent=intent, confidence=0.9, frustration=score, signals=signals
        )
        self.turns.append(turn)
        human = self.services.state(self.id).owner is Owner.HUMAN
        decision = None if human else decide(self.turns, self.offers, self.rules or self.services.rules)
        said = NewMessage(
            key,
            self.id,
            Sender.VISITOR,
            text,
            at,
            intent=intent,
            confidence=0.9,
            frustration=score,
            signals=signals,
            page=SHOP,
            known=known,
            ranking=[{"name": name, "confidence": likely} for name, likely in ranking],
        )
        if human:
            self.services.record([said], "web")
            return None
        explicit = self.services.rules.trigger_of(intent) is TriggerKind.EXPLICIT_REQUEST
        self._record(said, decision, response or f"utter_{intent}", explicit=explicit)
        return decision.step if decision else None

    def _record(self, said: NewMessage, decision: Decision | None, response: str, *, explicit: bool) -> None:
        step, turns = decision.step if decision else None, tuple(self.turns)
        responses = [response]
        if step is Step.HAND_OFF or explicit:
            self.clock.advance(0.1)
            trigger = decision.trigger if decision else None
            self.services.request(HandoffRequest(self.id, "web", turns, page=Page(SHOP), trigger=trigger))
            self.turns, self.offers = [], []
            responses = ["utter_handoff_support"]
        elif step is Step.OFFER:
            self.offers.append(Offer(len(turns) - 1, TriggerKind.FRUSTRATION))
            first = answer_comes_first(turns[-1], self.services.rules, in_form=False)
            responses = [response, AFTER_FRUSTRATION] if first else [AFTER_FRUSTRATION]
        at = self.clock() + timedelta(seconds=0.2)
        answers = [
            NewMessage(f"{said.id}:{number}", self.id, Sender.ASSISTANT, "...", at, in_reply_to=said.id, response=name)
            for number, name in enumerate(responses)
        ]
        self.services.record([said, *answers], "web", decision=as_record(decision, said.id) if decision else None)
