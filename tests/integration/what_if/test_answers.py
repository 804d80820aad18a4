"""What other values would have changed, asked of both databases."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from handoff.bootstrap import Services
from handoff.domain.errors import InvalidInput
from handoff.domain.escalation import Step
from handoff.metrics.period import Period, period_of
from handoff.rules_overrides import rules_with
from handoff.what_if.answers import Answer
from handoff.what_if.summary import Change
from tests.conftest import Clock
from tests.integration.what_if.visitor import Visitor

OFFER, HAND_OFF = "triggers.frustration.offer_from", "triggers.frustration.hand_off_from"
IN_A_ROW = "triggers.low_confidence.consecutive"


@pytest.fixture
def visitor(services: Services, clock: Clock) -> Any:
    """Makes visitors."""
    return lambda key, rules=None: Visitor(services, clock, key, rules)


def ask(services: Services, clock: Clock, abstain_below: float | None = None, /, **changes: Any) -> Answer:
    return services.what_if.ask(last_days(services, clock), KEYS(changes), abstain_below)


def KEYS(changes: dict[str, Any]) -> dict[str, Any]:
    names = {"offer": OFFER, "hand_off": HAND_OFF, "in_a_row": IN_A_ROW}
    return {names.get(name, name): value for name, value in changes.items()}


def last_days(services: Services, clock: Clock) -> Period:
    return period_of(services.rules, clock())


def listed(answer: Answer) -> list[tuple[Any, ...]]:
    return [(one.conversation_id, one.change, one.recorded_at, one.other_at, one.exact) for one, _ in answer.changed]


def test_without_visits_there_is_nothing_to_tell(services: Services, clock: Clock) -> None:
    answer = ask(services, clock, offer=0.6)
    assert answer.totals.visits == 0
    assert answer.sentences == ["There were no visits in these days, so there is nothing to replay."]


def test_an_offer_that_would_have_been_made_is_certain_and_what_follows_an_estimate(
    services: Services, clock: Clock, visitor: Any
) -> None:
    once, twice = visitor("once"), visitor("twice")
    assert once.say("this is slow", score=0.65) is None
    once.say("thank you", "thank")
    assert twice.say("this is slow", score=0.65) is None
    assert twice.say("and still slow", score=0.66) is Step.OFFER
    assert not ask(services, clock).changed
    answer = ask(services, clock, offer=0.6)
    assert listed(answer) == [
        ("twice", Change.MORE, None, 2, False),
        ("once", Change.OFFERED, None, 1, True),
    ]
    assert answer.totals.changes[Change.OFFERED].total == 2
    assert answer.totals.changes[Change.OFFERED].exact == 2
    assert (answer.totals.before, answer.totals.after) == (0, 1)
    assert [words for _, words in answer.changed] == ["and still slow", "this is slow"]
    assert answer.snippet == "triggers:\n  frustration:\n    offer_from: 0.6  # now 0.7"


def test_a_person_would_have_come_sooner(services: Services, clock: Clock, visitor: Any) -> None:
    one = visitor("c1")
    one.say("what is this?", "nlu_fallback", known=0.1)
    assert one.say("no, the other thing", "nlu_fallback", known=0.1) is Step.HAND_OFF
    (change,) = (change for change, _ in ask(services, clock, in_a_row=1).changed)
    assert (change.change, change.recorded_at, change.other_at, change.exact) == (Change.EARLIER, 2, 1, True)
    assert change.seconds == 30
    assert change.trigger == "low_confidence"


def test_a_person_would_not_have_come_and_what_then_is_unknown(services: Services, clock: Clock, visitor: Any) -> None:
    one = visitor("c1")
    assert one.say("THIS IS A DISGRACE", score=0.92) is Step.HAND_OFF
    one.say("hello?", "greet", score=0.95)
    answer = ask(services, clock, hand_off=0.95)
    assert listed(answer) == [("c1", Change.FEWER, 1, None, True)]
    assert (answer.totals.before, answer.totals.after, answer.totals.unknown_after) == (1, 0, 1)
    assert any("What the visitor would have written next is unknown" in line for line in answer.caveats)


def test_who_asks_for_a_person_gets_one_whatever_the_numbers(services: Services, clock: Clock, visitor: Any) -> None:
    visitor("c1").say("a person please", "request_human")
    answer = ask(services, clock, offer=0.9, in_a_row=5)
    assert not answer.changed
    assert answer.totals.after == 1


def test_an_intent_that_leads_to_a_person_or_does_not(services: Services, clock: Clock, visitor: Any) -> None:
    visitor("warranty").say("it broke after a year", "faq/warranty")
    visitor("plain").say("a person please", "request_human")
    changes = {"triggers.sensitive_topic.intents": ["request_refund", "faq/warranty"]}
    answer = services.what_if.ask(last_days(services, clock), changes)
    assert listed(answer) == [("warranty", Change.MORE, None, 1, False)], "rules would have to change too"
    gone = services.what_if.ask(last_days(services, clock), {"triggers.explicit_request.intents": []})
    assert listed(gone) == [("plain", Change.FEWER, 1, None, False)]


def test_what_is_never_guessed_about(services: Services, clock: Clock, visitor: Any) -> None:
    one = visitor("c1")
    one.say("hm, my thing", "nlu_fallback", known=0.2, ranking=(("greet", 0.5), ("faq", 0.2), ("track_order", 0.15)))
    one = visitor("c2")
    one.say("hm, my thing", "nlu_fallback", known=0.2, ranking=(("track_order", 0.2), ("faq", 0.1)))
    answer = services.what_if.ask(last_days(services, clock), {"triggers.low_confidence.never_guess_from": 0.15})
    assert listed(answer) == [("c2", Change.MORE, None, 1, True)]


def test_visits_that_went_by_other_numbers_are_estimates(services: Services, clock: Clock, visitor: Any) -> None:
    strict = rules_with(services.settings.rules_file, {OFFER: 0.5})
    one = visitor("c1", strict)
    assert one.say("slow", score=0.55) is Step.OFFER
    one.say("so slow", "track_order", score=0.85)
    answer = ask(services, clock)
    assert (answer.totals.decisions, answer.totals.reproduced, answer.totals.unexplained) == (2, 1, 1)
    assert not answer.changed, "the rules as they are change nothing, whatever was recorded"
    assert listed(ask(services, clock, offer=0.9, hand_off=0.95)) == [("c1", Change.FEWER, 2, None, False)]


def test_another_threshold_for_not_being_sure(services: Services, clock: Clock, visitor: Any) -> None:
    one = visitor("c1")
    one.say("how long?", known=0.4)
    one.say("how long??", known=0.6, signals=("repeated_question",))
    one.say("a person please", "request_human", known=0.1)
    visitor("c2").say("what about it", "nlu_fallback", known=0.3, ranking=(("faq/warranty", 0.3),))
    stricter = ask(services, clock, 0.5).totals.reread
    assert (stricter.withheld, stricter.doubted, stricter.answered) == (1, 1, 0)
    assert stricter.expected_wrong == pytest.approx(0.6)
    looser = ask(services, clock, 0.25).totals.reread
    assert (looser.withheld, looser.answered, looser.expected_new_wrong) == (0, 1, pytest.approx(0.7))
    both = ask(services, clock, 0.7)
    assert (Change.EARLIER in {change.change for change, _ in both.changed}) is True, "two in a row were not understood"
    assert all(not change.exact for change, _ in both.changed)
    assert services.what_if.abstains_below() == 0.35


def test_a_visit_counts_where_it_began_with_what_was_said_before(
    services: Services, clock: Clock, visitor: Any
) -> None:
    one = visitor("c1")
    assert one.say("slow", score=0.5) is None
    clock.advance(timedelta(days=2).total_seconds())
    today = clock().date()
    assert one.say("slow", score=0.45) is Step.OFFER, "0.5 and 0.45 add up to 0.725"
    period = Period(today, today, last_days(services, clock).timezone)
    assert not services.what_if.ask(period, {}).changed
    answer = services.what_if.ask(period, {OFFER: 0.75})
    assert answer.totals.visits == 1
    assert listed(answer) == [("c1", Change.NOT_OFFERED, None, 1, True)]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"urgency.levels.high": 2}, "urgency.levels.high cannot be tried"),
        ({OFFER: "much"}, OFFER),
        ({OFFER: 0.95}, "hand_off_from: 0.9 is less than offer_from"),
        ({"triggers.frustration.window": 0}, "triggers.frustration.window"),
    ],
)
def test_what_cannot_be_tried_is_named(services: Services, clock: Clock, changes: dict[str, Any], named: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        services.what_if.ask(last_days(services, clock), changes)
    assert named in str(caught.value)
