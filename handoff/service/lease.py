"""The right to work on one row of the outbox, for as long as one call may take at most."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from handoff.service.delivery import LeaseLost
from handoff.service.delivery_ports import OutboxRow
from handoff.service.ports import Clock, Transaction, UnitOfWork

FRESH_SECONDS = 1.0  # a lease this old still leaves time for a call: 15 s against 3 s to connect and 10 s to read
Store = Callable[[Transaction], None]
"""Something to be done within a transaction that somebody else opens."""


@dataclass
class Lease:
    """What a courier holds during an attempt.

    Attributes:
        row: what it delivers.
        calls: how many further calls were begun: each stands for an earlier one that went well.
    """

    uow: UnitOfWork
    clock: Clock
    row: OutboxRow
    length: timedelta
    renewed_at: datetime
    calls: int = 0

    def keep(self) -> None:
        """Say that a further call begins; the lease is renewed where it could run out during that.

        Raises:
            LeaseLost: somebody else has the row by now.
        """
        self.calls += 1
        if self.clock() - self.renewed_at > timedelta(seconds=FRESH_SECONDS):
            self.renewing(lambda tx: None)

    def renewing(self, store: Store) -> None:
        """Store something and renew the lease in the same transaction.

        Raises:
            LeaseLost: somebody else has the row by now. What was to be stored is stored all the same: whoever has to
                close what was opened must find it.
        """
        with self.uow.write() as tx:
            store(tx)
            now = self.clock()
            held = tx.outbox.keep(self.row, now + self.length)
        if not held:
            raise LeaseLost(f"Another worker has outbox row {self.row.id} by now.")
        self.renewed_at = now
