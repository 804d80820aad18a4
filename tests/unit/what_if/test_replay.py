"""What a replay says of single visits, and what holds for all of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handoff.domain.escalation import Step
from handoff.domain.lifecycle import Status
from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules
from handoff.rules_overrides import rules_with
from handoff.what_if.story import Moved, moved
from handoff.what_if.summary import Change, add_up, changes_of
from handoff.what_if.visit_replay import VisitReplay
from tests.conftest import ROOT
from tests.unit.what_if.stories import MORNING, Telling

FILE = ROOT / "handoff.yml"
RULES = load_rules(FILE)
AGAIN = "repeated_question"


def changed(**numbers: Any) -> HandoffRules:
    """The rules with other numbers of ``triggers.frustration``."""
    return rules_with(FILE, {f"triggers.frustration.{name}": value for name, value in numbers.items()})


def row(one: VisitReplay) -> list[tuple[Change, int | None, int | None, bool]]:
    return [(change.change, change.recorded_at, change.other_at, change.exact) for change in changes_of(one)]


def test_a_higher_number_takes_an_offer_away_and_what_hung_on_it_is_an_estimate() -> None:
    one = Telling(RULES)
    assert one.say(score=0.75) is Step.OFFER
    assert one.say("track_order", 0.72) is Step.HAND_OFF
    assert row(one.replayed(changed(offer_from=0.8))) == [
        (Change.FEWER, 2, None, False),
        (Change.OFFERED, 2, 2, False),  # 0.75 and 0.72 add up to 0.93
        (Change.NOT_OFFERED, 2, 1, True),
    ]


def test_a_yes_to_an_offer_that_is_not_made_brings_nobody() -> None:
    one = Telling(RULES)
    one.say("track_order", 0.75)
    one.say("affirm", 0.0)
    one.story.said[-1].handed_off = "frustration"
    one.story.said[-1].replies = ("utter_handoff_frustration",)
    assert row(one.replayed(RULES)) == []
    found = one.replayed(changed(offer_from=0.8))
    assert row(found) == [(Change.FEWER, 2, None, False), (Change.NOT_OFFERED, 2, 1, True)]
    assert found.cut


def test_after_a_person_came_sooner_nothing_more_is_claimed() -> None:
    one = Telling(RULES)
    one.say("track_order", 0.8)
    one.say("track_order", 0.2)
    one.say("track_order", 0.8)
    found = one.replayed(changed(hand_off_from=0.8))
    assert row(found) == [(Change.EARLIER, 3, 1, True)]


def test_what_a_person_settled_counts_no_more() -> None:
    one = Telling(RULES)
    one.say("track_order", 0.95)
    one.say("track_order", 0.6)
    one.resolve()
    assert one.say("track_order", 0.5) is None
    assert row(one.replayed(changed(offer_from=0.6))) == [], "only 0.5 is new"


def test_a_handoff_that_waits_for_the_morning_goes_on_being_asked_for() -> None:
    one = Telling(RULES)
    one.say("track_order", 0.92)
    one.story.moves = [Moved(MORNING, Status.SCHEDULED, anew=False, on="m1")]
    one.queued = False
    one.say("faq/warranty", 0.1)
    one.say("request_human", 0.1)
    one.story.said[-1].handed_off = None
    found = one.replayed(changed(hand_off_from=0.95))
    assert row(found)[0] == (Change.LATER, 1, 3, False)


def test_where_what_is_stored_leaves_it_open_a_change_is_an_estimate() -> None:
    one = Telling(RULES)
    one.say("nlu_fallback", 0.65, ranking=(("greet", 0.4), ("thank", 0.35), ("affirm", 0.3), ("deny", 0.3)))
    other = Telling(RULES)
    other.say("nlu_fallback", 0.65, ranking=(("greet", 0.9), ("faq", 0.05)))
    results = [row(which.replayed(changed(offer_from=0.6))) for which in (one, other)]
    assert results == [[(Change.OFFERED, None, 1, False)], [(Change.OFFERED, None, 1, True)]]


@pytest.mark.parametrize(
    ("kind", "data", "before", "status", "anew"),
    [
        ("created", {}, None, Status.QUEUED, False),
        ("scheduled", {}, None, Status.SCHEDULED, False),
        ("scheduled", {"opens_at": "x"}, Status.QUEUED, Status.SCHEDULED, True),
        ("opened", {}, Status.SCHEDULED, Status.QUEUED, False),
        ("claimed", {}, Status.QUEUED, Status.ASSIGNED, False),
        ("released", {}, Status.ASSIGNED, Status.QUEUED, False),
        ("released", {"opens_at": "x"}, Status.ASSIGNED, Status.SCHEDULED, True),
        ("transferred", {"to_agent": "Kim"}, Status.ASSIGNED, Status.ASSIGNED, False),
        ("transferred", {}, Status.MISSED, Status.MISSED, False),
        ("transferred", {}, Status.ASSIGNED, Status.QUEUED, False),
        ("missed", {}, Status.QUEUED, Status.MISSED, True),
        ("follow_up", {}, Status.MISSED, Status.FOLLOW_UP, False),
        ("handed_back", {}, Status.ASSIGNED, None, True),
    ],
)
def test_where_a_handoff_stands_after_a_step(
    kind: str, data: dict[str, str], before: Status | None, status: Status | None, anew: bool
) -> None:
    step = moved(kind, data, MORNING, before)
    assert (step.status, step.anew) == (status, anew)


INTENTS = st.sampled_from(
    ["faq/warranty", "track_order", "deny", "nlu_fallback", "out_of_scope", "express_frustration", "greet", "complaint"]
)
SIGNALS = st.sampled_from([(), (AGAIN,), ("shouting",)])
RANKS = st.sampled_from([(), (("track_order", 0.3), ("faq", 0.1)), (("track_order", 0.2),)])
SAYINGS = st.lists(st.tuples(INTENTS, st.none() | st.floats(0, 1), SIGNALS, RANKS, st.booleans()), max_size=10)
NUMBERS = st.fixed_dictionaries(
    {
        "offer_from": st.sampled_from([0.4, 0.6, 0.7, 0.8]),
        "hand_off_from": st.sampled_from([0.8, 0.9, 0.97]),
        "window": st.integers(2, 6),
        "offers": st.integers(1, 3),
        "repeated_questions": st.integers(1, 2),
    }
)


def told(rules: HandoffRules, sayings: list[Any]) -> Telling:
    one = Telling(rules)
    for intent, score, signals, ranking, resolved in sayings:
        one.say(intent, score, *signals, ranking=ranking if intent == "nlu_fallback" else ())
        if one.queued and resolved:
            one.resolve()
    return one


@given(SAYINGS.filter(bool), NUMBERS)
def test_the_same_rules_decide_the_same(sayings: list[Any], numbers: dict[str, Any]) -> None:
    rules = changed(**numbers)
    found = told(rules, sayings).replayed(rules)
    assert (found.reproduced, found.made, found.unsure) == (found.decisions, found.decisions, False)
    assert row(found) == []
    assert found.recorded == found.other


@given(SAYINGS.filter(bool), NUMBERS)
def test_the_first_difference_is_where_the_other_rules_would_have_decided_otherwise(
    sayings: list[Any], numbers: dict[str, Any]
) -> None:
    """Told anew by the other rules, the same words go the same way up to there, and another way there."""
    rules = changed(**numbers)
    as_was, as_would_be = told(RULES, sayings), told(rules, sayings)
    found = as_was.replayed(rules)
    steps = [
        [(said.decision or {}).get("step") or said.handed_off for said in one.story.said]
        for one in (as_was, as_would_be)
    ]
    differs = [place for place, (was, would) in enumerate(zip(*steps, strict=True), start=1) if was != would]
    if found.recorded is not None and (not differs or differs[0] > found.recorded.position):
        assert found.parted == 0, "a person had it by then"
    else:
        assert found.parted == (differs[0] if differs else 0)
        assert found.exact


@given(st.lists(SAYINGS.filter(bool), max_size=4), NUMBERS)
def test_the_totals_add_up(visits: list[list[Any]], numbers: dict[str, Any]) -> None:
    rules = changed(**numbers)
    totals, listed = add_up(told(RULES, sayings).replayed(rules) for sayings in visits)
    more, fewer = totals.changes[Change.MORE].total, totals.changes[Change.FEWER].total
    assert totals.after - totals.before == more - fewer
    assert totals.unknown_after == fewer
    assert len(listed) <= totals.visits == len(visits)
    assert sum(sum(counts.values()) for counts in totals.triggers.values()) == sum(
        tally.total for tally in totals.changes.values()
    )


@given(SAYINGS.filter(bool), st.floats(0, 1), st.lists(st.floats(0, 1), min_size=10, max_size=10))
def test_another_threshold_counts_each_message_once(sayings: list[Any], threshold: float, knowns: list[float]) -> None:
    one = told(RULES, sayings)
    for said, known in zip(one.story.said, knowns, strict=False):
        said.known = known if said.intent != "nlu_fallback" else known / 2
    found = one.replayed(RULES, threshold).reread
    heard = [said for said in one.story.said if said.heard]
    certain = {"out_of_scope", "nlu_fallback"}
    assert found.withheld == sum(
        said.answered and said.known is not None and said.known < threshold
        for said in heard
        if said.intent not in certain
    )
    assert found.measured + found.guessed == len(heard)


def test_facts_of_a_visit_stay_as_they_are() -> None:
    one = Telling(RULES)
    one.say(score=0.65)
    before = [replace(said) for said in one.story.said]
    one.replayed(changed(offer_from=0.6))
    assert one.story.said == before
