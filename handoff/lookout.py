"""One look at the database for all who wait for others: what cannot wait wakes whoever does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from handoff.service.ports import Clock


class Sleeper(Protocol):
    """Whoever waits for something to do."""

    def wake(self) -> None:
        """There is something to do."""


@dataclass(frozen=True)
class Lookout:
    """Other processes write to the outbox, and time passes: somebody has to look, and one is enough.

    Attributes:
        glance: targets of the outbox for which something is due at a time, and connectors that rang.
        deliveries: who delivers, by the target of the outbox.
        questions: who asks live chats what happened, by the connector.
    """

    glance: Callable[[datetime], tuple[set[str], set[str]]]
    clock: Clock
    deliveries: Mapping[str, Sleeper]
    questions: Mapping[str, Sleeper]

    def run_once(self) -> int:
        """Wake those who have something to do; returns how many that are."""
        targets, connectors = self.glance(self.clock())
        due = [self.deliveries[target] for target in targets & self.deliveries.keys()]
        due += [self.questions[connector] for connector in connectors & self.questions.keys()]
        for sleeper in due:
            sleeper.wake()
        return len(due)


def with_pauses(work: Callable[[], int]) -> Callable[[], int]:
    """The same rounds of ``work`` for :class:`handoff.repeated.Repeated`, each followed by a pause."""

    def once() -> int:
        work()
        return 0

    return once
