"""What the desk and the command line read of metrics, each in one transaction."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from handoff.domain.rules import HandoffRules
from handoff.metrics.conversations import PAGE, ConversationRow, Conversations, conversations
from handoff.metrics.overview import overview
from handoff.metrics.period import Period, period_of
from handoff.metrics.values import Overview
from handoff.metrics.visit import VisitDetail, visit_detail
from handoff.persistence.metric_scope import EVERYTHING, Filters
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.ports import Clock

BATCH = 500  # rows of a list that is read to its end: few statements, and little memory


@dataclass(frozen=True)
class MetricReads:
    """Reads of metrics."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    clock: Clock

    def period(self, first: date | None = None, last: date | None = None) -> Period:
        """Which days are meant; see :func:`handoff.metrics.period.period_of`."""
        return period_of(self.rules, self.clock(), first, last)

    def overview(self, period: Period, filters: Filters = EVERYTHING) -> Overview:
        """See :func:`handoff.metrics.overview.overview`."""
        with self.uow.read() as tx:
            return overview(tx.connection, self.rules, period, filters, now=self.clock())

    def conversations(
        self, period: Period, filters: Filters, metric: str, before: str | None = None, most: int = PAGE
    ) -> Conversations:
        """See :func:`handoff.metrics.conversations.conversations`."""
        with self.uow.read() as tx:
            return conversations(
                tx.connection, self.rules, period.scope(filters), metric, now=self.clock(), before=before, most=most
            )

    def all_conversations(self, period: Period, filters: Filters, metric: str) -> Iterator[ConversationRow]:
        """Everything behind a metric, the latest first, read in parts."""
        cursor: str | None = None
        while True:
            found = self.conversations(period, filters, metric, cursor, BATCH)
            yield from found.rows
            cursor = found.next
            if cursor is None:
                return

    def visit(self, visit_id: int) -> VisitDetail:
        """See :func:`handoff.metrics.visit.visit_detail`."""
        with self.uow.read() as tx:
            return visit_detail(tx.connection, visit_id)
