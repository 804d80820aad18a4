"""Days, filters, breakdowns, and what could not be answered."""

from __future__ import annotations

from datetime import date

import pytest

from handoff.domain.model import Agent, TriggerKind
from handoff.metrics.overview import Filters
from tests.integration.metrics.story import MINUTE, ONE_DATABASE, SHOP, Story, made_of


def test_a_day_is_as_long_as_the_team_s_clock_says(story: Story, sanne: Agent) -> None:
    """Amsterdam on 25 October 2026: from 22:00 UTC the evening before, 25 hours."""
    for number, when in enumerate(
        [
            (2026, 10, 24, 21, 59),
            (2026, 10, 24, 22, 0),
            (2026, 10, 25, 0, 30),  # half past two, the first time
            (2026, 10, 25, 1, 30),  # and the second
            (2026, 10, 25, 22, 59),
            (2026, 10, 25, 23, 0),
        ]
    ):
        story.at(*when)
        story.say(f"visitor-{number}", "faq/delivery_time")
        story.ask_for_person(f"visitor-{number}")
    found = story.overview(story.period(date(2026, 10, 24), date(2026, 10, 26)))
    assert found.trend.days == ["2026-10-24", "2026-10-25", "2026-10-26"]
    assert found.trend.series["visits"] == found.trend.series["handoffs"] == [1, 4, 1]
    hours = {row.key: row.visits for row in found.breakdowns["hour"] if row.visits}
    assert hours == {"23": 2, "00": 2, "02": 2}
    alone = story.overview(story.period(date(2026, 10, 25), date(2026, 10, 25)))
    assert alone.metrics[0].value == 4
    assert (alone.before.first, alone.before.last) == (date(2026, 10, 24), date(2026, 10, 24))
    assert alone.metrics[0].before is not None
    assert alone.metrics[0].before.value == 1
    spring = story.period(date(2026, 3, 29), date(2026, 3, 29))
    assert (spring.end - spring.start).total_seconds() == 23 * 3600


def test_each_filter_and_two_at_once(story: Story, sanne: Agent) -> None:
    story.say("ann", "faq/pricing_plans", page=f"{SHOP}plans")  # sales
    story.say("ben", "faq/delivery_time")  # support
    story.ask_for_person("ben")
    story.say("eve", "faq/invoice_copy", page=f"{SHOP}plans")  # billing
    billing = story.ask_for_person("eve", "billing_dispute")
    story.services.claim(billing, sanne.id)
    story.reply(billing, sanne.id)
    story.say("kim", "nlu_fallback", "flurb", page=f"{SHOP}plans")

    def counts(**given: str) -> tuple[float | None, ...]:
        metrics = story.metrics(filters=Filters(**given))
        return tuple(metrics[name].value for name in ("visits", "handoffs", "handoff_rate", "fallback_rate"))

    plans = f"{SHOP}plans"
    assert counts() == (4, 2, 0.5, pytest.approx(1 / 5))
    assert counts(page=plans) == (3, 1, pytest.approx(1 / 3), pytest.approx(1 / 4))
    assert counts(topic="sales") == (1, 0, 0, 0)
    assert counts(topic="billing") == counts(queue="billing") == (1, 1, 1, 0)
    assert counts(trigger="sensitive_topic", page=plans) == (1, 1, 1, 0)
    assert counts(trigger="explicit_request", page=plans) == (0, 0, None, None)
    assert counts(variant="early:control") == (0, 0, None, None)
    assert counts(topic="billing", queue="support") == (0, 0, None, None)
    of_plans = story.overview(filters=Filters(page=plans))
    assert [row.text for row in of_plans.unanswered] == ["flurb"]
    assert [(row.name, row.replies) for row in of_plans.agents] == [("Sanne de Vries", 1)]
    assert story.overview(filters=Filters(page=SHOP)).agents == []
    assert [option.key for option in of_plans.options["pages"]] == [plans, SHOP]  # all, to choose another


@ONE_DATABASE
def test_a_handoff_that_was_moved_is_found_in_its_new_queue(story: Story, sanne: Agent) -> None:
    story.say("ann", "faq/delivery_time")
    handoff = story.ask_for_person("ann")
    story.services.transfer(handoff, sanne.id, queue="billing")
    found = story.overview(filters=Filters(queue="billing"))
    assert [(metric.name, metric.value) for metric in found.metrics[:2]] == [("visits", 1), ("handoffs", 1)]
    assert [row.key for row in found.breakdowns["queue"]] == ["billing"]
    assert story.metrics(filters=Filters(queue="support"))["handoffs"].value == 0


@ONE_DATABASE
def test_breakdowns(story: Story) -> None:
    story.say("ann", "faq/delivery_time")
    story.say("ben", "track_order")
    story.ask_for_person("ben")
    story.say("eve", "greet")
    story.ask_for_person("kim", "express_frustration", because=TriggerKind.FRUSTRATION)
    found = story.overview().breakdowns
    assert [(row.key, row.label, row.visits, row.handoffs, row.rate) for row in found["topic"]] == [
        ("support", "Support", 2, 1, 0.5),
        ("", "Nothing asked", 1, 0, 0),
        ("general", "General", 1, 1, 1),
    ]
    assert [(row.key, row.label, row.visits, row.handoffs, row.rate) for row in found["trigger"]] == [
        ("explicit_request", "Asked for a person", None, 1, 0.25),
        ("frustration", "Sounds frustrated", None, 1, 0.25),
    ]
    assert [(row.key, row.handoffs) for row in found["queue"]] == [("general", 1), ("support", 1)]


def test_what_is_asked_most_often_without_an_answer(story: Story) -> None:
    story.say("ann", "nlu_fallback", "Do you ship to Mars?")
    story.say("ben", "out_of_scope", "what is love")
    story.pass_time(MINUTE)
    latest = story.say("eve", "out_of_scope", "do you  ship to mars")
    story.say("kim", "faq/delivery_time", "how long does it take")
    for number in range(12):
        story.say("lou", "nlu_fallback", f"something else {number}")
    rows = story.overview().unanswered
    assert len(rows) == 10
    assert (rows[0].text, rows[0].count) == ("do you  ship to mars", 2)
    assert (rows[0].outcome, rows[0].message_id) == ("out_of_scope", latest)
    assert {row.count for row in rows[1:]} == {1}


def test_trend_of_what_people_did(story: Story, sanne: Agent) -> None:
    monday = story.ask_for_person("ann")
    story.services.claim(monday, sanne.id)
    story.pass_time(MINUTE)
    story.reply(monday, sanne.id)
    story.services.resolve(monday, sanne.id)
    story.services.rate("ann", monday, 5)
    story.at(2026, 11, 24, 10, 0)
    story.ask_for_person("ben")
    story.say("eve", "nlu_fallback")
    story.pass_time(11 * MINUTE)
    series = story.overview(story.period(date(2026, 11, 23), date(2026, 11, 24))).trend.series
    assert series == {
        "visits": [1, 2],
        "handoffs": [1, 1],
        "handoff_rate": [1, 0.5],
        "containment": [None, 0],
        "first_reply_median": [60, None],
        "csat_handoff": [5, None],
        "missed": [0, 1],
        "fallback_rate": [None, 1],
    }
    assert made_of(story.metrics()["missed_rate"]) == (1, 2)
