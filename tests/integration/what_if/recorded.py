"""Conversations with the assistant's own policies and actions, written down as the Rasa server writes them down."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from handoff.bootstrap import Services
from handoff.rasa.event_broker import HandoffEventBroker
from handoff.rasa.offers import OFFERS
from handoff.rasa.so_far import form_that_asked
from handoff.what_if.answers import WhatIf
from tests.conftest import ROOT
from tests.support.dialogue import Talk, _parsed

SECONDS_BETWEEN = 20.0  # from one message of a visitor to the next
SECONDS_OF_A_TURN = 0.2  # until what follows from a message has happened


@dataclass
class Recorded:
    """One visitor's conversation; each turn is stored after it."""

    talk: Talk
    seen: int = 0
    broker: HandoffEventBroker = field(init=False)

    def __post_init__(self) -> None:
        self.broker = HandoffEventBroker(self.talk.services)

    async def say(self, intent: str, score: float | None = None, *signals: str, **more: Any) -> list[str]:
        """Say something that NLU makes this of; the names of the answers.

        ``ranking`` (pairs of intent and probability) and ``known`` are what NLU says besides, all else are entities.
        """
        self.talk.clock.advance(SECONDS_BETWEEN)
        at = self.talk.clock()
        self.talk.clock.advance(SECONDS_OF_A_TURN)
        ranking, known = more.pop("ranking", ()), more.pop("known", None)
        parsed = _parsed(" ".join(more.values()) or intent, intent, more)
        parsed["intent_ranking"] = [{"name": name, "confidence": likely} for name, likely in ranking]
        answers = [{"intent_response_key": "faq/delivery_time", "confidence": dict(ranking).get("faq", 0.0)}]
        parsed.setdefault("response_selector", {"faq": {"ranking": answers}})
        if known is not None:
            parsed["abstention"] = {"known": known, "threshold": 0.5}
        if score is not None:
            parsed["frustration"] = {"score": score, "signals": list(signals)}
        answers = await self.talk._handle(parsed)
        await self.store(at)
        return answers

    async def arrived(self) -> list[str]:
        """What the desk sends arrives; it is stored already."""
        lines = await self.talk.arrived()
        self.seen = len((await self.talk._tracker()).events)
        return lines

    async def store(self, at: datetime) -> None:
        """Write down what is new; it was said ``at`` that time."""
        tracker = await self.talk._tracker()
        events = [event.as_dict() for event in list(tracker.events)[self.seen :]]
        self.seen = len(tracker.events)
        bodies = [{**event, "sender_id": tracker.sender_id, "timestamp": at.timestamp()} for event in events]
        self.broker.publish_turn(bodies, form_that_asked(tracker.events))


def what_if(services: Services) -> WhatIf:
    """Asks what is stored, with the project's own files."""
    settings = services.settings
    return WhatIf(services.uow, services.rules, settings.rules_file, OFFERS, ROOT / "data" / "rules", services.clock)
