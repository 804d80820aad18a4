"""Opening hours: is a queue open, when does it open next, and when does it close.

A queue is open whenever the clock on its team's wall stands within a span of that day. This settles the days on which
clocks change, too. An hour that is skipped never appears on the wall: a span in it does not happen, and a span that
begins in it begins when the skip ends. An hour that is repeated counts both times.

All arithmetic is on stretches of time with one offset from UTC, where wall time and UTC differ by a constant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

LOOK_AHEAD = timedelta(days=400)
"""How far openings are looked for: more than a year, so that what opens once a year is found."""

DAY = timedelta(days=1)
SECONDS_A_DAY = 86_400
SECOND = timedelta(seconds=1)  # offsets change at whole seconds

END_OF_DAY = time.max
"""The end of a span that lasts until midnight, written 24:00, which ``time`` cannot say."""


class Span(NamedTuple):
    """Part of a day by the clock on the wall, from ``start`` up to ``end``, which is later and no longer part of it."""

    start: time
    end: time

    def holds(self, wall: time) -> bool:
        """Whether ``wall`` is within; the last moment of a day belongs to what lasts until midnight."""
        return self.start <= wall and (wall < self.end or self.end == END_OF_DAY)


class Stretch(NamedTuple):
    """Time that is open, in UTC, from ``start`` up to ``end``."""

    start: datetime
    end: datetime


def no_holidays(day: date) -> str | None:
    """The calendar of a team that works on every public holiday."""
    return None


@dataclass(frozen=True)
class QueueHours:
    """The opening hours of one queue.

    Attributes:
        timezone: where the team is, such as ``Europe/Amsterdam``.
        weekly: spans by day of the week, 0 is Monday; a day that is missing is closed.
        closed: the team's own closed days, each with the reason that visitors may read.
        special: days with spans of their own, which win over everything else; without spans the day is closed.
        holiday: name of the public holiday on a day, None when there is none.
    """

    timezone: str
    weekly: Mapping[int, tuple[Span, ...]]
    closed: Mapping[date, str] = field(default_factory=dict)
    special: Mapping[date, tuple[Span, ...]] = field(default_factory=dict)
    holiday: Callable[[date], str | None] = no_holidays

    def is_open(self, at: datetime) -> bool:
        """Whether the queue is open at ``at``, which must know its zone."""
        wall = _aware(at).astimezone(self._zone)
        return any(span.holds(wall.time()) for span in self.spans(wall.date()))

    def next_opening(self, at: datetime) -> datetime | None:
        """The first moment after ``at`` at which it goes from closed to open, in UTC; None when there is none within
        :data:`LOOK_AHEAD`, as for a queue that never closes."""
        open_until: datetime | None = None
        for start, end in self._stretches(at):
            if start > at and (open_until is None or start > open_until):
                return start
            open_until = end if open_until is None else max(open_until, end)
        return None

    def closes_at(self, at: datetime) -> datetime | None:
        """When it closes, in UTC, if it is open at ``at``; spans that touch are one. None when it is closed, or stays
        open for :data:`LOOK_AHEAD`."""
        open_until: datetime | None = None
        for start, end in self._stretches(at):
            if open_until is None:
                open_until = end if start <= at < end else None
            elif start > open_until:
                return open_until
            else:
                open_until = max(open_until, end)
        return open_until if open_until is not None and open_until < _begin_of_search(at) + LOOK_AHEAD else None

    def open_seconds(self, since: datetime, until: datetime) -> int:
        """Seconds between two moments during which it is open."""
        total, covered = timedelta(), since
        for start, end in self._stretches(since):
            if start >= until:
                break
            begin, stop = max(start, covered), min(end, until)
            if begin < stop:
                total += stop - begin
                covered = stop  # spans may overlap, and every second counts once
        return int(total.total_seconds())

    def closed_because(self, day: date) -> str | None:
        """What keeps the queue closed on a day of its own calendar: the team's reason, or the name of the holiday. None
        on days that follow the week or have special hours."""
        if self.special.get(day):
            return None
        return self.closed[day] if day in self.closed else self.holiday(day)

    def day_of(self, at: datetime) -> date:
        """Which day it is for the team at ``at``."""
        return _aware(at).astimezone(self._zone).date()

    def spans(self, day: date) -> tuple[Span, ...]:
        """When it is open on ``day``, earliest first, by the clock on the wall."""
        if day in self.special:
            return tuple(sorted(self.special[day]))
        if self.closed_because(day) is not None:
            return ()
        return tuple(sorted(self.weekly.get(day.weekday(), ())))

    @property
    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)  # which keeps the zones it has read

    def _stretches(self, at: datetime) -> Iterator[Stretch]:
        """Open time from the beginning of the UTC day of ``at`` on, in order; one span may come in parts that touch."""
        begin = _begin_of_search(at)
        end = begin + LOOK_AHEAD
        while begin < end:
            for since, until, offset in _constant_offsets(self._zone, begin):
                yield from self._open_between(since, until, offset)
            begin += DAY

    def _open_between(self, since: datetime, until: datetime, offset: timedelta) -> Iterator[Stretch]:
        day, last = (since + offset).date(), (until + offset).date()
        while day <= last:
            midnight = datetime.combine(day, time.min, UTC) - offset
            for span in self.spans(day):
                start, end = max(midnight + _since_midnight(span.start), since), midnight + _since_midnight(span.end)
                if start < min(end, until):
                    yield Stretch(start, min(end, until))
            day += DAY


@dataclass(frozen=True)
class OpeningHours:
    """Opening hours of all queues: of those that have their own, and of all others (``common``). None: always open."""

    common: QueueHours | None = None
    queues: Mapping[str, QueueHours | None] = field(default_factory=dict)

    def of(self, queue: str) -> QueueHours | None:
        """The hours of ``queue``; None means that it is always open."""
        return self.queues.get(queue, self.common)

    def is_open(self, queue: str, at: datetime) -> bool:
        """Whether ``queue`` is open at ``at``."""
        hours = self.of(queue)
        return hours is None or hours.is_open(at)

    def next_opening(self, queue: str, at: datetime) -> datetime | None:
        """When ``queue`` opens next after ``at``, in UTC; None when it never closes, or never opens."""
        hours = self.of(queue)
        return None if hours is None else hours.next_opening(at)

    def closes_at(self, queue: str, at: datetime) -> datetime | None:
        """When ``queue`` closes, in UTC, if it is open at ``at`` and ever closes."""
        hours = self.of(queue)
        return None if hours is None else hours.closes_at(at)

    def open_seconds(self, queue: str, since: datetime, until: datetime) -> int:
        """Seconds from ``since`` to ``until`` during which ``queue`` is open."""
        hours = self.of(queue)
        return int((until - since).total_seconds()) if hours is None else hours.open_seconds(since, until)

    def closed_because(self, queue: str, at: datetime) -> str | None:
        """What keeps ``queue`` closed on the team's day of ``at``, such as "King's Day"; None on ordinary days."""
        hours = self.of(queue)
        return None if hours is None else hours.closed_because(hours.day_of(at))


ALWAYS_OPEN = OpeningHours()
"""No ``hours:`` in ``handoff.yml``."""


def _aware(at: datetime) -> datetime:
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone, so it is no moment in time; pass an aware datetime")
    return at


def _begin_of_search(at: datetime) -> datetime:
    return _aware(at).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def _since_midnight(wall: time) -> timedelta:
    if wall == END_OF_DAY:
        return DAY
    return timedelta(hours=wall.hour, minutes=wall.minute, seconds=wall.second, microseconds=wall.microsecond)


def _constant_offsets(zone: ZoneInfo, begin: datetime) -> Iterator[tuple[datetime, datetime, timedelta]]:
    """The 24 hours from ``begin`` (UTC), cut where the offset of ``zone`` changes: from, up to, offset.

    ``zoneinfo`` does not tell when a zone changes, so the second is found by halving. No zone changes twice in a day.
    """
    end = begin + DAY

    def offset(second: int) -> timedelta:
        found = (begin + second * SECOND).astimezone(zone).utcoffset()
        assert found is not None  # a ZoneInfo always knows it for a moment in time
        return found

    first, last = offset(0), offset(SECONDS_A_DAY)
    if first == last:
        yield begin, end, first
        return
    change = begin + SECOND * bisect_left(range(SECONDS_A_DAY), True, key=lambda second: offset(second) != first)
    yield begin, change, first
    if change < end:
        yield change, end, last
