"""The circuit breaker of a connector, shared by all workers through the database."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from handoff.service.ports import Transaction
from handoff.service.retry import after_failure, after_success, is_half_open, is_open

logger = logging.getLogger(__name__)

FRESH = timedelta(minutes=1)  # "last delivered" is for people who look at a page; seconds would cost a write each time


class Breaker(Protocol):
    """Says how many attempts may be under way, and hears how they end."""

    def room(self, tx: Transaction, now: datetime, most: int) -> int:
        """How many may be begun, ``most`` at most."""

    def succeeded(self, tx: Transaction, now: datetime) -> None:
        """One arrived."""

    def failed(self, tx: Transaction, now: datetime, error: str, retry_after: float | None) -> None:
        """One did not arrive this time."""


@dataclass(frozen=True)
class NoBreaker:
    """For receivers of our own, which are asked again and again until they are back."""

    def room(self, tx: Transaction, now: datetime, most: int) -> int:
        """See :class:`Breaker`."""
        return most

    def succeeded(self, tx: Transaction, now: datetime) -> None:
        """See :class:`Breaker`."""

    def failed(self, tx: Transaction, now: datetime, error: str, retry_after: float | None) -> None:
        """See :class:`Breaker`."""


@dataclass(frozen=True)
class ConnectorBreaker:
    """See :class:`Breaker`; the arithmetic is in :mod:`handoff.service.retry`."""

    connector: str

    def room(self, tx: Transaction, now: datetime, most: int) -> int:
        """None while it is open, one while it is not known whether the connector works again."""
        state = tx.health.of(self.connector)
        if is_open(state, now):
            return 0
        return 1 if is_half_open(state) else most

    def succeeded(self, tx: Transaction, now: datetime) -> None:
        """See :class:`Breaker`."""
        state = tx.health.of(self.connector)
        if state.failures == 0 and state.last_ok_at is not None and now - state.last_ok_at < FRESH:
            return
        if is_half_open(state):
            logger.info("the connector %s works again", self.connector)
        tx.health.save(after_success(state, now))

    def failed(self, tx: Transaction, now: datetime, error: str, retry_after: float | None) -> None:
        """See :class:`Breaker`."""
        before = tx.health.of(self.connector)
        after = after_failure(before, now, error, retry_after)
        if is_open(after, now) and not is_half_open(before):
            logger.error("the connector %s is left alone for a while: %s", self.connector, error)
        tx.health.save(after)
