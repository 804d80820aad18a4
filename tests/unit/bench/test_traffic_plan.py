"""The planned traffic: it is the same each time, and what happens in it can happen."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, time, timedelta

import pytest

from bench.traffic_company import TEAM, ZONE, is_open, local, next_opening, open_seconds
from bench.traffic_happenings import (
    ByItself,
    Cancels,
    Claims,
    HandsBack,
    MovesToAgent,
    MovesToQueue,
    OfHandoff,
    Releases,
    Replies,
    Resolves,
    Rings,
    ToPerson,
    Turn,
)
from bench.traffic_plan import Plan, plan
from handoff.domain.hours import QueueHours, Span

FIRST = date(2026, 10, 22)


@pytest.fixture(scope="module")
def busy() -> Plan:
    """Two days with the whole team, and a third that begins."""
    return plan(1400, date(2026, 10, 12), 3, seed=1)


def test_the_same_numbers_give_the_same_plan_and_another_seed_another_one() -> None:
    assert plan(40, FIRST, 3, seed=1) == plan(40, FIRST, 3, seed=1)
    assert plan(40, FIRST, 3, seed=1) != plan(40, FIRST, 3, seed=2)


def test_it_happens_in_order_and_within_the_days(busy: Plan) -> None:
    moments = [one.at for one in busy.happenings]
    assert moments == sorted(moments)
    assert local(busy.first, time.min) <= moments[0]
    assert moments[-1] < local(busy.last + timedelta(days=1), time.min)


def test_every_trigger_and_nearly_every_turn_of_events_is_in_a_few_busy_days(busy: Plan) -> None:
    kinds = Counter(type(one) for one in busy.happenings)
    assert kinds.keys() >= {Claims, Replies, Resolves, HandsBack, Releases, MovesToQueue, MovesToAgent, Cancels}
    openings = [one.opening for one in busy.happenings if isinstance(one, Turn) and one.opening]
    assert len({opening.trigger for opening in openings}) == 5
    assert {opening.opens for opening in openings} == {True, False}
    rung = {one.what for one in busy.happenings if isinstance(one, Rings)}
    assert rung >= {ByItself.TOLD, ByItself.MISSED, ByItself.OPENED, ByItself.REQUEUED}


def test_agents_take_visitors_only_on_their_shift_and_only_as_many_as_they_can(busy: Plan) -> None:
    workers = {worker.name: worker for worker in TEAM}
    holder: dict[int, str] = {}
    claims = 0
    for one in busy.happenings:
        if isinstance(one, Claims):
            worker, wall = workers[one.agent], one.at.astimezone(ZONE)
            assert wall.weekday() in worker.days
            assert worker.begin <= wall.time() < worker.end
            assert one.handoff not in holder, "somebody has it"
            assert list(holder.values()).count(one.agent) < worker.at_once
            holder[one.handoff] = one.agent
            claims += 1
        elif isinstance(one, MovesToAgent):
            holder[one.handoff] = one.colleague
        elif isinstance(one, Resolves | HandsBack | Releases | MovesToQueue):
            assert holder.pop(one.handoff) == one.agent
        elif isinstance(one, Rings) and one.what in (ByItself.REQUEUED, ByItself.RESCHEDULED):
            holder.pop(one.handoff)
        elif isinstance(one, Replies):
            assert holder[one.handoff] == one.agent
    assert claims > 300


def test_whoever_is_with_a_person_is_not_heard_by_the_assistant(busy: Plan) -> None:
    with_person: set[str] = set()
    for one in busy.happenings:
        if isinstance(one, ToPerson):
            assert one.conversation in with_person
        elif isinstance(one, Turn):
            assert one.conversation not in with_person
            if (one.opening and one.opening.opens) or one.requeued:
                with_person.add(one.conversation)
        elif isinstance(one, OfHandoff) and _begins_to_wait(one):
            with_person.add(one.conversation)
        elif isinstance(one, OfHandoff) and _lets_go(one):
            with_person.discard(one.conversation)


def _begins_to_wait(one: OfHandoff) -> bool:
    if isinstance(one, Rings):
        return one.what in (ByItself.OPENED, ByItself.REQUEUED)
    return isinstance(one, Claims) or (isinstance(one, Releases | MovesToQueue) and one.opens)


def _lets_go(one: OfHandoff) -> bool:
    if isinstance(one, Rings):
        return one.what in (ByItself.MISSED, ByItself.CLOSED, ByItself.RESCHEDULED)
    return isinstance(one, Resolves | HandsBack | Cancels | Releases | MovesToQueue)


@pytest.mark.parametrize("day", [date(2026, 10, 23), date(2026, 10, 25), date(2026, 10, 26)])
@pytest.mark.parametrize("wall", [time(3), time(9), time(12, 34, 56), time(17, 30), time(23, 59)])
def test_the_company_is_open_when_the_product_says_so(day: date, wall: time) -> None:
    week = (Span(time(9), time(17, 30)),)
    hours = QueueHours("Europe/Amsterdam", dict.fromkeys(range(5), week) | {5: (Span(time(10), time(14)),)})
    moment = local(day, wall)
    assert is_open("sales", moment) == hours.is_open(moment)
    assert next_opening("sales", moment) == hours.next_opening(moment)
    later = moment + timedelta(hours=41, minutes=7)
    assert open_seconds("sales", moment, later) == hours.open_seconds(moment, later)


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    first, second = (local(date(2026, 10, 25), time(2, 30), second_time=again) for again in (False, True))
    assert second - first == timedelta(hours=1)
    assert first == datetime.fromisoformat("2026-10-25T00:30:00+00:00")
