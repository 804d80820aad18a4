"""When a delivery is tried again, and when a connector is left alone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from handoff.service.delivery_ports import ConnectorState
from handoff.service.retry import (
    BREAKER_FAILURES,
    BREAKER_LONGEST_SECONDS,
    CONNECTOR_POLICY,
    after_failure,
    after_success,
    is_half_open,
    is_open,
)

NOON = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
WELL = ConnectorState("team")


def failed(times: int, retry_after: float | None = None) -> ConnectorState:
    state = WELL
    for number in range(times):
        state = after_failure(state, NOON + timedelta(seconds=number), "no answer", retry_after)
    return state


@given(st.integers(0, 10_000), st.floats(0, 1), st.none() | st.floats(0, 3600))
def test_the_wait_has_bounds(attempts: int, jitter: float, retry_after: float | None) -> None:
    wait = CONNECTOR_POLICY.wait(attempts, jitter, retry_after).total_seconds()
    assert CONNECTOR_POLICY.first / 2 <= wait <= max(CONNECTOR_POLICY.longest, retry_after or 0) + 1e-6
    assert retry_after is None or wait >= retry_after - 1e-6, "never sooner than the other side asked for"


def test_the_wait_grows_and_is_spread() -> None:
    waits = [CONNECTOR_POLICY.wait(attempts, 1.0, None).total_seconds() for attempts in range(10)]
    assert waits == sorted(waits)
    assert waits[:3] == [0.5, 1.0, 2.0]
    assert CONNECTOR_POLICY.wait(3, 0.0, None) < CONNECTOR_POLICY.wait(3, 1.0, None)


def test_some_failures_are_no_reason_to_stop() -> None:
    state = failed(BREAKER_FAILURES - 1)
    assert not is_open(state, NOON)
    assert not is_half_open(state)
    assert state.down_since == NOON, "since the first of them"


def test_many_failures_in_one_moment_are_no_reason_either() -> None:
    state = WELL
    for _ in range(20):
        state = after_failure(state, NOON, "no answer", None)
    assert not is_open(state, NOON)
    assert not is_half_open(state)


def test_it_opens_for_longer_each_time_and_closes_with_the_first_success() -> None:
    first, later = failed(BREAKER_FAILURES), failed(BREAKER_FAILURES + 3)
    at = NOON + timedelta(seconds=BREAKER_FAILURES)
    assert is_open(first, at)
    assert is_half_open(first), "then one at a time"
    assert first.open_until is not None
    assert later.open_until is not None
    assert later.open_until - first.open_until > timedelta(seconds=20)
    assert failed(50).open_until <= NOON + timedelta(seconds=50 + BREAKER_LONGEST_SECONDS)  # type: ignore[operator]
    assert after_success(later, at) == ConnectorState("team", last_ok_at=at)


def test_who_asks_twice_to_be_left_alone_is() -> None:
    assert not is_open(failed(1, 30.0), NOON), "one line too many is not a server in trouble"
    twice = failed(2, 30.0)
    assert is_open(twice, NOON + timedelta(seconds=29))
    assert not is_open(twice, NOON + timedelta(seconds=32))
