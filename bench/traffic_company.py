"""The company of the planned traffic: what its visitors ask, on which pages, when they come, and who works when."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Amsterdam")
FIRST_DAY = date(2026, 10, 10)
"""A Saturday. Clocks go back on 25 October, so a month from here has a day of 25 hours, and no public holiday."""
CLOCKS_GO_BACK = date(2026, 10, 25)

WEEKDAY_HOURS = (time(9), time(17, 30))
SATURDAY = 5
SATURDAY_HOURS = {"sales": (time(10), time(14))}
"""Queues that are open on Saturdays too."""

BUSY_BY_WEEKDAY = (1.2, 1.15, 1.1, 1.05, 1.0, 0.65, 0.6)
BUSY_BY_HOUR = (5, 3, 2, 2, 2, 3, 6, 14, 38, 72, 92, 96, 84, 88, 98, 92, 80, 52, 34, 34, 36, 32, 22, 12)
"""Visits by hour of the day, as shares of a common whole: offices by day, homes in the evening."""

PAGES = {
    f"https://fernway.example/{name}": weight
    for name, weight in (
        ("", 30),
        ("pricing.html", 22),
        ("order.html", 20),
        ("shop.html", 14),
        ("delivery.html", 9),
        ("returns.html", 7),
        ("account.html", 6),
        ("contact.html", 6),
        *((f"desks/model-{number}.html", 3) for number in range(1, 13)),
        *((f"blog/{number}.html", 1) for number in range(1, 9)),
    )
}


@dataclass(frozen=True)
class Subject:
    """What a topic is asked about: FAQs, matters that lead to a person by themselves, and what a form looks into."""

    queue: str
    faqs: tuple[tuple[str, tuple[str, ...]], ...]
    handed: tuple[tuple[str, str, str], ...]  # trigger, intent, words
    form: tuple[str, str] | None
    ask_for_team: str | None


TOPICS = {
    "sales": Subject(
        "sales",
        (
            ("faq/pricing_plans", ("What does the Team plan cost?", "What plans are there?")),
            ("faq/free_trial", ("Can I try it for free?", "How long is the trial?")),
            ("faq/discount", ("Is there a student discount?", "Any discount for ten desks?")),
        ),
        (
            ("sales_intent", "demo_request", "I would like to see a demo"),
            ("sales_intent", "custom_pricing", "We need a quote for 60 desks"),
            ("sales_intent", "enterprise_enquiry", "Tell me about the Enterprise plan"),
        ),
        None,
        "Let me talk to sales",
    ),
    "support": Subject(
        "support",
        (
            ("faq/delivery_time", ("How long does delivery take?", "When will my desk arrive?")),
            ("faq/return_policy", ("Can I return a desk?", "How do returns work?")),
            ("faq/warranty", ("How long is the warranty?", "Is the motor covered?")),
        ),
        (("sensitive_topic", "complaint", "I want to make a complaint about my desk"),),
        ("track_order", "Where is my order?"),
        "Give me customer service",
    ),
    "billing": Subject(
        "billing",
        (
            ("faq/refund_time", ("When do I get my money back?", "How long does a refund take?")),
            ("faq/payment_methods", ("Can I pay by invoice?", "Which cards do you take?")),
        ),
        (
            ("sensitive_topic", "request_refund", "I want my money back"),
            ("sensitive_topic", "billing_dispute", "You charged me twice"),
        ),
        ("payment_problem", "My payment does not go through"),
        "I want to speak to billing",
    ),
    "technical": Subject(
        "technical",
        (
            ("faq/account_password", ("I forgot my password", "How do I reset my password?")),
            ("faq/booking_steps", ("How do I book a room?", "Where do I book a meeting room?")),
        ),
        (),
        ("account_problem", "I cannot log in"),
        "Put me through to technical support",
    ),
    "general": Subject(
        "support",  # not a queue of its own, so that queue and topic are two things
        (
            ("faq/opening_hours", ("When are you open?", "Are you open on Sunday?")),
            ("faq/newsletter", ("How do I stop the newsletter?", "Where do I subscribe?")),
        ),
        (
            ("sensitive_topic", "legal_question", "Is this in line with the law?"),
            ("sensitive_topic", "privacy_request", "Send me all data that you have about me"),
        ),
        None,
        None,
    ),
}
TOPIC_WEIGHTS = {"sales": 24, "support": 38, "billing": 16, "technical": 12, "general": 10}
TOPIC_OF_QUEUE = {"sales": "sales", "support": "support", "billing": "billing", "technical": "technical"}
DEFAULT_TOPIC = "general"

UNCLEAR = (
    "the thing with the thing",
    "it wobbles when I lean",
    "can the motor be quieter",
    "does it fit through a 70 cm door",
    "do you plant trees",
    "my cat sits on it",
    "what about the other one",
    "is the top real wood",
    "same as last time",
    "which screws",
    "how loud is it in decibel",
    "it says E05",
    "how do I take it apart",
    "can two people share one",
    "does it work on carpet",
)
OFF_TOPIC = (
    "what is the weather like",
    "who won the match",
    "tell me a joke",
    "can you write an essay for me",
    "what is the capital of Peru",
    "are you married",
)

VARIANTS = {"earlier-offer:control": 0.5, "earlier-offer:earlier": 0.3, None: 0.2}
"""Who is in which part of an experiment; visitors of before it are in none."""


@dataclass(frozen=True)
class Worker:
    """An agent: the topics they look after (none: all), when they work, and with how many visitors at a time."""

    name: str
    display_name: str
    topics: tuple[str, ...]
    days: tuple[int, ...]
    begin: time
    end: time
    at_once: int


_ALL_WEEK = (0, 1, 2, 3, 4)
TEAM = (
    Worker("sanne", "Sanne de Vries", ("support", "billing", "general"), _ALL_WEEK, time(8, 45), time(16, 40), 5),
    Worker("jonas", "Jonas Weber", ("sales",), (0, 1, 2, 3, 5), time(9, 5), time(17, 0), 3),
    Worker("amira", "Amira Haddad", (), _ALL_WEEK, time(8, 50), time(17, 20), 5),
    Worker("pieter", "Pieter Bos", ("technical", "support"), (0, 1, 3, 4), time(8, 55), time(12, 0), 5),
    Worker("lucia", "Lucia Romano", ("sales", "billing"), (1, 2, 3, 4), time(11, 0), time(17, 30), 3),
    Worker("tom", "Tom Jansen", ("support", "technical"), (0, 2, 4), time(8, 45), time(13, 30), 5),
    Worker("noor", "Noor Bakker", ("support", "general"), (0, 1, 2), time(8, 50), time(12, 30), 4),
)
SMALL_TEAM = (
    replace(TEAM[0], at_once=1),
    replace(TEAM[1], topics=("sales", "technical"), days=(*_ALL_WEEK, 5), at_once=1),
    replace(TEAM[2], begin=time(13, 0), at_once=2),
)
"""For little traffic: somebody for everything, but not at every hour, and for few at a time."""


def local(day: date, at: time, *, second_time: bool = False) -> datetime:
    """The moment, in UTC, at which the clock on the company's wall says so; of a repeated hour the first or second."""
    return datetime.combine(day, at, ZONE).replace(fold=int(second_time)).astimezone(UTC)


def open_spans(queue: str, day: date) -> list[tuple[datetime, datetime]]:
    """When ``queue`` is open on ``day``."""
    if day.weekday() < SATURDAY:
        hours: tuple[time, time] | None = WEEKDAY_HOURS
    else:
        hours = SATURDAY_HOURS.get(queue) if day.weekday() == SATURDAY else None
    return [(local(day, hours[0]), local(day, hours[1]))] if hours else []


def is_open(queue: str, at: datetime) -> bool:
    """Whether ``queue`` is open at ``at``."""
    return any(begin <= at < end for begin, end in open_spans(queue, at.astimezone(ZONE).date()))


def next_opening(queue: str, at: datetime) -> datetime:
    """When ``queue`` opens next after ``at``."""
    day = at.astimezone(ZONE).date()
    while True:
        for begin, _ in open_spans(queue, day):
            if begin > at:
                return begin
        day += timedelta(days=1)


def open_seconds(queue: str, since: datetime, until: datetime) -> int:
    """Seconds between two moments during which ``queue`` is open."""
    total, day = 0.0, since.astimezone(ZONE).date()
    while day <= until.astimezone(ZONE).date():
        for begin, end in open_spans(queue, day):
            total += max(0.0, (min(end, until) - max(begin, since)).total_seconds())
        day += timedelta(days=1)
    return int(total)
