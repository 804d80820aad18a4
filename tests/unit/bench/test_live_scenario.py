"""How busy the live benchmark makes it."""

from __future__ import annotations

from bench.live import ALONE, RUSH, TOGETHER
from bench.live_scenario import Pace, Scenario

SCENARIO = Scenario("any", 200, 50, 10, 8.0, 5, (1.0, 2.0), (3.0, 4.0))


def test_the_triggers_are_spread_by_chance_over_the_whole_time_and_alike_in_every_run() -> None:
    moments = SCENARIO.moments()
    assert len(moments) == SCENARIO.conversations
    assert all(0.0 <= moment <= SCENARIO.spread_seconds for moment in moments)
    assert {int(moment) for moment in moments} == set(range(8))
    assert moments == SCENARIO.moments()


def test_the_rate_is_that_of_those_who_are_there_together() -> None:
    assert SCENARIO.triggers_per_second() == 50 / 8.0


def test_people_take_between_their_shortest_and_their_longest_time() -> None:
    pace = Pace(SCENARIO)
    assert all(1.0 <= pace.agent() <= 2.0 and 3.0 <= pace.visitor() <= 4.0 for _ in range(100))
    assert len({pace.agent() for _ in range(10)}) > 1


def test_it_measures_what_is_promised() -> None:
    for load in (TOGETHER, RUSH):
        assert (load.at_once, load.conversations, load.agents) == (50, 50, 10)
    assert TOGETHER.agent_types[0] >= 4 * RUSH.agent_types[0], "people, and much faster than people"
    assert (ALONE.at_once, ALONE.agents, ALONE.exchanges) == (1, 1, 5)
