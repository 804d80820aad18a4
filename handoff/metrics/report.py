"""The weekly report: the questions of the overview with one week against the one before, and what to do next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection

from handoff.domain.rules import HandoffRules
from handoff.mail.report import Letter
from handoff.metrics.overview import overview
from handoff.metrics.period import Period, timezone_of
from handoff.metrics.report_words import Change, change_of, discreet, made_from, value_words
from handoff.metrics.values import BreakdownRow, Metric, Overview

TEMPLATES = Path(__file__).parent / "templates"
DAYS_A_WEEK = 7
LONGEST_QUESTION = 160  # characters; the beginning says what it is about

QUESTIONS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Do visitors get help?", ("visits", "handoffs", "handoff_rate", "containment", "honest_containment")),
    (
        "How fast are we?",
        (
            "first_reply_median",
            "first_reply_p90",
            "first_reply_open_median",
            "resolution_median",
            "missed_rate",
            "abandoned_rate",
        ),
    ),
    (
        "Are they happy?",
        ("csat_handoff", "csat_assistant", "conversion_handoff", "conversion_assistant", "conversion_value"),
    ),
    ("What goes wrong?", ("wrong_answer_rate", "fallback_rate", "repeat_rate")),
)
"""The page of metrics asks the same."""
CONVERSIONS = frozenset({"conversion_handoff", "conversion_assistant", "conversion_value"})
KNOWN_LATER = frozenset({"honest_containment", "repeat_rate"})
"""Whether visitors come back is known when their time for it is over."""


@dataclass(frozen=True)
class Line:
    """One metric as the report shows it."""

    label: str
    value: str
    made_from: str
    change: Change
    before: str
    help: str


@dataclass(frozen=True)
class Day:
    """One day; the bars are in per cent of the longest."""

    name: str
    visits: int
    handoffs: int
    bar: int


@dataclass(frozen=True)
class Advice:
    """Something worth doing, and where."""

    text: str
    link_text: str
    link: str


def weekly_letter(
    connection: Connection, rules: HandoffRules, monday: date, *, desk_link: str, now: datetime
) -> Letter:
    """The report about the week that begins on ``monday``.

    Args:
        connection: a reading connection.
        rules: of this project.
        monday: the first day of the week.
        desk_link: address of the desk, for links.
        now: decides whose time to come back is over.
    """
    period = Period(monday, monday + timedelta(days=DAYS_A_WEEK - 1), timezone_of(rules))
    found = overview(connection, rules, period, now=now)
    by_name = {metric.name: metric for metric in found.metrics}
    content = {
        "title": f"Week {monday.isocalendar().week}: {_span(period)}",
        "opening": _opening(by_name),
        "questions": list(_answers(by_name)),
        "days": _days(found),
        "reasons": [row for row in found.breakdowns["trigger"] if row.handoffs],
        "topics": _most(found.breakdowns["topic"]),
        "unanswered": [(_short(discreet(row.text)), row.count) for row in found.unanswered],
        "advice": list(_advice(by_name, desk_link, period)),
        "overview": _link(desk_link, "/desk/metrics", period),
        "percent": lambda value: value_words(value, "share"),
    }
    templates = _templates()
    return Letter(
        subject=f"Your assistant in week {monday.isocalendar().week}, {_span(period)}",
        html=templates.get_template("report.html").render(content),
        text=templates.get_template("report.txt").render(content),
    )


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _span(period: Period) -> str:
    """``16 to 22 November 2026``"""
    first, last = period.first, period.last
    begin = f"{first.day}"
    if first.month != last.month:
        begin += f" {first:%B}"
    if first.year != last.year:
        begin += f" {first.year}"
    return f"{begin} to {last.day} {last:%B} {last.year}"


def _opening(metrics: dict[str, Metric]) -> str:
    visits, handed, kept = metrics["visits"], metrics["handoff_rate"], metrics["containment"]
    if not visits.denominator:
        return "Nobody wrote to the assistant in this week."
    words = f"{visits.denominator:,} {'visit' if visits.denominator == 1 else 'visits'}"
    if visits.before is not None and visits.before.denominator:
        words += f", {visits.before.denominator:,} in the week before"
    words += f". {value_words(handed.value, handed.unit)} of them were handed to a person"
    if kept.value is not None:
        words += f"; of those with a question the assistant answered {value_words(kept.value, kept.unit)} by itself"
    return f"{words}."


def _answers(metrics: dict[str, Metric]) -> Iterator[tuple[str, list[Line]]]:
    for question, names in QUESTIONS:
        found = [_line(metrics[name]) for name in names if _is_known(metrics[name])]
        if found:
            yield question, found


def _is_known(metric: Metric) -> bool:
    """Whether it says anything, in this week or the one before; a shop that tells of no orders needs no line of it."""
    values = (metric.value, metric.before.value if metric.before else None)
    return any(values) if metric.name in CONVERSIONS else any(value is not None for value in values)


def _line(metric: Metric) -> Line:
    before = metric.before.value if metric.before else None
    if metric.note and metric.name in KNOWN_LATER and metric.before is not None:
        return _of_the_week_before(metric)
    return Line(
        label=metric.label,
        value=value_words(metric.value, metric.unit, metric.currency),
        made_from=made_from(metric),
        change=change_of(metric),
        before=value_words(before, metric.unit, metric.currency),
        help=metric.help + (f" {metric.note}" if metric.note else ""),
    )


def _of_the_week_before(metric: Metric) -> Line:
    """What the week itself does not tell yet, since its visitors may still come back."""
    before = metric.before
    assert before is not None, "asked before"
    earlier = replace(
        metric, value=before.value, numerator=before.numerator, denominator=before.denominator, before=None
    )
    return Line(
        label=f"{metric.label} (the week before)",
        value=value_words(earlier.value, earlier.unit),
        made_from=made_from(earlier),
        change=Change(""),
        before="",
        help=f"{metric.help} This week is too recent to tell.",
    )


def _days(found: Overview) -> list[Day]:
    visits, handoffs = found.trend.series["visits"], found.trend.series["handoffs"]
    most = max((number or 0 for number in visits), default=0)
    return [
        Day(
            name=f"{date.fromisoformat(day):%A}",
            visits=int(came or 0),
            handoffs=int(handed or 0),
            bar=round(100 * (came or 0) / most) if most else 0,
        )
        for day, came, handed in zip(found.trend.days, visits, handoffs, strict=True)
    ]


def _most(rows: list[BreakdownRow]) -> list[BreakdownRow]:
    return sorted((row for row in rows if row.visits or row.handoffs), key=lambda row: -(row.visits or 0))


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_QUESTION else line[: LONGEST_QUESTION - 1].rstrip() + "\u2026"


def _advice(metrics: dict[str, Metric], desk_link: str, period: Period) -> list[Advice]:
    """What is worth a click, the most useful first."""
    found = []
    unknown, doubts = metrics["fallback_rate"].numerator or 0, metrics["wrong_answer_rate"].numerator or 0
    if unknown or doubts:
        words = f"{_counted(unknown, 'message was', 'messages were')} not understood, and "
        words += f"{_counted(doubts, 'answer was', 'answers were')} probably wrong. Teach the assistant what to say."
        found.append(Advice(words, "Open the review", _link(desk_link, "/desk/review", period)))
    for name, one, many in (
        (
            "missed_rate",
            "handoff was missed: nobody took it in time.",
            "handoffs were missed: nobody took them.",
        ),
        ("abandoned_rate", "visitor left while waiting for a person.", "visitors left while waiting for a person."),
    ):
        count = metrics[name].numerator or 0
        if count:
            link = _link(desk_link, "/desk/metrics", period, metric=name)
            found.append(Advice(_counted(count, one, many), "See these conversations", link))
    if metrics["visits"].denominator:
        link = _link(desk_link, "/desk/what-if", period)
        found.append(Advice("Would other thresholds have brought people in sooner, or less often?", "Try it out", link))
    return found


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


def _link(desk_link: str, path: str, period: Period, **more: str) -> str:
    query = urlencode({"from": period.first.isoformat(), "to": period.last.isoformat(), **more})
    return f"{desk_link}{path}?{query}"
