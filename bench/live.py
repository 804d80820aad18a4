"""How soon a handoff is on the agent's screen, and an agent's reply on the visitor's, with a whole team at work.

``make bench-live`` (or ``.venv/bin/python -m bench.live``) starts the product, all three processes, on the model of
``make train``, and plays visitors (Socket.IO, as the widget) and agents (event stream and API, as the desk's page) from
this process, on the same machine. First one visitor at a time with one agent, then everybody at once as people work,
then much faster than that. Takes about six minutes. An error stops the run: a time is worth nothing where something was
lost.

Standard output: one JSON line per row. Standard error: progress and a table.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import replace
from typing import Any

import aiohttp

from bench.live_agent import Agent, Team
from bench.live_product import Product, log_of, running_product
from bench.live_scenario import Pace, Scenario
from bench.live_times import WORDS, Times
from bench.live_visitor import Visitor
from bench.projects import OUT
from bench.report import emit, progress, say_if_busy, table

WARM_UP = Scenario(
    name="warm-up",  # what is loaded late is loaded before anything is measured
    conversations=3,
    at_once=1,
    agents=1,
    spread_seconds=0.1,
    exchanges=1,
    agent_types=(0.0, 0.1),
    visitor_types=(0.0, 0.1),
)
ALONE = Scenario(
    name="alone",
    conversations=30,  # enough for a 95th percentile
    at_once=1,
    agents=1,
    spread_seconds=0.5,
    exchanges=5,
    # nobody writes this fast, and nobody else is there to be in the way; by chance, so that no pause fits a polling
    agent_types=(0.05, 0.2),
    visitor_types=(0.05, 0.2),
)
TOGETHER = Scenario(
    name="together",
    conversations=50,
    at_once=50,
    agents=10,
    spread_seconds=60.0,  # so many conversations of some minutes each begin about once a second
    exchanges=3,
    # as fast as people type a sentence or two at 40 words a minute, each agent with five visitors and never idle
    agent_types=(6.0, 14.0),
    visitor_types=(8.0, 20.0),
)
RUSH = Scenario(
    name="rush",  # far more than people do: what gives first, and by how much
    conversations=50,
    at_once=50,
    agents=10,
    spread_seconds=10.0,
    exchanges=5,
    # about five times as fast as people type a sentence: an agent has five visitors and writes all the time
    agent_types=(1.5, 2.5),
    visitor_types=(2.0, 6.0),
)
COLUMNS = {
    "load": "load",
    "way": "from whose act to whose screen",
    "samples": "samples",
    "p50_ms": "p50 ms",
    "p95_ms": "p95 ms",
    "max_ms": "max ms",
    "budget_ms": "p95 budget",
    "kept": "kept",
}
PERCENT = 100.0
EXPECTED = (RuntimeError, OSError, aiohttp.ClientError)
"""What goes wrong when the product does not do what it should; OSError includes time-outs."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure; print rows and table. 0 also when a budget is missed, since that depends on the machine."""
    scenarios = _scenarios(_parser().parse_args(arguments))
    OUT.mkdir(parents=True, exist_ok=True)
    say_if_busy()
    rows: list[dict[str, Any]] = []
    try:
        progress("starting the product")
        with running_product(max(scenario.agents for scenario in scenarios)) as product:
            asyncio.run(measure(product, WARM_UP))
            for scenario in scenarios:
                progress(_announcement(scenario))
                for row in asyncio.run(measure(product, scenario)):
                    rows.append(row)
                    emit({"bench": "live", **row})
    except (ExceptionGroup, *EXPECTED) as error:
        first = _first(error)
        if not isinstance(first, EXPECTED):
            raise  # a defect of this benchmark: its traceback is worth more than a sentence
        progress(f"stopped: {first if str(first) else repr(first)}. What the product wrote is in {log_of('*')}")
        return 1
    progress(table([_for_people(row) for row in rows if row["what"] in WORDS], COLUMNS))
    for row in rows:
        if row["what"] == "cpu":
            used = ", ".join(f"{name} {share} %" for name, share in row["percent_of_a_core"].items())
            progress(f"\nprocessor, {row['load']}: {used} of one core")
    return 0


async def measure(product: Product, scenario: Scenario) -> list[dict[str, Any]]:
    """Play ``scenario`` once, and return its rows.

    Raises:
        ExceptionGroup: of what went wrong first: something was refused, lost, or came twice.
    """
    busy_before = os.getloadavg()[0]
    times, pace = Times(), Pace(scenario)
    team = Team(scenario.agents, times, pace, scenario.exchanges)
    async with aiohttp.ClientSession() as http, AsyncExitStack() as desks, asyncio.TaskGroup() as group:
        agents = []
        for number, account in enumerate(product.accounts[: scenario.agents]):
            agents.append(Agent(product.desk, number, account, team, group.create_task))
            desks.push_async_callback(agents[-1].close)
            await agents[-1].log_in()
        background = [group.create_task(work) for agent in agents for work in (agent.listen(), agent.work())]
        await asyncio.gather(*(agent.live.wait() for agent in agents))
        visitors = [Visitor(product.rasa, http, times, pace) for _ in range(scenario.conversations)]
        cpu, started = product.cpu_seconds(), time.perf_counter()
        for first in range(0, len(visitors), scenario.at_once):
            await _play(visitors[first : first + scenario.at_once], scenario.moments()[first:], scenario.exchanges)
        seconds = time.perf_counter() - started
        used = {name: round(PERCENT * (after - cpu[name]) / seconds) for name, after in product.cpu_seconds().items()}
        for task in background:
            task.cancel()
    if lost := times.under_way():
        raise RuntimeError(f"never arrived: {'; '.join(lost)}")
    about = {
        "load": scenario.name,
        "conversations_at_once": scenario.at_once,
        "agents": scenario.agents,
        "machine_load_before": round(busy_before, 1),
    }
    return [about | row for row in [*times.rows(), {"what": "cpu", "percent_of_a_core": used}]]


async def _play(visitors: Sequence[Visitor], moments: Sequence[float], exchanges: int) -> None:
    """Visitors who are there together: all arrive, then each asks for a person at a moment of their own."""

    async def whole_story(visitor: Visitor, moment: float) -> None:
        await asyncio.sleep(moment)
        await visitor.talk_to_a_person(exchanges)

    try:
        for visitor in visitors:
            await visitor.arrive()
        async with asyncio.TaskGroup() as group:
            for visitor, moment in zip(visitors, moments, strict=False):
                group.create_task(whole_story(visitor, moment))
    finally:
        for visitor in visitors:
            await visitor.leave()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="bench.live", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--conversations", type=int, default=TOGETHER.conversations, help="visitors at once")
    parser.add_argument("--agents", type=int, default=TOGETHER.agents, help="agents at once")
    parser.add_argument(
        "--spread", type=float, default=TOGETHER.spread_seconds, help="seconds in which all of them ask for a person"
    )
    parser.add_argument("--alone", type=int, default=ALONE.conversations, help="visitors one after the other")
    return parser


def _scenarios(options: argparse.Namespace) -> tuple[Scenario, ...]:
    size = {"conversations": options.conversations, "at_once": options.conversations, "agents": options.agents}
    together = replace(TOGETHER, **size, spread_seconds=options.spread)
    return replace(ALONE, conversations=options.alone), together, replace(RUSH, **size)


def _announcement(scenario: Scenario) -> str:
    if scenario.at_once == 1:
        return f"{scenario.name}: {scenario.conversations} visitors one after the other, {scenario.agents} agent"
    return (
        f"{scenario.name}: {scenario.at_once} visitors and {scenario.agents} agents at once, "
        f"{scenario.triggers_per_second():.1f} handoffs a second in the first {scenario.spread_seconds:.0f} s"
    )


def _for_people(row: dict[str, Any]) -> dict[str, Any]:
    """A row with words instead of names; a budget is kept or not, which is said in one word."""
    kept = {None: None, True: "yes", False: "NO"}[row["within"]]
    return row | {"way": WORDS[row["what"]], "kept": kept}


def _first(error: BaseException) -> BaseException:
    """The innermost first error of nested groups."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    sys.exit(main())
