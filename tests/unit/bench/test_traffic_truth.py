"""The truth about planned traffic, checked by hand on a few messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from bench.traffic_compare import differences
from bench.traffic_edges import QUESTION, WANTS_PERSON
from bench.traffic_happenings import (
    ANSWER_TAKES,
    Buys,
    ByItself,
    Cancels,
    Claims,
    Happening,
    Kind,
    Opening,
    Rates,
    Replies,
    Resolves,
    Rings,
    Turn,
    Words,
)
from bench.traffic_numbers import Days, Number, numbers_of, part_of
from bench.traffic_plan import Plan
from bench.traffic_truth import Truth, truth_of

NOON = datetime.fromisoformat("2026-10-20T10:00:00+00:00")  # on the clock in Amsterdam
DAY = Days(date(2026, 10, 20), date(2026, 10, 20))
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
PAGE = "https://fernway.example/"
OPENING = Opening(1, "explicit_request", "support", "support", graded=False, opens=True)


def says(after: timedelta, words: Words = QUESTION, who: str = "lea", opening: Opening | None = None) -> Turn:
    return Turn(NOON + after, who, f"{who}-{after}", PAGE, words, ("utter_answer",), opening)


def counted(*happenings: Happening) -> Truth:
    people = {one.conversation: None for one in happenings}
    return truth_of(Plan(DAY.first, DAY.last, (), dict(people), happenings))


def numbers(*happenings: Happening, now: datetime = NOON + timedelta(days=30)) -> dict[str, Number]:
    return numbers_of(part_of(counted(*happenings), DAY, {}), now)


@pytest.mark.parametrize(
    ("silence", "visits"), [(HOUR + ANSWER_TAKES, 1), (HOUR + ANSWER_TAKES + timedelta(milliseconds=1), 2)]
)
def test_a_silence_of_more_than_an_hour_ends_a_visit(silence: timedelta, visits: int) -> None:
    assert len(counted(says(timedelta()), says(silence)).visits) == visits


def test_who_waits_for_a_person_is_on_the_same_visit_however_long() -> None:
    truth = counted(says(timedelta(), WANTS_PERSON, opening=OPENING), says(timedelta(days=3)))
    assert len(truth.visits) == 1
    over = Cancels(NOON + HOUR, "lea", 1, "queued")
    assert len(counted(says(timedelta(), WANTS_PERSON, opening=OPENING), over, says(timedelta(days=3))).visits) == 2


def test_an_answer_is_in_doubt_when_the_next_message_asks_again_or_is_angry() -> None:
    again, angry = replace(QUESTION, again=True), Words("No!", Kind.SMALL_TALK, "express_frustration", angry=True)
    found = numbers(says(0 * MINUTE), says(1 * MINUTE, again), says(2 * MINUTE, angry), says(3 * MINUTE, angry))
    assert (found["wrong_answer_rate"].part, found["wrong_answer_rate"].whole) == (2, 2)


def test_a_return_counts_until_the_last_moment_and_only_when_it_can_be_judged() -> None:
    back = timedelta(days=7) + ANSWER_TAKES
    assert numbers(says(timedelta()), says(back))["honest_containment"].value == 0
    assert numbers(says(timedelta()), says(back + timedelta(milliseconds=1)))["honest_containment"].value == 1
    too_soon = numbers(says(timedelta()), now=NOON + back - timedelta(milliseconds=1))["honest_containment"]
    assert (too_soon.value, too_soon.whole) == (None, 0)


def test_waiting_times_ratings_and_shares_of_handoffs() -> None:
    found = numbers(
        says(timedelta(), WANTS_PERSON, opening=OPENING),
        Claims(NOON + 1 * MINUTE, "lea", 1, "sanne"),
        Replies(NOON + 2 * MINUTE, "lea", 1, "sanne", "r1", "Hello"),
        Resolves(NOON + 4 * MINUTE, "lea", 1, "sanne"),
        Rates(NOON + 5 * MINUTE, "lea", 1, 4, None),
        says(5 * MINUTE, WANTS_PERSON, "tom", replace(OPENING, handoff=2)),
        Rings(NOON + 15 * MINUTE, "tom", 2, ByItself.MISSED, ()),
        Claims(NOON + 30 * MINUTE, "tom", 2, "sanne"),
        Replies(NOON + 35 * MINUTE, "tom", 2, "sanne", "r2", "Sorry"),
        says(6 * MINUTE, who="mia"),
    )
    assert found["first_reply_median"].value == (120 + 1800) / 2
    assert found["first_reply_p90"].value == pytest.approx(120 + 0.9 * (1800 - 120))
    assert found["first_reply_open_median"].value == (120 + 1800) / 2
    assert found["resolution_median"].value == 240
    assert found["missed_rate"].value == 0.5
    assert found["abandoned_rate"].value == 0
    assert found["csat_handoff"].value == 4
    assert found["handoff_rate"].value == pytest.approx(2 / 3)
    assert found["containment"].value == 1, "of those who asked something, which only Mia did"


def test_what_was_bought_counts_for_the_visit_before_it_once_and_not_for_ever() -> None:
    handed = says(timedelta(), WANTS_PERSON, opening=OPENING)
    twice = [Buys(NOON + wait, "lea", "order", "o1", 20.0, "EUR") for wait in (timedelta(), MINUTE)]
    found = numbers(handed, *twice)
    assert found["conversion_handoff"].value == 1
    assert (found["conversion_value"].value, found["conversion_value"].currency) == (20.0, "EUR")
    late = Buys(NOON + timedelta(days=7, milliseconds=1), "lea", "order", "o1", 20.0, "EUR")
    assert numbers(handed, late)["conversion_handoff"].value == 0


def test_the_interval_is_wilsons() -> None:
    low, high = Number(0.8, 8, 10, []).interval()
    assert (round(low or 0, 4), round(high or 0, 4)) == (0.4902, 0.9433)  # a table of score intervals
    assert Number(None, 0, 0, []).interval() == (None, None)


def test_what_differs_is_said_by_its_place() -> None:
    true = {"rows": [{"key": "a", "rate": 0.1}, {"key": "b", "rate": None}]}
    page = {"rows": [{"key": "a", "rate": 0.1 + 1e-12, "label": "A"}, {"key": "b", "rate": 0}]}
    assert differences(true, page) == [".rows[1].rate: None, not 0"]
    assert differences(true, {"rows": page["rows"][:1]}) == [".rows: 2 rows, not 1"]
    assert differences({"value": 1}, {}) == [".value: 1, not nothing"]
