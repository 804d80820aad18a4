"""The parts of the played agents that need no desk."""

from __future__ import annotations

import asyncio

from bench.live_agent import Refresh, Team
from bench.live_scenario import Pace
from bench.live_times import Times
from tests.unit.bench.test_live_scenario import SCENARIO


class SlowList:
    """Answers when it is let go."""

    def __init__(self) -> None:
        self.fetches = 0
        self.begun = asyncio.Event()
        self.answer = asyncio.Event()

    async def fetch(self) -> None:
        self.fetches += 1
        self.begun.set()
        await self.answer.wait()


async def test_what_changes_during_a_fetch_makes_one_more() -> None:
    slow, tasks = SlowList(), list[asyncio.Future[None]]()
    refresh = Refresh(slow.fetch, lambda work: tasks.append(asyncio.ensure_future(work)))
    refresh.ask()
    await slow.begun.wait()
    for _ in range(3):
        refresh.ask()
    assert slow.fetches == 1
    slow.answer.set()
    await asyncio.gather(*tasks)
    assert slow.fetches == 2


async def test_what_changes_after_a_fetch_makes_another() -> None:
    slow, tasks = SlowList(), list[asyncio.Future[None]]()
    slow.answer.set()
    refresh = Refresh(slow.fetch, lambda work: tasks.append(asyncio.ensure_future(work)))
    for expected in (1, 2):
        refresh.ask()
        await asyncio.gather(*tasks)
        assert slow.fetches == expected


def test_new_handoffs_go_round_and_everybody_agrees_on_who_takes_one() -> None:
    team = Team(2, Times(), Pace(SCENARIO), SCENARIO.exchanges)
    assert [team.taker(name) for name in ("a", "b", "a", "c", "b", "c")] == [0, 1, 0, 0, 1, 0]
