"""Every metric, counted by hand from visits that went through the use cases."""

from __future__ import annotations

from datetime import date

import pytest

from handoff.domain.model import Agent, TriggerKind
from handoff.metrics.definitions import DEFINITIONS
from handoff.metrics.numbers import wilson
from tests.integration.metrics.story import DAY, HOUR, MINUTE, ONE_DATABASE, SHOP, Story, made_of


def test_a_period_without_anything_has_no_shares_and_no_errors(story: Story) -> None:
    found = story.overview()
    assert [metric.name for metric in found.metrics] == [definition.name for definition in DEFINITIONS]
    counts = {"visits", "handoffs"}
    assert {metric.name: metric.value for metric in found.metrics} == {
        definition.name: 0 if definition.name in counts else None for definition in DEFINITIONS
    }
    assert all(metric.denominator == 0 and metric.low is None for metric in found.metrics)
    assert found.trend.series["visits"] == [0] * 30
    assert found.trend.series["handoff_rate"] == [None] * 30
    assert len(found.breakdowns["hour"]) == 24
    assert found.breakdowns["topic"] == found.unanswered == found.agents == []


def test_visits_and_what_became_of_their_messages(story: Story) -> None:
    story.say("ann", "greet")
    story.say("ann", "faq/delivery_time")
    story.say("ann", "faq/delivery_time", signals=["repeated_question"])  # in doubt: the answer before
    story.say("ben", "nlu_fallback", "flurb")
    story.say("ben", "faq/warranty")
    story.say("ben", "faq/warranty", frustration=0.8)  # in doubt, too
    story.say("eve", "out_of_scope", "tell me a joke")
    story.say("kim", "thank")
    story.say("kim", "inform", in_form=True)
    metrics = story.metrics()
    assert metrics["visits"].value == metrics["visits"].denominator == 4
    assert made_of(metrics["handoff_rate"]) == (0, 4)
    assert made_of(metrics["containment"]) == (2, 3)  # eve had no answer, kim asked for nothing
    assert made_of(metrics["wrong_answer_rate"]) == (2, 4)
    assert made_of(metrics["fallback_rate"]) == (1, 6)
    assert (metrics["containment"].low, metrics["containment"].high) == wilson(2, 3)


def test_handoffs_from_the_first_words_to_the_end(story: Story, sanne: Agent, jonas: Agent) -> None:
    """Ann is answered and rates; Ben is handed back; Eve leaves; Kim is missed and answered late; Lou waits."""
    services = story.services
    story.say("ann", "faq/delivery_time")
    ann = story.ask_for_person("ann")
    ben = story.ask_for_person("ben", "complaint")
    eve = story.ask_for_person("eve")
    story.pass_time(2 * MINUTE)
    services.claim(ann, sanne.id)
    services.claim(ben, sanne.id)
    story.reply(ann, sanne.id)
    story.pass_time(1 * MINUTE)
    story.reply(ann, sanne.id)
    assert services.cancel("eve")
    story.pass_time(3 * MINUTE)
    story.reply(ben, sanne.id)
    services.resolve(ann, sanne.id)
    services.rate("ann", ann, 4)
    kim = story.ask_for_person("kim", because=TriggerKind.LOW_CONFIDENCE)
    story.pass_time(11 * MINUTE)  # missed after ten
    services.hand_back(ben, sanne.id)
    services.claim(kim, jonas.id)
    story.reply(kim, jonas.id)
    story.ask_for_person("lou")
    metrics = story.metrics()
    assert metrics["handoffs"].value == 5
    assert made_of(metrics["handoff_rate"]) == (5, 5)
    # seconds to first replies: ann 120, ben 360, kim 660
    assert metrics["first_reply_median"].value == 6 * MINUTE
    assert metrics["first_reply_median"].denominator == 3
    assert metrics["first_reply_p90"].value == pytest.approx(360 + 0.8 * 300)
    assert metrics["first_reply_open_median"].value == 6 * MINUTE  # it is 11 in the morning all the time
    # closed by an agent: ann after 360, ben after 1020
    assert (metrics["resolution_median"].value, metrics["resolution_median"].denominator) == (690, 2)
    assert made_of(metrics["missed_rate"]) == (1, 5)
    assert made_of(metrics["abandoned_rate"]) == (1, 5)
    assert (metrics["csat_handoff"].value, metrics["csat_handoff"].denominator) == (4, 1)
    assert eve not in {ann, ben, kim}
    rows = {row.name: row for row in story.overview().agents}
    assert list(rows) == ["Sanne de Vries", "Jonas Weber"]
    of_sanne = rows["Sanne de Vries"]
    assert (of_sanne.taken, of_sanne.replies, of_sanne.resolved, of_sanne.most_at_once) == (2, 3, 1, 2)
    assert (of_sanne.first_reply_median, of_sanne.resolution_median) == (240, 690)
    assert (of_sanne.csat, of_sanne.rated) == (4, 1)
    assert (rows["Jonas Weber"].taken, rows["Jonas Weber"].most_at_once, rows["Jonas Weber"].csat) == (1, 1, None)


@ONE_DATABASE
def test_the_night_counts_on_the_clock_and_not_in_opening_hours(story: Story, sanne: Agent) -> None:
    story.at(2026, 11, 23, 16, 0)  # 17:00 in Amsterdam, half an hour before the team goes home
    late = story.ask_for_person("ann")
    story.pass_time(45 * MINUTE)
    asleep = story.ask_for_person("ben")
    story.at(2026, 11, 24, 8, 10)  # ten past nine
    story.pass_time(0)
    for one in (late, asleep):
        story.services.claim(one, sanne.id)
        story.reply(one, sanne.id)
    metrics = story.metrics()
    assert metrics["first_reply_median"].value == (16 * HOUR + 10 * MINUTE + 15 * HOUR + 25 * MINUTE) / 2
    assert metrics["first_reply_open_median"].value == (40 * MINUTE + 10 * MINUTE) / 2
    assert metrics["missed_rate"].denominator == 2


@ONE_DATABASE
def test_a_handoff_that_never_was_in_a_queue_cannot_be_missed(story: Story, sanne: Agent) -> None:
    story.at(2026, 11, 23, 20, 0)
    asleep = story.ask_for_person("ann")
    story.services.claim(asleep, sanne.id)  # by somebody who works late
    story.ask_for_person("ben")
    assert story.services.cancel("ben")  # while it waited for the morning
    metrics = story.metrics()
    assert metrics["handoffs"].value == 2
    assert made_of(metrics["missed_rate"]) == made_of(metrics["abandoned_rate"]) == (0, 0)


def test_who_comes_back_in_time_was_not_helped(story: Story) -> None:
    story.at(2026, 11, 2, 10, 0)
    for who in ("ann", "ben", "eve"):
        story.say(who, "faq/delivery_time")
    story.say("kim", "nlu_fallback")
    story.pass_time(7 * DAY)
    story.say("ann", "faq/warranty")  # to the second within seven days
    story.pass_time(1)
    story.say("ben", "faq/warranty")  # a second too late
    metrics = story.metrics()
    assert metrics["visits"].value == 6
    assert made_of(metrics["containment"]) == (5, 6)
    assert made_of(metrics["honest_containment"]) == (2, 4)  # ben and eve, of the first four
    assert made_of(metrics["repeat_rate"]) == (1, 4)
    assert metrics["honest_containment"].note == "2 visits are too recent to tell, and not counted yet."


def test_a_window_that_is_over_to_the_second(story: Story) -> None:
    story.at(2026, 11, 2, 10, 0)
    story.say("ann", "faq/delivery_time")
    story.pass_time(7 * DAY - 1)
    assert made_of(story.metrics()["repeat_rate"]) == (0, 0)
    story.pass_time(1)
    assert made_of(story.metrics()["repeat_rate"]) == (0, 1)
    assert story.metrics()["repeat_rate"].note is None


@ONE_DATABASE
def test_who_only_wrote_to_a_person_is_no_visit_of_the_assistant(story: Story, sanne: Agent) -> None:
    handoff = story.ask_for_person("ann")
    story.services.claim(handoff, sanne.id)
    story.pass_time(8 * DAY)
    story.write_to_person("ann")
    assert story.metrics()["visits"].value == 1


def test_conversions_before_and_after_a_handoff(story: Story, sanne: Agent) -> None:
    story.say("ann", "faq/delivery_time")
    story.buy("ann", 20, "EUR")  # before the handoff
    story.pass_time(MINUTE)
    handed = story.ask_for_person("ann")
    story.services.claim(handed, sanne.id)
    story.services.resolve(handed, sanne.id)
    story.say("ben", "faq/delivery_time")
    ben = story.ask_for_person("ben")
    story.buy("ben", 70.5, "EUR")
    assert ben
    story.say("eve", "faq/delivery_time")
    story.buy("eve", 10, "USD")
    story.buy("eve")  # without a value
    story.say("kim", "faq/delivery_time")
    story.pass_time(8 * DAY)
    story.buy("kim", 1000, "EUR")  # so late that it is no visit's
    metrics = story.metrics()
    assert made_of(metrics["conversion_handoff"]) == (1, 2)
    assert made_of(metrics["conversion_assistant"]) == (1, 2)
    money = metrics["conversion_value"]
    assert (money.value, money.denominator, money.currency) == (90.5, 2, "EUR")
    assert money.note == "The most frequent currency only; besides there is 10.00 USD."


@ONE_DATABASE
def test_money_is_compared_in_one_currency(story: Story) -> None:
    story.at(2026, 10, 1, 10, 0)
    story.say("ann", "faq/delivery_time")
    for value, currency in ((5, "USD"), (6, "USD"), (40, "EUR")):
        story.buy("ann", value, currency)
    story.at(2026, 11, 2, 10, 0)
    story.say("ben", "faq/delivery_time")
    story.buy("ben", 100, "EUR")
    october = story.period(date(2026, 10, 3), date(2026, 11, 30))
    money = next(one for one in story.overview(october).metrics if one.name == "conversion_value")
    assert (money.value, money.currency) == (100, "EUR")
    assert money.before is not None
    assert (money.before.value, money.before.denominator) == (40, 1)
    story.buy("ben", 30, "GBP")
    story.buy("ben", 30, "GBP")
    money = next(one for one in story.overview(october).metrics if one.name == "conversion_value")
    assert (money.value, money.currency) == (60, "GBP")
    assert money.before is not None
    assert (money.before.value, money.before.denominator) == (None, 0)  # and not the dollars of September


@ONE_DATABASE
def test_ratings_of_the_assistant_and_skipped_ones(story: Story) -> None:
    for who, score in (("ann", 5), ("ben", 2), ("eve", None)):
        story.say(who, "faq/delivery_time")
        story.services.rate_visit(who, story.last_visit(who), score)
    rating = story.metrics()["csat_assistant"]
    assert (rating.value, rating.denominator) == (3.5, 2)


@ONE_DATABASE
def test_a_second_handoff_in_one_visit_is_a_handoff_and_no_second_visit(story: Story, sanne: Agent) -> None:
    for _ in range(2):
        handoff = story.ask_for_person("ann")
        story.services.claim(handoff, sanne.id)
        story.services.resolve(handoff, sanne.id)
    metrics = story.metrics()
    assert metrics["handoffs"].value == 2
    assert made_of(metrics["handoff_rate"]) == (1, 1)


def test_pages_are_counted_without_what_follows_them(story: Story) -> None:
    story.say("ann", "faq/delivery_time", page=f"{SHOP}plans")
    story.say("ben", "greet", page=None)
    rows = story.overview().breakdowns["page"]
    assert [(row.key, row.label, row.visits) for row in rows] == [
        ("", "Unknown page", 1),
        (f"{SHOP}plans", "shop.example/plans", 1),
    ]
