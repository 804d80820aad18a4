"""When the weekly report is due, and which week it is about."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from handoff.domain.weekly_report import ReportRules, last_whole_week, monday_of

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
MONDAYS = ReportRules(("boss@fernway.example",))


def at(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("now", "due"),
    [
        (at(2026, 11, 23, 7, 0), at(2026, 11, 23, 7, 0)),
        (at(2026, 11, 23, 6, 59, 59), at(2026, 11, 16, 7, 0)),
        (at(2026, 11, 29, 23, 30), at(2026, 11, 23, 7, 0)),
        (at(2026, 11, 30, 7, 0), at(2026, 11, 30, 7, 0)),
    ],
)
def test_it_is_due_once_a_week(now: datetime, due: datetime) -> None:
    assert MONDAYS.latest(now, AMSTERDAM) == due


def test_it_is_due_at_the_teams_time_also_when_clocks_change() -> None:
    """Summer time ended on 25 October 2026."""
    assert MONDAYS.latest(at(2026, 10, 20), AMSTERDAM) == at(2026, 10, 19, 6, 0)
    assert MONDAYS.latest(at(2026, 10, 27), AMSTERDAM) == at(2026, 10, 26, 7, 0)


def test_any_day_and_time() -> None:
    sundays = ReportRules(("boss@fernway.example",), 6, time(23, 30))
    assert sundays.latest(at(2026, 11, 23), AMSTERDAM) == at(2026, 11, 22, 22, 30)


def test_it_is_about_the_week_that_was_over_by_then() -> None:
    assert last_whole_week(date(2026, 11, 23)) == date(2026, 11, 16)
    assert last_whole_week(date(2026, 11, 29)) == date(2026, 11, 16)
    assert monday_of(date(2026, 11, 29)) == monday_of(date(2026, 11, 23)) == date(2026, 11, 23)
