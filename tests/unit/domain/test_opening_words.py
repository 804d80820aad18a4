from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from handoff.domain.opening_words import when_words

NOW = datetime(2026, 11, 26, 20, tzinfo=UTC)  # Thursday, 21:00 in Amsterdam
MORNING = datetime(2026, 11, 27, 8, tzinfo=UTC)  # Friday, 09:00 in Amsterdam
TEAM = "Europe/Amsterdam"


def test_nothing_is_added_for_a_visitor_in_the_teams_zone() -> None:
    assert when_words(MORNING, NOW, TEAM, TEAM) == "tomorrow at 09:00"


def test_a_zone_of_another_name_with_the_same_clock_is_the_same() -> None:
    assert when_words(MORNING, NOW, "Europe/Berlin", TEAM) == "tomorrow at 09:00"


@pytest.mark.parametrize(
    ("visitor", "words"),
    [
        ("America/New_York", "tomorrow at 03:00 your time"),
        ("Asia/Kolkata", "today at 13:30 your time"),  # where it is Friday already
        ("Pacific/Honolulu", "today at 22:00 your time"),  # where it is Thursday still
        ("Europe/London", "tomorrow at 08:00 your time"),
        ("Asia/Calcutta", "today at 13:30 your time"),  # what Chrome calls Asia/Kolkata
    ],
)
def test_the_visitors_clock_and_day_count(visitor: str, words: str) -> None:
    assert when_words(MORNING, NOW, visitor, TEAM) == words


def test_later_today() -> None:
    assert when_words(NOW.replace(hour=13), NOW.replace(hour=7), TEAM, TEAM) == "today at 14:00"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (2, "on Saturday 28 November at 09:00"),
        (4, "on Monday 30 November at 09:00"),
        (7, "on Thursday 3 December at 09:00"),  # not "on Thursday", which is today
        (38, "on Sunday 3 January at 09:00"),
    ],
)
def test_other_days_are_named_by_date(days: int, words: str) -> None:
    assert when_words(MORNING + timedelta(days=days - 1), NOW, TEAM, TEAM) == words


def test_tomorrow_is_by_the_calendar_and_not_by_24_hours() -> None:
    past_midnight = datetime(2026, 11, 26, 23, 30, tzinfo=UTC)  # Friday, 00:30 in Amsterdam
    assert when_words(MORNING, past_midnight, TEAM, TEAM) == "today at 09:00"
    nearly_two_days = datetime(2026, 11, 27, 22, 30, tzinfo=UTC)
    assert when_words(nearly_two_days, NOW.replace(hour=0), TEAM, TEAM) == "tomorrow at 23:30"


def test_the_hour_is_that_of_the_opening_when_clocks_change_in_between() -> None:
    friday = datetime(2026, 10, 23, 18, tzinfo=UTC)  # summer time
    monday = datetime(2026, 10, 26, 8, tzinfo=UTC)  # winter time
    assert when_words(monday, friday, None, TEAM) == "on Monday 26 October at 09:00 (Amsterdam time)"
    # New York changes a week later: five hours apart for that week
    assert when_words(monday, friday, "America/New_York", TEAM) == "on Monday 26 October at 04:00 your time"


@pytest.mark.parametrize(
    "unknown",
    [
        None,
        "",
        "Europe/Atlantis",
        "Europe",
        "../../etc/passwd",
        "/etc/localtime",
        "a\0b",
        "\ud800",
        "x" * 5_000,
        "(none)",
    ],
)
def test_the_teams_zone_is_named_when_the_visitors_is_not_known(unknown: str | None) -> None:
    assert when_words(MORNING, NOW, unknown, TEAM) == "tomorrow at 09:00 (Amsterdam time)"


@pytest.mark.parametrize(
    ("team", "words"),
    [
        ("America/New_York", "tomorrow at 03:00 (New York time)"),
        ("America/Argentina/Buenos_Aires", "tomorrow at 05:00 (Buenos Aires time)"),
        ("UTC", "tomorrow at 08:00 (UTC)"),
        ("Etc/GMT-5", "today at 13:00 (UTC+05:00)"),  # whose name has the sign the wrong way round
    ],
)
def test_how_the_teams_zone_is_named(team: str, words: str) -> None:
    assert when_words(MORNING, NOW, None, team) == words
