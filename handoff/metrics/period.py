"""The days that numbers are counted over, as the team's calendar has them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handoff.domain.errors import InvalidInput
from handoff.domain.rules import HandoffRules
from handoff.persistence.metric_scope import EVERYTHING, Filters, Scope

DEFAULT_DAYS = 30
LONGEST_DAYS = 366  # a year with its leap day: what one compares, and what one answer can hold
EARLIEST = date(2000, 1, 1)  # before any visit, and far enough from the first year that a calendar knows
LATEST = date(2200, 1, 1)
_AGO = re.compile(r"(\d{1,4})([dw])")
DAYS_A_WEEK = 7


@dataclass(frozen=True)
class Period:
    """Whole days, both ends included, in one time zone. A day has 23 or 25 hours when clocks change.

    Raises:
        InvalidInput: it ends before it begins, is longer than :data:`LONGEST_DAYS`, or lies far from our time.
    """

    first: date
    last: date
    timezone: str

    def __post_init__(self) -> None:
        if self.first > self.last:
            raise InvalidInput(f"The period begins on {self.first} and ends before, on {self.last}. Swap the two.")
        if self.days > LONGEST_DAYS:
            raise InvalidInput(f"The period has {self.days} days; {LONGEST_DAYS} is the limit. Ask for a shorter one.")
        if self.first < EARLIEST or self.last >= LATEST:
            raise InvalidInput(f"The period must lie between {EARLIEST} and {LATEST}.")

    @property
    def days(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    @property
    def zone(self) -> ZoneInfo:
        """The time zone."""
        return ZoneInfo(self.timezone)

    @property
    def start(self) -> datetime:
        """The moment at which it begins, in UTC."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The moment at which it is over, in UTC."""
        return self._midnight(self.last + timedelta(days=1))

    def dates(self) -> list[date]:
        """Every day of it, in order."""
        return [self.first + timedelta(days=number) for number in range(self.days)]

    def day_of(self, at: datetime) -> date:
        """Which day it is at ``at``."""
        return at.astimezone(self.zone).date()

    def before(self) -> Period:
        """The same number of days right before it."""
        last = self.first - timedelta(days=1)
        return Period(last - timedelta(days=self.days - 1), last, self.timezone)

    def scope(self, filters: Filters = EVERYTHING) -> Scope:
        """This time, and ``filters``."""
        return Scope(self.start, self.end, filters)

    def _midnight(self, day: date) -> datetime:
        # where clocks skip midnight, the offset before the skip makes this the moment at which the day begins
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)


def timezone_of(rules: HandoffRules) -> str:
    """The time zone that days are counted in: the team's, or UTC where handoff.yml names none."""
    return rules.hours.common.timezone if rules.hours.common else "UTC"


def period_of(rules: HandoffRules, now: datetime, first: date | None = None, last: date | None = None) -> Period:
    """The days from ``first`` to ``last``; by default the :data:`DEFAULT_DAYS` days up to today, or up to ``last``.

    Raises:
        InvalidInput: see :class:`Period`.
    """
    timezone = timezone_of(rules)
    until = last or now.astimezone(ZoneInfo(timezone)).date()
    return Period(first or until - timedelta(days=DEFAULT_DAYS - 1), until, timezone)


def since_words(words: str, until: date) -> date:
    """The first day that ``7d``, ``4w`` or a date stands for; ``7d`` are seven days that end with ``until``.

    Raises:
        InvalidInput: it is none of these.
    """
    found = _AGO.fullmatch(words.strip())
    if found is not None and int(found[1]) > 0:
        days = int(found[1]) * (DAYS_A_WEEK if found[2] == "w" else 1)
        if days <= LONGEST_DAYS:
            return until - timedelta(days=days - 1)
        raise InvalidInput(f"--since {words}: {LONGEST_DAYS} days is the limit. Ask for a shorter time.")
    return date_words(words, "--since", "7d (days), 4w (weeks) or a date such as 2026-11-01")


def date_words(words: str, where: str, wanted: str = "a date such as 2026-11-30") -> date:
    """The date that ``words`` write as year-month-day.

    Raises:
        InvalidInput: they do not; the message says what is ``wanted``.
    """
    try:
        return date.fromisoformat(words.strip())
    except ValueError as error:
        raise InvalidInput(f"{where} {words}: that is no time. Write {wanted}.") from error
