"""A world in which things happen one after the other: a calendar of what is to come, and people who wait.

People are generators that yield what they wait for: seconds, a moment, or a :class:`Meeting` that somebody else ends.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from heapq import heappop, heappush
from itertools import count

from bench.traffic_happenings import Happening

TIMERS_FIRST, THEN_PEOPLE = 0, 1
"""At the same moment what the clock does comes first, since the player lets all that is due happen at once."""


@dataclass(eq=False)
class Meeting:
    """Something that people wait for; it ends with a word that says how."""

    waiting: list[Person] = field(default_factory=list)


Person = Generator["float | datetime | Meeting", str, None]


class World:
    """The calendar, the chance, and the list of what has happened."""

    def __init__(self, now: datetime, seed: int) -> None:
        self.now = now
        self.chance = random.Random(seed)
        self.happened: list[Happening] = []
        self._calendar: list[tuple[datetime, int, int, Callable[[], None]]] = []
        self._number = count()

    def at(self, moment: datetime, act: Callable[[], None], *, order: int = THEN_PEOPLE) -> None:
        """Let ``act`` happen at ``moment``."""
        heappush(self._calendar, (moment, order, next(self._number), act))

    def later(self, seconds: float, act: Callable[[], None]) -> None:
        """Let ``act`` happen in whole ``seconds`` from now."""
        self.at(self.now + timedelta(seconds=round(seconds)), act)

    def enters(self, person: Person, moment: datetime) -> None:
        """Let a person begin at ``moment``."""
        self.at(moment, partial(self._go_on, person, ""))

    def ends(self, meeting: Meeting, how: str) -> None:
        """Everybody who waits for ``meeting`` goes on, now and in order."""
        people, meeting.waiting = meeting.waiting, []
        for person in people:
            self.at(self.now, partial(self._go_on, person, how))

    def note(self, happening: Happening) -> None:
        """Write down what happens now."""
        self.happened.append(happening)

    def run(self, until: datetime) -> None:
        """Let everything happen that does before ``until``."""
        while self._calendar and self._calendar[0][0] < until:
            self.now, _, _, act = heappop(self._calendar)
            act()

    def some(self, low: float, high: float) -> float:
        """A number of seconds between two."""
        return self.chance.uniform(low, high)

    def happens(self, probability: float) -> bool:
        """Whether something does that happens this often."""
        return self.chance.random() < probability

    def _go_on(self, person: Person, word: str) -> None:
        try:
            wait = next(person) if not word else person.send(word)
        except StopIteration:
            return
        if isinstance(wait, Meeting):
            wait.waiting.append(person)
        elif isinstance(wait, datetime):
            self.at(max(wait, self.now), partial(self._go_on, person, ""))
        else:
            self.later(wait, partial(self._go_on, person, ""))
