"""Which days are meant."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from handoff.domain.errors import InvalidInput
from handoff.domain.rules import HandoffRules
from handoff.metrics.period import Period, period_of, since_words

TODAY = date(2026, 11, 23)


def test_thirty_days_by_default_on_the_team_s_calendar(rules: HandoffRules) -> None:
    late = datetime(2026, 11, 23, 23, 30, tzinfo=UTC)  # already tomorrow in Amsterdam
    period = period_of(rules, late)
    assert (period.first, period.last, period.days) == (date(2026, 10, 26), date(2026, 11, 24), 30)
    assert (period.before().last, period.before().days) == (date(2026, 10, 25), 30)
    assert period_of(rules, late, last=date(2026, 1, 30)).first == date(2026, 1, 1)


@pytest.mark.parametrize(("first", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (TODAY, 24)])
def test_days_on_which_clocks_change(first: date, hours: int) -> None:
    day = Period(first, first, "Europe/Amsterdam")
    assert (day.end - day.start).total_seconds() == hours * 3600
    assert day.day_of(day.start) == first
    assert day.day_of(day.end) > first


def test_a_day_whose_midnight_is_skipped() -> None:
    day = Period(date(2026, 9, 6), date(2026, 9, 6), "America/Santiago")  # clocks go from 24:00 to 1:00
    assert (day.end - day.start).total_seconds() == 23 * 3600
    assert day.day_of(day.start) == day.first


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("7d", date(2026, 11, 17)),
        ("1d", TODAY),
        ("4w", date(2026, 10, 27)),
        (" 2026-11-01 ", date(2026, 11, 1)),
    ],
)
def test_since(words: str, first: date) -> None:
    assert since_words(words, TODAY) == first


@pytest.mark.parametrize(
    ("words", "remedy"),
    [("0d", "Write 7d"), ("7", "Write 7d"), ("last week", "Write 7d"), ("99w", "366 days is the limit")],
)
def test_what_since_does_not_understand(words: str, remedy: str) -> None:
    with pytest.raises(InvalidInput, match=remedy):
        since_words(words, TODAY)
