"""Short ways to let visits happen through the use cases, with the clock under control."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

import pytest

from handoff.bootstrap import Services
from handoff.domain.conversion import Conversion, Source
from handoff.domain.model import HandoffRequest, Page, Sender, TriggerKind, Turn
from handoff.metrics.overview import Filters, Metric, Overview, metrics_of, overview
from handoff.metrics.period import Period, period_of
from handoff.persistence.metric_scope import EVERYTHING
from handoff.service.ports import NewMessage
from tests.conftest import Clock

SHOP = "https://shop.example/"
ONE_DATABASE = pytest.mark.parametrize("db_url", ["sqlite"], indirect=True)
"""For what is decided in Python, whatever the database."""
MINUTE, HOUR, DAY = 60, 3600, 86_400


@dataclass
class Story:
    """What visitors and agents do; every step takes no time of its own."""

    services: Services
    clock: Clock
    _numbers: Any = field(default_factory=lambda: count(1))
    _turns: dict[str, list[Turn]] = field(default_factory=dict)

    def at(self, *when: int) -> None:
        """Set the clock: year, month, day, hour, minute in UTC."""
        self.clock.now = datetime(*when, tzinfo=self.clock.now.tzinfo)  # type: ignore[misc, arg-type]

    def say(
        self,
        who: str,
        intent: str | None,
        text: str = "",
        *,
        page: str | None = SHOP,
        frustration: float | None = None,
        signals: Sequence[str] = (),
        in_form: bool = False,
    ) -> str:
        """A visitor writes, and the assistant answers; returns the message's id."""
        visitor, assistant = self._turn(who, intent, text, page, frustration, signals, in_form)
        self.services.record([visitor, assistant], "web")
        return visitor.id

    def ask_for_person(
        self, who: str, intent: str = "request_human", text: str = "", *, because: TriggerKind | None = None
    ) -> str:
        """A visitor writes what makes the assistant bring a person in; returns the handoff's id."""
        visitor, assistant = self._turn(who, intent, text, SHOP, None, (), False)
        turns = tuple(self._turns[who])
        done = self.services.request(
            HandoffRequest(who, "web", turns, page=Page(f"{SHOP}?ref=mail", "Shop"), trigger=because)
        )
        self.services.record([visitor, assistant], "web")
        return done.handoff_id

    def write_to_person(self, who: str, text: str = "are you there?") -> None:
        """A visitor writes while a person has the conversation."""
        self.services.record([self._turn(who, "inform", text, SHOP, None, (), False)[0]], "web")

    def reply(self, handoff_id: str, agent_id: str, text: str = "Let me look.") -> None:
        """An agent answers."""
        self.services.reply(handoff_id, agent_id, text, str(next(self._numbers)))

    def buy(self, who: str, value: float | None = None, currency: str | None = None, name: str = "order") -> None:
        """The shop tells of something that its visitor did now."""
        self.services.convert(
            Conversion(who, name, str(next(self._numbers)), self.clock.now, Source.SERVER, value, currency)
        )

    def last_visit(self, who: str) -> int:
        """The id of a visitor's latest visit."""
        with self.services.uow.read() as tx:
            visit = tx.visits.latest(who)
        assert visit is not None
        return visit.id

    def pass_time(self, seconds: float) -> None:
        """Let time go by, and what is due happen, as the desk's worker does; every agent has the desk open."""
        self.clock.advance(seconds)
        with self.services.uow.write() as tx:
            for agent in tx.agents.all():
                tx.agents.seen(agent.id, self.clock.now)
        while self.services.sweep().run_once():
            pass

    def period(self, first: Any = None, last: Any = None) -> Period:
        """Days; by default the thirty up to today."""
        return period_of(self.services.rules, self.clock.now, first, last)

    def overview(self, period: Period | None = None, filters: Filters = EVERYTHING) -> Overview:
        """What the overview shows now."""
        with self.services.uow.read() as tx:
            return overview(tx.connection, self.services.rules, period or self.period(), filters, now=self.clock.now)

    def metrics(self, period: Period | None = None, filters: Filters = EVERYTHING) -> dict[str, Metric]:
        """All metrics now."""
        with self.services.uow.read() as tx:
            return metrics_of(tx.connection, self.services.rules, period or self.period(), filters, now=self.clock.now)

    def _turn(
        self,
        who: str,
        intent: str | None,
        text: str,
        page: str | None,
        frustration: float | None,
        signals: Sequence[str],
        in_form: bool,
    ) -> tuple[NewMessage, NewMessage]:
        key = f"{who}-{next(self._numbers)}"
        visitor = NewMessage(
            key,
            who,
            Sender.VISITOR,
            text or f"{intent}?",
            self.clock.now,
            intent=intent,
            confidence=0.9,
            frustration=frustration,
            signals=tuple(signals),
            page=page,
            in_form=in_form,
        )
        self._turns.setdefault(who, []).append(Turn(Sender.VISITOR, visitor.text, visitor.at, key, intent, 0.9))
        answer = NewMessage(
            f"{key}-a", who, Sender.ASSISTANT, "An answer.", self.clock.now, in_reply_to=key, response="utter_x"
        )
        return visitor, answer


def made_of(metric: Metric) -> tuple[int | None, int]:
    """Numerator and denominator."""
    return metric.numerator, metric.denominator
