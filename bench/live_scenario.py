"""How busy it is: how many visitors and agents, when they ask for a person, and how fast people write."""

from __future__ import annotations

import random
from dataclasses import dataclass

SEED = 4  # any; the same moments and pauses in every run


@dataclass(frozen=True)
class Scenario:
    """What happens in one measurement.

    Attributes:
        name: of the rows in the report.
        conversations: visitors; each has one conversation, with one handoff.
        at_once: how many of them are there at the same time.
        agents: agents with the desk open.
        spread_seconds: the triggers of all who are there come within this time, at moments drawn by chance.
        exchanges: replies of the agent, each answered by the visitor.
        agent_types: shortest and longest time that an agent takes to write, in seconds. One writes to one visitor at a
            time.
        visitor_types: the same for a visitor.
    """

    name: str
    conversations: int
    at_once: int
    agents: int
    spread_seconds: float
    exchanges: int
    agent_types: tuple[float, float]
    visitor_types: tuple[float, float]

    def moments(self) -> list[float]:
        """When each visitor asks for a person, in seconds from the start of those who are there together."""
        chance = random.Random(SEED)
        return [chance.uniform(0.0, self.spread_seconds) for _ in range(self.conversations)]

    def triggers_per_second(self) -> float:
        """How many handoffs begin in a second while they begin."""
        return self.at_once / self.spread_seconds


class Pace:
    """Draws how long each message takes to write."""

    def __init__(self, scenario: Scenario) -> None:
        self._chance = random.Random(SEED)
        self._scenario = scenario

    def agent(self) -> float:
        """Seconds until an agent has written a reply."""
        return self._chance.uniform(*self._scenario.agent_types)

    def visitor(self) -> float:
        """Seconds until a visitor has written an answer."""
        return self._chance.uniform(*self._scenario.visitor_types)
