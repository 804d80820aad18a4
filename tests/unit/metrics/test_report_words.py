"""Numbers of the weekly report in words, and what is said of a difference."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.metrics.report_words import Change, change_of, discreet, made_from, value_words
from handoff.metrics.values import Before, Metric


def metric(value: float | None, was: float | None, **more: Any) -> Metric:
    facts: dict[str, Any] = {"unit": "share", "better": "higher", "numerator": None, "denominator": 100}
    facts |= {"name": "m", "label": "M", "help": "", "low": None, "high": None, "drill": True} | more
    count = facts.pop("was_of", facts["denominator"])
    before = Before(was, round(was * count) if was is not None and facts["unit"] == "share" else None, count)
    if facts["unit"] == "share" and value is not None:
        facts["numerator"] = round(value * facts["denominator"])
    return Metric(value=value, before=before, **facts)


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (None, "share", "\u2013"),
        (0.0, "share", "0\u00a0%"),
        (0.004, "share", "0.4\u00a0%"),
        (0.294, "share", "29\u00a0%"),
        (0.996, "share", "99.6\u00a0%"),
        (1.0, "share", "100\u00a0%"),
        (840.0, "seconds", "14\u00a0min"),
        (4.25, "score", "4.2 of 5"),
        (1234.0, "count", "1,234"),
        (549.5, "money", "549.50\u00a0EUR"),
        (12345.6, "money", "12,346\u00a0EUR"),
    ],
)
def test_a_value(value: float | None, unit: str, words: str) -> None:
    assert value_words(value, unit, "EUR") == words


def test_what_it_is_made_from() -> None:
    assert made_from(metric(0.29, None, denominator=412)) == "119 of 412"
    assert made_from(metric(840.0, None, unit="seconds", denominator=96)) == "from 96"
    assert made_from(metric(5.0, None, unit="count")) == ""
    assert made_from(metric(None, None, denominator=0)) == ""


@pytest.mark.parametrize(
    ("more", "change"),
    [
        ({"value": 0.6, "was": 0.3}, Change("+30 points, better", "good")),
        ({"value": 0.6, "was": 0.3, "better": "lower"}, Change("+30 points, worse", "bad")),
        ({"value": 0.3, "was": 0.6, "better": "lower"}, Change("\u221230 points, better", "good")),
        ({"value": 0.31, "was": 0.3}, Change("+1 point, may be chance")),
        ({"value": 0.6, "was": 0.3, "denominator": 10}, Change("+30 points, may be chance")),
        ({"value": 0.3, "was": 0.3}, Change("as before")),
        ({"value": 0.3, "was": None}, Change("")),
        ({"value": None, "was": 0.3}, Change("")),
        ({"value": 120.0, "was": 60.0, "unit": "seconds", "better": "lower"}, Change("+60 s, worse", "bad")),
        (
            {"value": 120.0, "was": 60.0, "unit": "seconds", "better": "lower", "denominator": 19},
            Change("+60 s, may be chance"),
        ),
        ({"value": 150.0, "was": 100.0, "unit": "count", "better": None}, Change("+50\u00a0%")),
        ({"value": 150.0, "was": 0.0, "unit": "count", "better": None}, Change("+150")),
        ({"value": 4.5, "was": 4.1, "unit": "score"}, Change("+0.4, better", "good")),
    ],
)
def test_a_difference(more: dict[str, Any], change: Change) -> None:
    assert change_of(metric(**more)) == change


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("write to anna.jansen@example.org please", "write to [e-mail] please"),
        ("my order FW-104233", "my order FW-[number]"),
        ("call 06 12 34 56 78", "call [number]"),
        ("3 to 5 days, 2026", "3 to 5 days, 2026"),
    ],
)
def test_words_that_leave_the_desk_name_nobody(said: str, told: str) -> None:
    assert discreet(said) == told
