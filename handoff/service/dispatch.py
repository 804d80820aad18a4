"""Delivers what the outbox holds: at least once, in order per conversation and target, with the effect of once.

A row is leased for one attempt; a worker that dies leaves a lease that runs out. Who receives a row twice recognises
it by its id.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from handoff.domain.errors import HandoffError, StorageUnavailable
from handoff.service.breaker import Breaker, NoBreaker
from handoff.service.delivery import LeaseLost, NotYet
from handoff.service.delivery_ports import OutboxRow
from handoff.service.lease import Lease, Store
from handoff.service.ports import Clock, UnitOfWork
from handoff.service.retry import RetryPolicy

logger = logging.getLogger(__name__)

MOST_GROWTH_AFTER_PROGRESS = (
    2  # doublings of the wait: a handoff of five calls would else wait minutes for its last one
)
AT_ONCE = 8  # deliveries of one target under way: they wait for the network, not for the processor


class Courier(Protocol):
    """Delivers the rows of one target."""

    def deliver(self, row: OutboxRow, lease: Lease) -> Store | None:
        """Deliver ``row``; ``row.attempts`` above 0 says that an earlier attempt may have arrived.

        ``lease.keep()`` is called before each further call. Returns what belongs into the transaction that says that
        the row was delivered. Raises NotYet or Undeliverable (or another HandoffError, which is for good too).
        """

    def given_up(self, row: OutboxRow, error: str) -> None:
        """The row is a dead letter now: say so to whoever relies on it."""


@dataclass(frozen=True)
class Dispatcher:
    """Works off one target of the outbox. ``run_once`` may run in several processes at the same time."""

    uow: UnitOfWork
    target: str
    courier: Courier
    policy: RetryPolicy
    clock: Clock
    breaker: Breaker = field(default_factory=NoBreaker)
    jitter: Callable[[], float] = random.random
    executor: Executor | None = None
    progress: Callable[[], None] = lambda: None
    _under_way: set[int] = field(default_factory=set)

    def run_once(self) -> int:
        """Try each conversation's first due row once; returns how many were delivered.

        With an ``executor`` nothing waits for the slowest of them: what is returned is then how many were begun, and
        ``progress`` is called when one has ended while no more could be begun.
        """
        leases = self._take()
        if self.executor is None:
            return sum(map(self.deliver, leases))
        for lease in leases:
            self._under_way.add(lease.row.id)
            self.executor.submit(self._deliver_apart, lease)
        return len(leases)

    def _take(self) -> list[Lease]:
        """Lease what can be begun now: no more than that, since a lease runs while a row waits for its turn."""
        now, length = self.clock(), timedelta(seconds=self.policy.lease)
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return []
        with self.uow.write() as tx:
            room = min(self.breaker.room(tx, now, AT_ONCE), room)
            rows = tx.outbox.take(self.target, now, now + length, room) if room > 0 else []
        return [Lease(self.uow, self.clock, row, length, now) for row in rows]

    def _deliver_apart(self, lease: Lease) -> None:
        row = lease.row
        try:
            self.deliver(lease)
        except HandoffError as error:
            # not even the database answered; the lease runs out, and then it is tried again
            logger.error("outbox row %s (%s to %s) is left for later: %s", row.id, row.kind, row.target, error)
        finally:
            was_full = len(self._under_way) >= AT_ONCE
            self._under_way.discard(row.id)
            if was_full:
                self.progress()

    def deliver(self, lease: Lease) -> bool:
        """One attempt at one row that was taken; False when it failed."""
        row = lease.row
        try:
            store = self.courier.deliver(row, lease)
        except LeaseLost:
            return False
        except (NotYet, StorageUnavailable) as error:
            self._retry(row, str(error), getattr(error, "retry_after", None), lease.calls)
            return False
        except HandoffError as error:
            logger.error("outbox row %s (%s to %s) cannot be delivered: %s", row.id, row.kind, row.target, error)
            self._give_up(row, str(error))
            return False
        except Exception as error:
            # a defect in one delivery must not stop all others: it is logged whole, and the row waits for the remedy
            logger.exception("outbox row %s (%s to %s) met a defect and is tried again", row.id, row.kind, row.target)
            self._retry(row, f"{type(error).__name__}: {error}", None, lease.calls)
            return False
        with self.uow.write() as tx:
            if store is not None:
                store(tx)
            tx.outbox.delivered(row, self.clock())
            self.breaker.succeeded(tx, self.clock())
        return True

    def _give_up(self, row: OutboxRow, error: str) -> None:
        with self.uow.write() as tx:
            if not tx.outbox.bury(row, error):
                return
        self.courier.given_up(row, error)

    def _retry(self, row: OutboxRow, error: str, retry_after: float | None, calls: int) -> None:
        most = self.policy.most_attempts
        if most is not None and row.attempts + 1 >= most:
            self._give_up(row, error)
            return
        if row.attempts == 0:
            logger.warning("outbox row %s (%s to %s) waits and is tried again: %s", row.id, row.kind, row.target, error)
        # whoever is down answers no call; one that went well before another failed is a server in a bad moment
        growth = min(row.attempts, MOST_GROWTH_AFTER_PROGRESS) if calls else row.attempts
        wait = self.policy.wait(growth, self.jitter(), retry_after)
        with self.uow.write() as tx:
            tx.outbox.postpone(row, self.clock() + wait, error)
            if calls:
                self.breaker.succeeded(tx, self.clock())
            self.breaker.failed(tx, self.clock(), error, retry_after)


def apart(dispatcher: Dispatcher, executor: Executor, progress: Callable[[], None]) -> Dispatcher:
    """The same dispatcher, whose deliveries run in ``executor``; ``progress`` is called after each."""
    return replace(dispatcher, executor=executor, progress=progress, _under_way=set())
