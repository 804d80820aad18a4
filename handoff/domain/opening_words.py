"""Says a moment as visitors read it: "tomorrow at 09:00 your time"."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from handoff.domain.timezones import zone_named

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Written out, since ``strftime`` would follow the language of the server."""

NEAR_DAYS = {0: "today", 1: "tomorrow"}


def when_words(opens_at: datetime, now: datetime, visitor_timezone: str | None, team_timezone: str) -> str:
    """Say when ``opens_at`` is, by the visitor's clock if their zone is known and by the team's if not.

    Args:
        opens_at: the moment to say.
        now: when it is read; "today" and "tomorrow" are seen from here.
        visitor_timezone: what the visitor's browser says, which may be nonsense.
        team_timezone: a zone that exists.

    Returns:
        "today at 14:00", "tomorrow at 09:00" or "on Monday 30 November at 09:00", and whose time that is: nothing when
        both clocks agree, " your time" when they do not, " (Amsterdam time)" when the visitor's zone is unknown.
    """
    team = ZoneInfo(team_timezone)
    visitor = zone_named(visitor_timezone)
    local = opens_at.astimezone(visitor or team)
    words = f"{_day_words(local, now.astimezone(visitor or team))} at {local:%H:%M}"
    if visitor is None:
        return f"{words} ({_zone_words(opens_at.astimezone(team), team)})"
    # by what the clocks show, not by name: to somebody in Berlin the time in Amsterdam is simply the time
    return words if local.utcoffset() == opens_at.astimezone(team).utcoffset() else f"{words} your time"


def _day_words(local: datetime, now: datetime) -> str:
    near = NEAR_DAYS.get((local.date() - now.date()).days)
    return near or f"on {DAYS[local.weekday()]} {local.day} {MONTHS[local.month - 1]}"


def _zone_words(local: datetime, zone: ZoneInfo) -> str:
    """ "Amsterdam time" for Europe/Amsterdam; names without a place, such as UTC, by their distance from UTC."""
    area, _, place = zone.key.rpartition("/")
    if area and area != "Etc":
        return f"{place.replace('_', ' ')} time"
    return f"UTC{local.isoformat(timespec='minutes')[-len('+00:00') :]}" if local.utcoffset() else "UTC"
