"""What the metrics of one period are computed from, read with a handful of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from sqlalchemy import Connection

from handoff.domain.rules import HandoffRules
from handoff.persistence.metric_conversions import Converted, Money, converted, money
from handoff.persistence.metric_handoffs import HandoffFact, facts_of_handoffs
from handoff.persistence.metric_scope import Scope
from handoff.persistence.metric_visits import ReturnWindow, VisitSums, sum_visits


@dataclass(frozen=True)
class Facts:
    """Sums over visits, handoffs one by one, and conversions; of one period and one set of filters.

    Attributes:
        visits: sums over the visits that the assistant heard.
        handoffs: every handoff made in the period.
        converted: how many visits led to a conversion.
        money: what conversions in the period were worth, the most frequent currency first.
    """

    visits: VisitSums
    handoffs: Sequence[HandoffFact]
    converted: Converted
    money: Sequence[Money]

    def in_currency_of(self, other: Facts) -> Facts:
        """The same with money in the currency that ``other`` has most of only, since only like can be compared."""
        if not other.money:
            return self
        return replace(self, money=[one for one in self.money if one.currency == other.money[0].currency])

    @cached_property
    def first_replies(self) -> list[float]:
        """Seconds until the first reply, of handoffs that have one."""
        return [seconds for one in self.handoffs if (seconds := one.reply_seconds) is not None]

    @cached_property
    def first_replies_open(self) -> list[float]:
        """The same in seconds of opening hours."""
        return [float(one.reply_open_seconds) for one in self.handoffs if one.reply_open_seconds is not None]

    @cached_property
    def resolutions(self) -> list[float]:
        """Seconds until an agent closed it, of handoffs that were closed by one."""
        return [seconds for one in self.handoffs if (seconds := one.resolution_seconds) is not None]

    @cached_property
    def handoff_scores(self) -> list[int]:
        """What visitors thought of handoffs, from 1 to 5."""
        return [one.score for one in self.handoffs if one.score is not None]

    @cached_property
    def queued(self) -> int:
        """Handoffs that ever were in their queue."""
        return sum(one.was_queued for one in self.handoffs)

    @cached_property
    def missed(self) -> int:
        """Handoffs that nobody took in time."""
        return sum(one.missed for one in self.handoffs)

    @cached_property
    def abandoned(self) -> int:
        """Handoffs whose visitor left while they were in their queue."""
        return sum(one.left_queue for one in self.handoffs)


def window_of(rules: HandoffRules, now: datetime) -> ReturnWindow:
    """How long somebody may take to come back, as handoff.yml says."""
    return ReturnWindow(now, timedelta(days=rules.metrics.return_days))


def read_facts(connection: Connection, rules: HandoffRules, scope: Scope, now: datetime) -> Facts:
    """Read what the metrics of ``scope`` are computed from.

    Args:
        connection: a reading connection.
        rules: how long somebody may take to come back.
        scope: which visits and handoffs.
        now: visits whose time to come back is not over by then are not judged.
    """
    return Facts(
        sum_visits(connection, scope, window_of(rules, now)),
        facts_of_handoffs(connection, scope),
        converted(connection, scope),
        money(connection, scope),
    )
