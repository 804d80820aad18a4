"""Visitors who come exactly where a definition begins or ends: at midnight, in the hour that comes twice, after the
longest silence that is still one visit, on the last moment of the days in which a return or a conversion counts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import count

from bench.traffic_company import CLOCKS_GO_BACK, local
from bench.traffic_desk import Desk
from bench.traffic_happenings import ANSWER_TAKES, Kind, Words
from bench.traffic_visitors import Visitor
from bench.traffic_world import Person, World

# handoff.yml: metrics
GAP = timedelta(minutes=60)
RETURNS_WITHIN = timedelta(days=7)
CONVERTS_WITHIN = timedelta(days=7)
INSTANT = timedelta(milliseconds=1)  # the shortest that both databases can tell apart
PAGE = "https://fernway.example/edge.html"
QUESTION = Words("How long is the warranty?", Kind.REQUEST, "faq/warranty", "support", is_faq=True)
WANTS_PERSON = Words("Can I talk to a human?", Kind.SMALL_TALK, "request_human")


def edge_visitors(
    world: World, desk: Desk, handoffs: count[int], first: date, last: date
) -> Iterator[tuple[Visitor, Person, datetime]]:
    """Each with their life and when it begins."""
    number = count(1)

    def visitor(page: str = PAGE) -> Visitor:
        made = Visitor(world, desk, f"edge-{next(number)}", handoffs)
        made.page = page
        return made

    begin, end = local(first, time.min), local(last + timedelta(days=1), time.min)
    moments = [begin, end - timedelta(seconds=1), local(first + timedelta(days=1), time.min)]
    moments.append(local(first + timedelta(days=1), time.min) - INSTANT)
    if first <= CLOCKS_GO_BACK <= last:
        twice = [local(CLOCKS_GO_BACK, time(2, 30), second_time=again) for again in (False, True)]
        moments += [*twice, local(CLOCKS_GO_BACK + timedelta(days=1), time.min) - INSTANT]
    for moment in moments:
        one = visitor()
        yield one, _asks_at(one, [moment]), moment
    start = begin + timedelta(hours=1)
    silence = GAP + ANSWER_TAKES
    for gap in (silence, silence + INSTANT, RETURNS_WITHIN + ANSWER_TAKES, RETURNS_WITHIN + ANSWER_TAKES + INSTANT):
        one = visitor()
        yield one, _asks_at(one, [start, start + gap]), start
    for after in (CONVERTS_WITHIN, CONVERTS_WITHIN + INSTANT):
        one = visitor()
        yield one, _buys_after(one, after), start
    one = visitor()
    yield one, _buys_at_handoff(one), start


def _asks_at(visitor: Visitor, moments: list[datetime]) -> Person:
    for moment in moments:
        yield moment
        visitor.says(QUESTION)


def _buys_after(visitor: Visitor, wait: timedelta) -> Person:
    begin = visitor.world.now
    visitor.says(QUESTION)
    yield begin + wait
    visitor.buys("order", f"{visitor.conversation}-edge", 10.0, "EUR")


def _buys_at_handoff(visitor: Visitor) -> Person:
    visitor.says(QUESTION)
    yield visitor.world.now + timedelta(minutes=1)
    visitor.asks_for_person(WANTS_PERSON, "explicit_request", "support")
    visitor.buys("order", f"{visitor.conversation}-edge", 25.5, "EUR")
