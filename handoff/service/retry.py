"""When a delivery is tried again, and when a connector is left alone: arithmetic without a clock of its own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handoff.service.delivery_ports import ConnectorState


@dataclass(frozen=True)
class RetryPolicy:
    """Exponential backoff with jitter for one kind of receiver.

    Attributes:
        lease: seconds for one call; a worker that died is replaced after that.
        first: seconds before the second attempt, at most.
        longest: seconds between attempts, at most.
        most_attempts: give up after that many; None: never.
    """

    lease: float
    first: float
    longest: float
    most_attempts: int | None = None

    def wait(self, attempts: int, jitter: float, retry_after: float | None) -> timedelta:
        """How long to wait after ``attempts`` earlier ones and one more that failed; ``jitter`` is from 0 to 1.

        Between half and the whole of the exponential step, so that many rows do not knock at the same moment; never
        sooner than the other side asked for.
        """
        ceiling = min(self.longest, self.first * 2 ** min(attempts, 12))
        return timedelta(seconds=max(ceiling * (0.5 + 0.5 * jitter), retry_after or 0.0))


RASA_POLICY = RetryPolicy(lease=15.0, first=0.2, longest=5.0)
"""Longer than connect and read timeout of one HTTP call together (2 + 10 s). A server that restarts is missed for
moments only, and a person waits at the other end; asking every few seconds costs nothing on loopback."""

MAIL_POLICY = RetryPolicy(lease=120.0, first=5.0, longest=600.0, most_attempts=30)
"""SMTP takes several exchanges, each with a time limit of its own. Another company's server is asked politely (RFC 5321
4.5.4.1 asks for patience); 30 attempts are about four hours: later than that, an agent must choose another way."""

CONNECTOR_POLICY = RetryPolicy(lease=15.0, first=0.5, longest=60.0, most_attempts=100)
"""The lease is for one call and is renewed before each further one (3 + 10 s). A visitor waits, so the first retries
are quick; a server in trouble is asked once a minute at last. 100 attempts are an hour and a half; the fallback has
taken over long before."""

BREAKER_FAILURES = 5  # in a row: one request in a bad moment, or four, happen ...
BREAKER_AFTER_SECONDS = 3.0  # ... and with several calls at once five come in a moment too; this long it is no accident
BREAKER_FIRST_SECONDS = 5.0  # a server that restarts is back after some seconds
BREAKER_LONGEST_SECONDS = 60.0  # one try a minute does no harm, and finds it soon enough


def after_failure(state: ConnectorState, now: datetime, error: str, retry_after: float | None) -> ConnectorState:
    """How a connector is after one more failure: once nothing has worked for a while it rests, for longer each time.

    When it asked twice in a row to be left alone, it is, as long as it asked.
    """
    failures, since = state.failures + 1, state.down_since or now
    rest = 0.0
    if failures >= BREAKER_FAILURES and now - since >= timedelta(seconds=BREAKER_AFTER_SECONDS):
        rest = min(BREAKER_LONGEST_SECONDS, BREAKER_FIRST_SECONDS * 2 ** min(failures - BREAKER_FAILURES, 8))
    if retry_after is not None and failures > 1:
        rest = max(rest, retry_after)
    return replace(
        state,
        failures=failures,
        down_since=since,
        open_until=now + timedelta(seconds=rest) if rest else state.open_until,
        last_error=error,
    )


def after_success(state: ConnectorState, now: datetime) -> ConnectorState:
    """How a connector is after something was delivered."""
    return ConnectorState(state.connector, last_ok_at=now)


def is_open(state: ConnectorState, now: datetime) -> bool:
    """Whether the circuit breaker is open: nothing is sent."""
    return state.open_until is not None and state.open_until > now


def is_half_open(state: ConnectorState) -> bool:
    """Whether only one try at a time is made, to see whether it works again: it has rested before."""
    return state.failures >= BREAKER_FAILURES and state.open_until is not None
