from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handoff.domain.hours import ALWAYS_OPEN, END_OF_DAY, LOOK_AHEAD, OpeningHours, QueueHours, Span

MINUTE = timedelta(minutes=1)
TICK = timedelta(microseconds=1)
WORKDAY = (Span(time(9), time(17, 30)),)
OFFICE = dict.fromkeys(range(5), WORKDAY)
ALL_DAY = (Span(time.min, END_OF_DAY),)

# zones that skip and repeat an hour (north and south), half an hour, midnight itself, or nothing at all
CHANGES = {
    "Europe/Amsterdam": ["2026-03-29", "2026-10-25"],
    "America/New_York": ["2026-03-08", "2026-11-01"],
    "Australia/Lord_Howe": ["2026-04-05", "2026-10-04"],
    "Africa/Cairo": ["2026-04-24", "2026-10-30"],
    "America/Havana": ["2026-03-08", "2026-11-01"],
    "Pacific/Apia": ["2011-12-30"],  # which this zone left out, whole
    "Asia/Kolkata": ["2026-06-01"],
}


def hours(weekly: dict[int, tuple[Span, ...]] = OFFICE, zone: str = "Europe/Amsterdam", **more: Any) -> QueueHours:
    return QueueHours(zone, weekly, **more)


def wall(text: str, zone: str = "Europe/Amsterdam", fold: int = 0) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)


def shown(moment: datetime | None, zone: str = "Europe/Amsterdam") -> str | None:
    return moment and f"{moment.astimezone(ZoneInfo(zone)):%a %Y-%m-%d %H:%M}"


def every_day(start: str, end: str, zone: str = "Europe/Amsterdam") -> QueueHours:
    return hours(dict.fromkeys(range(7), (Span(time.fromisoformat(start), time.fromisoformat(end)),)), zone)


# --- ordinary days


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        ("2026-11-26 08:59:59", False),
        ("2026-11-26 09:00", True),
        ("2026-11-26 17:29:59", True),
        ("2026-11-26 17:30", False),
        ("2026-11-28 12:00", False),  # Saturday
    ],
)
def test_open_from_the_first_minute_up_to_the_last(at: str, is_open: bool) -> None:
    assert hours().is_open(wall(at)) is is_open


@pytest.mark.parametrize(
    ("at", "opens"),
    [
        ("2026-11-26 08:00", "Thu 2026-11-26 09:00"),
        ("2026-11-26 09:00", "Fri 2026-11-27 09:00"),  # strictly later
        ("2026-11-26 12:00", "Fri 2026-11-27 09:00"),
        ("2026-11-27 17:30", "Mon 2026-11-30 09:00"),
        ("2026-12-31 18:00", "Fri 2027-01-01 09:00"),
    ],
)
def test_next_opening(at: str, opens: str) -> None:
    found = hours().next_opening(wall(at))
    assert shown(found) == opens
    assert found is not None
    assert found.tzinfo is UTC


def test_a_break_at_noon_closes_and_opens() -> None:
    split = hours({3: (Span(time(13), time(17)), Span(time(9), time(12)))})  # in any order
    assert not split.is_open(wall("2026-11-26 12:30"))
    assert shown(split.next_opening(wall("2026-11-26 08:00"))) == "Thu 2026-11-26 09:00"
    assert shown(split.next_opening(wall("2026-11-26 10:00"))) == "Thu 2026-11-26 13:00"
    assert shown(split.closes_at(wall("2026-11-26 10:00"))) == "Thu 2026-11-26 12:00"


def test_spans_that_touch_are_one_also_over_midnight() -> None:
    night = hours({3: (Span(time(20), time(22)), Span(time(22), END_OF_DAY)), 4: (Span(time.min, time(6)),)})
    assert shown(night.closes_at(wall("2026-11-26 20:30"))) == "Fri 2026-11-27 06:00"
    assert shown(night.next_opening(wall("2026-11-26 20:30"))) == "Thu 2026-12-03 20:00"


def test_a_span_within_another_changes_nothing() -> None:
    nested = hours({3: (Span(time(9), time(17)), Span(time(10), time(11)), Span(time(12), time(13)))})
    assert shown(nested.next_opening(wall("2026-11-26 09:30"))) == "Thu 2026-12-03 09:00"
    assert shown(nested.closes_at(wall("2026-11-26 09:30"))) == "Thu 2026-11-26 17:00"


def test_closed_hours_close_at_no_time() -> None:
    assert hours().closes_at(wall("2026-11-26 08:00")) is None
    assert hours().closes_at(wall("2026-11-26 17:30")) is None


def test_around_the_clock_neither_opens_nor_closes() -> None:
    always = hours(dict.fromkeys(range(7), ALL_DAY))
    at = wall("2026-11-26 23:59:59")
    assert always.is_open(at)
    assert always.next_opening(at) is None
    assert always.closes_at(at) is None


def test_never_open_has_no_next_opening() -> None:
    assert hours({}).next_opening(wall("2026-11-26 12:00")) is None


def test_openings_once_a_year_are_found_and_later_ones_are_not() -> None:
    at = wall("2026-11-26 12:00")
    for days, found in ((366, True), (LOOK_AHEAD.days + 1, False)):
        once = hours({}, special={(at + timedelta(days=days)).date(): WORKDAY})
        assert (once.next_opening(at) is not None) is found


def test_the_last_opening_of_all_closes_too() -> None:
    once = hours({}, special={date(2026, 11, 26): WORKDAY})
    assert shown(once.closes_at(wall("2026-11-26 12:00"))) == "Thu 2026-11-26 17:30"


def test_the_day_is_that_of_the_team() -> None:
    kolkata = hours(zone="Asia/Kolkata")
    at = datetime(2026, 11, 29, 20, tzinfo=UTC)  # Monday 01:30 there
    assert kolkata.day_of(at) == date(2026, 11, 30)
    assert kolkata.next_opening(at) == datetime(2026, 11, 30, 3, 30, tzinfo=UTC)


def test_a_moment_without_a_zone_is_refused() -> None:
    for ask in (hours().is_open, hours().next_opening, hours().closes_at, hours().day_of):
        with pytest.raises(ValueError, match="has no time zone"):
            ask(datetime(2026, 11, 26, 12))


# --- closed, special and public days


def kings_day(day: date) -> str | None:
    return "King's Day" if (day.month, day.day) == (4, 27) else None


def test_holidays_and_own_days_are_closed_with_a_reason() -> None:
    own = hours(closed={date(2026, 4, 28): "Team day"}, holiday=kings_day)
    assert not own.is_open(wall("2026-04-27 10:00"))
    assert own.closed_because(date(2026, 4, 27)) == "King's Day"
    assert own.closed_because(date(2026, 4, 28)) == "Team day"
    assert own.closed_because(date(2026, 4, 29)) is None
    assert shown(own.next_opening(wall("2026-04-26 10:00"))) == "Wed 2026-04-29 09:00"


def test_the_teams_own_reason_is_told_before_the_holiday() -> None:
    own = hours(closed={date(2026, 4, 27): "We celebrate the King"}, holiday=kings_day)
    assert own.closed_because(date(2026, 4, 27)) == "We celebrate the King"


def test_special_hours_win_over_all_else() -> None:
    day = date(2026, 4, 27)
    special = hours(
        closed={day: "Moving"},
        special={day: (Span(time(13), time(14)), Span(time(12), time(12, 30)))},
        holiday=kings_day,
    )
    assert special.closed_because(day) is None
    assert not special.is_open(wall("2026-04-27 10:00"))
    assert special.is_open(wall("2026-04-27 12:00"))
    assert shown(special.next_opening(wall("2026-04-26 10:00"))) == "Mon 2026-04-27 12:00"
    sunday = hours(special={date(2026, 4, 26): WORKDAY})
    assert sunday.is_open(wall("2026-04-26 10:00"))


def test_special_without_hours_is_closed() -> None:
    day = date(2026, 4, 27)
    assert not hours(special={day: ()}).is_open(wall("2026-04-27 10:00"))
    assert hours(special={day: ()}).closed_because(day) is None
    assert hours(special={day: ()}, holiday=kings_day).closed_because(day) == "King's Day"


# --- the days on which clocks change


@pytest.mark.parametrize(
    ("zone", "changes"), [(zone, days) for zone, days in CHANGES.items() if zone != "Pacific/Apia"]
)
def test_nine_is_nine_before_and_after_the_clocks_change(zone: str, changes: list[str]) -> None:
    nine = every_day("09:00", "17:00", zone=zone)
    for change in changes:
        at = wall(change, zone) - timedelta(days=2)
        for _ in range(4):
            found = nine.next_opening(at)
            assert found is not None
            assert found.astimezone(ZoneInfo(zone)).time() == time(9)
            assert timedelta(hours=8) <= found - at <= timedelta(days=1, hours=10)
            at = found


def test_a_span_in_the_skipped_hour_does_not_happen() -> None:
    skipped = every_day("02:15", "02:45")
    assert shown(skipped.next_opening(wall("2026-03-28 12:00"))) == "Mon 2026-03-30 02:15"


def test_a_span_that_begins_in_the_skipped_hour_begins_after_it() -> None:
    late = every_day("02:30", "06:00")
    opens = late.next_opening(wall("2026-03-28 12:00"))
    assert shown(opens) == "Sun 2026-03-29 03:00"
    assert opens == datetime(2026, 3, 29, 1, tzinfo=UTC)
    assert late.is_open(datetime(2026, 3, 29, 1, 10, tzinfo=UTC))


def test_a_span_that_ends_in_the_skipped_hour_ends_before_it() -> None:
    early = every_day("00:00", "02:30")
    assert early.closes_at(wall("2026-03-29 01:00")) == datetime(2026, 3, 29, 1, tzinfo=UTC)


def test_the_repeated_hour_counts_both_times() -> None:
    repeated = every_day("02:15", "02:45")
    first, second = wall("2026-10-25 02:15", fold=0), wall("2026-10-25 02:15", fold=1)
    assert second - first == timedelta(hours=1)
    assert repeated.next_opening(wall("2026-10-25 01:00")) == first
    assert repeated.next_opening(first) == second
    assert repeated.closes_at(first) == first + 30 * MINUTE
    assert every_day("02:00", "03:00").closes_at(first) == wall("2026-10-25 03:00")


def test_what_ended_in_the_repeated_hour_opens_when_it_repeats() -> None:
    early = every_day("01:00", "02:30")
    assert early.next_opening(wall("2026-10-25 01:30")) == wall("2026-10-25 02:00", fold=1)


def test_a_day_whose_midnight_is_skipped_begins_at_one() -> None:
    cairo = every_day("00:00", "06:00", zone="Africa/Cairo")
    assert shown(cairo.next_opening(wall("2026-04-23 12:00", "Africa/Cairo")), "Africa/Cairo") == "Fri 2026-04-24 01:00"


# --- whatever the hours, wherever and whenever


QUARTERS_AT_NIGHT, QUARTERS_A_DAY = 16, 96
MARKS = st.lists(st.integers(0, QUARTERS_AT_NIGHT) | st.integers(0, QUARTERS_A_DAY), max_size=8, unique=True).map(
    sorted
)
"""Quarters of an hour, many of them at night, where clocks change."""


def spans_between(marks: list[int], step: int) -> tuple[Span, ...]:
    """Spans from mark to mark: each to the next (step 1, so that they touch), or in pairs with a break between (2)."""
    times = [END_OF_DAY if mark == QUARTERS_A_DAY else time(mark // 4, mark % 4 * 15) for mark in marks]
    return tuple(Span(*pair) for pair in list(zip(times, times[1:], strict=False))[::step])


DAYS = st.builds(spans_between, MARKS, st.sampled_from([1, 2]))
WEEKS = st.lists(DAYS, min_size=7, max_size=7).map(lambda days: dict(enumerate(days)))
zones = st.sampled_from(sorted(CHANGES))

LOOKED_AT = settings(max_examples=60, deadline=None)
"""A queue that never opens is looked at for all 400 days, which takes long on a busy machine."""


@st.composite
def anywhere(draw: st.DrawFn) -> tuple[QueueHours, datetime]:
    """Hours, and a moment that is often close to a change of clocks."""
    zone = draw(zones)
    close = wall(draw(st.sampled_from(CHANGES[zone])), zone) + MINUTE * draw(st.integers(-2_000, 2_000))
    any_time = datetime(2026, 1, 1, tzinfo=UTC) + MINUTE * draw(st.integers(0, 1_000_000))
    at = draw(st.sampled_from([close, any_time]))
    days = st.integers(-3, 3).map(lambda days: at.date() + timedelta(days=days))
    return (
        hours(
            draw(WEEKS),
            zone,
            closed=draw(st.dictionaries(days, st.just("closed"), max_size=2)),
            special=draw(st.dictionaries(days, DAYS, max_size=2)),
        ),
        at,
    )


@LOOKED_AT
@given(anywhere())
def test_an_opening_is_where_closed_becomes_open(drawn: tuple[QueueHours, datetime]) -> None:
    queue, at = drawn
    opens = queue.next_opening(at)
    if opens is not None:
        assert opens > at
        assert queue.is_open(opens)
        assert not queue.is_open(opens - TICK)


@LOOKED_AT
@given(anywhere())
def test_a_closing_is_where_open_becomes_closed(drawn: tuple[QueueHours, datetime]) -> None:
    queue, at = drawn
    closes = queue.closes_at(at)
    if not queue.is_open(at):
        assert closes is None
    elif closes is not None:
        assert closes > at
        assert queue.is_open(closes - TICK)
        assert not queue.is_open(closes)


@LOOKED_AT
@given(anywhere(), st.floats(0, 1, exclude_max=True))
def test_between_its_changes_it_stays_open_or_closed(drawn: tuple[QueueHours, datetime], share: float) -> None:
    queue, at = drawn
    opens, closes = queue.next_opening(at), queue.closes_at(at)
    horizon = at + timedelta(days=30)
    if queue.is_open(at):
        assert queue.is_open(at + ((closes or horizon) - at) * share)
    if closes is not None or not queue.is_open(at):
        since, until = closes or at, opens or horizon
        assert not queue.is_open(since + (until - since) * share)


@LOOKED_AT
@given(anywhere())
def test_walking_from_opening_to_opening_skips_none(drawn: tuple[QueueHours, datetime]) -> None:
    """Every quarter of an hour of two days is looked at: no span and no change of clocks is shorter."""
    queue, at = drawn
    at = at.replace(minute=0)
    moments = [at + 15 * MINUTE * number for number in range(192)]
    is_open = [queue.is_open(moment) for moment in moments]
    changes = zip(is_open, is_open[1:], moments[1:], strict=False)
    expected = [moment for before, after, moment in changes if after and not before]
    walked = []
    step = queue.next_opening(at)
    while step is not None and step <= moments[-1]:
        walked.append(step)
        step = queue.next_opening(step)
    assert walked == expected


# --- all queues together


def test_queues_with_hours_of_their_own_and_the_others() -> None:
    both = OpeningHours(common=hours(), queues={"sales": every_day("10:00", "12:00"), "night": None})
    at = wall("2026-11-26 09:30")
    assert [both.is_open(queue, at) for queue in ("support", "sales", "night")] == [True, False, True]
    assert shown(both.next_opening("sales", at)) == "Thu 2026-11-26 10:00"
    assert shown(both.next_opening("support", at)) == "Fri 2026-11-27 09:00"
    assert both.next_opening("night", at) is None
    assert shown(both.closes_at("support", at)) == "Thu 2026-11-26 17:30"
    assert both.of("night") is None


def test_why_a_queue_is_closed_is_asked_for_the_teams_day() -> None:
    kolkata = OpeningHours(common=hours(zone="Asia/Kolkata", holiday=kings_day))
    evening_before = datetime(2026, 4, 26, 20, tzinfo=UTC)
    assert kolkata.closed_because("support", evening_before) == "King's Day"
    assert kolkata.closed_because("support", evening_before - timedelta(hours=4)) is None


def test_without_hours_every_queue_is_always_open() -> None:
    at = wall("2026-12-25 03:00")
    assert ALWAYS_OPEN.is_open("sales", at)
    assert ALWAYS_OPEN.of("sales") is None
    assert ALWAYS_OPEN.next_opening("sales", at) is None
    assert ALWAYS_OPEN.closes_at("sales", at) is None
    assert ALWAYS_OPEN.closed_because("sales", at) is None
