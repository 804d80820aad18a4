"""The plan: who comes when, and with it all that happens. The same numbers give the same plan."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from itertools import count

from bench.traffic_company import (
    BUSY_BY_HOUR,
    BUSY_BY_WEEKDAY,
    CLOCKS_GO_BACK,
    PAGES,
    SMALL_TEAM,
    TEAM,
    TOPIC_WEIGHTS,
    VARIANTS,
    Worker,
    local,
)
from bench.traffic_desk import Desk
from bench.traffic_edges import edge_visitors
from bench.traffic_happenings import Happening
from bench.traffic_visitors import Visitor
from bench.traffic_world import World

COMES_AGAIN = 0.25
AGAIN_AFTER = ((0.2, 600, 7200), (0.2, 7200, 86_400), (0.4, 86_400, 604_800), (0.2, 604_800, 1_500_000))
"""When, in seconds: soon (often the same visit still), the same day, within the days that count as a return, later."""
ONE_VISIT = timedelta(hours=1)  # who comes back sooner goes on with the visit, as a rule
BUYS = 0.08
BUYS_LATE = 0.02
TOLD_TWICE = 0.2
A_SMALL_TEAM_SERVES = 150
"""Visits a day up to which the small team is enough."""


@dataclass(frozen=True)
class Plan:
    """What happens.

    Attributes:
        first: day of the period, as is last.
        team: who works.
        variants: of each visitor, their part in an experiment.
        happenings: in order of time.
    """

    first: date
    last: date
    team: tuple[Worker, ...]
    variants: dict[str, str | None]
    happenings: tuple[Happening, ...]


def plan(visits: int, first: date, days: int, seed: int) -> Plan:
    """Plan ``visits`` stays on ``days`` days.

    The edges of every definition are among them: see :mod:`bench.traffic_edges`.
    """
    last = first + timedelta(days=days - 1)
    begin, end = local(first, time.min), local(last + timedelta(days=1), time.min)
    world = World(begin, seed)
    team = SMALL_TEAM if visits / days <= A_SMALL_TEAM_SERVES else TEAM
    desk = Desk(world, team)
    desk.begin_days(begin, end)
    handoffs, variants = count(1), {}
    for number, stays in enumerate(_all_stays(visits, first, days, end, world.chance)):
        visitor = Visitor(world, desk, f"visitor-{number}", handoffs)
        variants[visitor.conversation] = world.chance.choices(list(VARIANTS), list(VARIANTS.values()))[0]
        world.enters(visitor.lives(stays), stays[0][0])
        _shop(world, visitor, [start for start, _, _ in stays], end)
    for visitor, life, moment in edge_visitors(world, desk, handoffs, first, last):
        variants[visitor.conversation] = None
        world.enters(life, moment)
    world.run(end)
    return Plan(first, last, team, variants, tuple(sorted(world.happened, key=lambda one: one.at)))


def _all_stays(
    visits: int, first: date, days: int, end: datetime, chance: random.Random
) -> list[list[tuple[datetime, str, str]]]:
    """For each visitor the beginnings of their stays, with the page and what it is about."""
    visitors, planned = [], 0
    while planned < visits:
        stays = [_stay(_moment(first, days, chance), chance)]
        while chance.random() < COMES_AGAIN:
            _, low, high = chance.choices(AGAIN_AFTER, [weight for weight, _, _ in AGAIN_AFTER])[0]
            again = stays[-1][0] + timedelta(seconds=chance.randint(low, high))
            if again >= end:
                break
            planned += again - stays[-1][0] > ONE_VISIT
            stays.append(_stay(again, chance))
        planned += 1
        visitors.append(stays)
    return visitors


def _stay(begin: datetime, chance: random.Random) -> tuple[datetime, str, str]:
    page = chance.choices(list(PAGES), list(PAGES.values()))[0]
    return begin, page, chance.choices(list(TOPIC_WEIGHTS), list(TOPIC_WEIGHTS.values()))[0]


def _moment(first: date, days: int, chance: random.Random) -> datetime:
    all_days = [first + timedelta(days=number) for number in range(days)]
    day = chance.choices(all_days, [BUSY_BY_WEEKDAY[one.weekday()] for one in all_days])[0]
    hour = chance.choices(range(24), BUSY_BY_HOUR)[0]
    second_time = day == CLOCKS_GO_BACK and chance.random() < 0.5  # of the hour that comes twice
    return local(day, time(hour, chance.randrange(60), chance.randrange(60)), second_time=second_time)


def _shop(world: World, visitor: Visitor, stays: Sequence[datetime], end: datetime) -> None:
    """What the visitor buys after some stays; some of it is told twice."""
    for number, start in enumerate(stays):
        drawn = world.chance.random()
        if drawn < BUYS:
            moment = start + timedelta(seconds=world.chance.randint(60, 200_000))
        elif drawn < BUYS + BUYS_LATE:
            moment = start + timedelta(seconds=world.chance.randint(600_000, 1_200_000))
        else:
            continue
        value = round(world.chance.uniform(20, 900), 2) if world.happens(0.8) else None
        currency = world.chance.choice(("EUR", "EUR", "EUR", "GBP")) if value else None
        bought = ("order" if value else "demo_booked", f"{visitor.conversation}-o{number}", value, currency)
        for again in range(2 if world.happens(TOLD_TWICE) else 1):
            told = moment + timedelta(seconds=90 * again)
            if told < end:
                world.at(told, partial(visitor.buys, *bought))
