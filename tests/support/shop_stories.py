"""What visitors of a small shop want, and some weeks of them: what is measured in tests and shown in pictures.

All of it is drawn from one seed, so it is the same each time.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from handoff.domain.model import TriggerKind
from handoff.domain.mood import REPEATED_QUESTION
from tests.support.shop_days import Person, Said, ShopDays, Story

SHOP = "https://fernway.example"
HOME, PRICING, ORDER, DESKS = (f"{SHOP}{path}" for path in ("/", "/pricing", "/order", "/desks/oak"))


def asked(text: str, intent: str, answer: str, confidence: float = 0.94) -> Said:
    """A question with its answer from the FAQs."""
    return Said(text, intent, answer, f"utter_{intent}", confidence)


DELIVERY = asked("How long does delivery take?", "faq/delivery_time", "Three to five working days.")
COST = asked("what does shipping cost", "faq/delivery_cost", "Delivery is free above 50 euros.", 0.88)
RETURNS = asked("can I send the desk back?", "faq/return_policy", "Yes, within 30 days, and we collect it.")
WARRANTY = asked("is there a warranty on the motor", "faq/warranty", "Ten years on frame and motor.", 0.9)
PLANS = asked("what is in the Pro plan?", "faq/pricing_plans", "Rooms without limit, and single sign-on.")
THANKS = asked("thanks!", "thank", "You are welcome.")
HELLO = asked("hello", "greet", "Hello! How can I help?")
TRACK = asked("where is my order FW-104233", "track_order", "It left our warehouse yesterday.")
WOBBLES = asked("the desk wobbles at full height", "faq/warranty", "Ten years on frame and motor.", 0.61)
STILL = Said(
    "no, I mean it wobbles, how do I fix that??",
    "faq/warranty",
    confidence=0.58,
    frustration=0.62,
    signals=(REPEATED_QUESTION, "negative_wording"),
)
HUMAN = Said("can I talk to a person please", "request_human", confidence=0.98)
REFUND = Said("I want my money back for order FW-104233", "request_refund", confidence=0.93)
QUOTE = Said("we need 40 desks for our new office, can we get a quote", "custom_pricing", confidence=0.92)
WEATHER = asked("what is the weather in Amsterdam", "out_of_scope", "I only know about Fernway.", 0.9)
UNKNOWN = tuple(
    Said(text, "nlu_fallback", "I am not sure what you mean. Is it about one of these?", "utter_ask_rephrase", sure)
    for text, sure in (
        ("do you have desks for children", 0.31),
        ("can I pick it up myself in Utrecht", 0.28),
        ("do you ship to Norway with an installer", 0.29),
        ("can I change the colour of the legs later", 0.35),
        ("is the oak top vegan", 0.22),
    )
)
NOT_IT = Said("hm, that is not it", "nlu_fallback", confidence=0.2)

# how often each way happens, of a hundred that were understood
STORIES = (
    (19, Story(ORDER, (DELIVERY, THANKS), score=5)),
    (12, Story(HOME, (COST,))),
    (11, Story(DESKS, (RETURNS, WARRANTY), order=649.0)),
    (10, Story(PRICING, (PLANS, THANKS), score=4)),
    (15, Story(ORDER, (TRACK,))),
    (7, Story(DESKS, (WOBBLES, STILL), TriggerKind.FRUSTRATION)),
    (11, Story(ORDER, (TRACK, HUMAN), TriggerKind.EXPLICIT_REQUEST)),
    (5, Story(ORDER, (DELIVERY, REFUND), TriggerKind.SENSITIVE_TOPIC)),
    (5, Story(PRICING, (PLANS, QUOTE), TriggerKind.SALES_INTENT, order=4_860.0)),
    (3, Story(HOME, (WEATHER,))),
    (2, Story(HOME, (HELLO,))),
)
HOURS = (1, 0, 0, 0, 0, 0, 0, 1, 4, 12, 16, 14, 11, 13, 14, 12, 10, 5, 3, 4, 5, 4, 2, 1)
"""How many of the visits begin in which hour, on the shop's clock."""
AWAY_IS_SAID = 0.7  # of those who would like a person at night, so many ask by day instead
FRIDAY = 4
WEEKDAYS = (1.0, 0.95, 0.9, 0.9, 0.8, 0.4, 0.35)
AT_WORK = range(9, 17)  # hours in which Fernway is open
ZONE = ZoneInfo("Europe/Amsterdam")


def some_weeks(days: ShopDays, agents: list[str], first: datetime, until: datetime, busiest: int) -> None:
    """Visits of every kind, at most about ``busiest`` a day; in the second half all goes a little better."""
    chance = random.Random(7)
    halfway = first + (until - first) / 2
    day = first.astimezone(ZONE).replace(hour=0, minute=0, second=0)
    while day < until:
        many = round(busiest * WEEKDAYS[day.weekday()] * chance.uniform(0.75, 1.1))
        for hour in sorted(chance.choices(range(24), HOURS, k=many)):
            at = day + timedelta(hours=hour, seconds=chance.randrange(3600))
            if first <= at < until - timedelta(hours=1):
                _one(days, agents, at, chance, better=at > halfway)
        day += timedelta(days=1)
    days.clock.now = until


def _one(days: ShopDays, agents: list[str], at: datetime, chance: random.Random, *, better: bool) -> None:
    story = _story(chance, better=better)
    local = at.astimezone(ZONE)
    at_work = local.weekday() <= FRIDAY and local.hour in AT_WORK
    if story.trigger and not at_work and chance.random() < AWAY_IS_SAID:
        story = Story(ORDER, (DELIVERY,))
    if story.trigger is None:
        again = chance.choice(days.known) if days.known and chance.random() < 0.15 else None
        days.visit(at, story, visitor=again)
    elif at_work and chance.random() < (0.06 if better else 0.16):
        days.left_alone(at, replace(story, order=None), stays=chance.random() < 0.5)
    elif at_work:
        days.visit(at, story, _person(agents, chance, chance.lognormvariate(4.0 if better else 4.8, 0.7)))
    else:
        days.visit(at, story, _person(agents, chance, _until_morning(at) + chance.uniform(300, 2400)))


def _until_morning(at: datetime) -> float:
    morning = at.astimezone(ZONE).replace(hour=AT_WORK.start, minute=0, second=0)
    while morning <= at or morning.weekday() > FRIDAY:
        morning += timedelta(days=1)
    return (morning - at).total_seconds()


def _person(agents: list[str], chance: random.Random, after: float) -> Person:
    agent_id = chance.choices(agents, range(len(agents), 0, -1))[0]
    score = chance.choices([5, 4, 3, 2, None], [9, 5, 2, 1, 8])[0]
    return Person(agent_id, after, minutes=chance.uniform(3, 22), score=score)


def _story(chance: random.Random, *, better: bool) -> Story:
    if chance.random() < (0.1 if better else 0.22):
        unknown = chance.choices(UNKNOWN, [7, 5, 4, 3, 2])[0]
        if chance.random() < 0.34:
            return Story(DESKS, (unknown, NOT_IT), TriggerKind.LOW_CONFIDENCE)
        return Story(DESKS, (unknown, DELIVERY) if chance.random() < 0.5 else (unknown,))
    story = chance.choices([story for _, story in STORIES], [many for many, _ in STORIES])[0]
    rated, bought = chance.random() < 0.4, chance.random() < 0.5
    return replace(story, score=story.score if rated else None, order=story.order if bought else None)
