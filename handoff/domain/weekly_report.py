"""When the weekly report is sent, to whom, and which week it is about."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReportRules:
    """Section ``metrics.report`` of handoff.yml.

    Attributes:
        to: addresses that it goes to.
        day: of the week, 0 is Monday.
        at: time of day, in the team's time zone.
    """

    to: tuple[str, ...]
    day: int = 0
    at: time = time(8)

    def latest(self, now: datetime, zone: ZoneInfo) -> datetime:
        """When it was to be sent last, in UTC; ``now`` counts."""
        today = now.astimezone(zone).date()
        moment = self._on(today - timedelta(days=(today.weekday() - self.day) % len(WEEKDAYS)), zone)
        return moment if moment <= now else self._on(moment.astimezone(zone).date() - WEEK, zone)

    def _on(self, day: date, zone: ZoneInfo) -> datetime:
        return datetime.combine(day, self.at, zone).astimezone(UTC)


def monday_of(day: date) -> date:
    """The first day of the week that ``day`` is in."""
    return day - timedelta(days=day.weekday())


def last_whole_week(day: date) -> date:
    """The Monday of the week that was over when ``day`` began."""
    return monday_of(day) - WEEK
