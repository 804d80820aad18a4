"""What a visitor in the queue is told: the place, and minutes where recent replies give any."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.model import Wait
from handoff.domain.rules import HandoffRules
from handoff.domain.wait import estimate
from handoff.service.ports import Clock, HandoffRecord, Transaction

RECENT_DAYS = 14  # how busy a small team is changes from month to month, not from day to day
RECENT_REPLIES = 30  # enough for a steady median, few enough to follow a busy morning


@dataclass(frozen=True)
class WaitingTimes:
    """Reads waiting times within a transaction."""

    rules: HandoffRules
    clock: Clock

    def of(self, tx: Transaction, record: HandoffRecord) -> Wait:
        """Place and estimate of a handoff that is queued; see :func:`handoff.domain.wait.estimate`."""
        now = self.clock()
        since = now - timedelta(days=RECENT_DAYS)
        enough = self.rules.waiting.estimate_from
        waits = tx.handoffs.recent_waits(record.queue, since, RECENT_REPLIES)
        elsewhere = tx.handoffs.recent_waits(None, since, RECENT_REPLIES) if len(waits) < enough else []
        return estimate(
            waits,
            elsewhere,
            self.rules.waiting.typical.get(record.queue),
            enough=enough,
            waited=(now - (record.queued_at or record.created_at)).total_seconds(),
            position=tx.handoffs.place(record),
        )
