"""Stories as an assistant with given rules would have left them, without a database."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from handoff.domain.escalation import BY_RULES, Decision, Offer, Step, answer_comes_first, decide
from handoff.domain.escalation_record import as_record
from handoff.domain.model import Sender, TriggerKind, Turn
from handoff.domain.rules import HandoffRules
from handoff.rasa.offers import AFTER_FRUSTRATION, OFFERS
from handoff.what_if.replay import replay
from handoff.what_if.rulebook import Rulebook
from handoff.what_if.story import Moved, Said, Story, VisitFacts, moved
from handoff.what_if.visit_replay import VisitReplay

MORNING = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
VISIT = VisitFacts(1, MORNING, "https://fernway.example/", None)


@dataclass
class Telling:
    """One conversation in one visit, told by an assistant that goes by ``rules``."""

    rules: HandoffRules
    story: Story = field(default_factory=lambda: Story("c1"))
    turns: list[Turn] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)
    queued: bool = False

    def say(
        self,
        intent: str = "faq/warranty",
        score: float | None = 0.0,
        *signals: str,
        ranking: tuple[tuple[str, float], ...] = (),
        known: float | None = None,
        replies: tuple[str, ...] | None = None,
    ) -> Step | None:
        """Say something; what follows besides an answer."""
        number = len(self.story.said) + 1
        at = MORNING + timedelta(seconds=30 * number)
        key = f"m{number}"
        self.turns.append(Turn(Sender.VISITOR, "", at, key, intent, frustration=score, signals=signals))
        decision = None if self.queued else self._decide(ranking)
        listed = None if self.queued else self.rules.trigger_of(intent)
        by_rule = listed.value if listed in BY_RULES and listed is not None else None
        handed_off = decision.trigger.value if decision and decision.step is Step.HAND_OFF else by_rule
        self.story.said.append(
            Said(
                id=key,
                visit=VISIT.id,
                at=at,
                intent=intent,
                confidence=0.9,
                frustration=score,
                signals=signals,
                ranking=json.dumps([{"name": name, "confidence": likely} for name, likely in ranking]),
                in_form=False,
                heard=not self.queued,
                answered=intent.startswith("faq"),
                known=known,
                doubt=False,
                replies=() if self.queued else replies or self._replies(decision, handed_off, intent),
                decision=json.loads(json.dumps(as_record(decision, key))) if decision else None,
                handed_off=handed_off,
            )
        )
        if handed_off is not None:
            self.story.moves.append(Moved(at + timedelta(seconds=1), moved("created", {}, at, None).status, False, key))
            self.queued = True
            self.turns, self.offers = [], []
        elif decision is not None:
            self.offers.append(Offer(len(self.turns) - 1, decision.trigger))
        return decision.step if decision else None

    def resolve(self) -> None:
        """The person is done, and the assistant takes over again."""
        at = self.story.said[-1].at + timedelta(seconds=10)
        self.story.moves.append(moved("resolved", {}, at, self.story.moves[-1].status))
        self.queued, self.turns, self.offers = False, [], []

    def replayed(self, other: HandoffRules, abstain_below: float | None = None) -> VisitReplay:
        """The visit, replayed."""
        book = Rulebook(self.rules, other, OFFERS, abstain_below=abstain_below)
        (only,) = replay(self.story, {VISIT.id: VISIT}, {None: book})
        return only

    def _decide(self, ranking: tuple[tuple[str, float], ...]) -> Decision | None:
        decision = decide(self.turns, self.offers, self.rules)
        latest = self.turns[-1]
        if decision is None and latest.intent == "nlu_fallback" and ranking:
            name, likely = ranking[0]
            if name in self.rules.account_intents and likely >= self.rules.low_confidence.never_guess_from:
                return Decision(Step.HAND_OFF, TriggerKind.LOW_CONFIDENCE, (latest,))
        return decision

    def _replies(self, decision: Decision | None, handed_off: str | None, intent: str) -> tuple[str, ...]:
        if handed_off is not None:
            return ("utter_handoff_support",)
        if decision is None:
            return (f"utter_{intent}",)
        first = answer_comes_first(self.turns[-1], self.rules, in_form=False)
        return (f"utter_{intent}", AFTER_FRUSTRATION) if first else (AFTER_FRUSTRATION,)
