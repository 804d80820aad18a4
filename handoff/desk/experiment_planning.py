"""How many visits an experiment takes, and how many days that is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from sqlalchemy import Connection

from handoff.desk.experiment_comparison import Side
from handoff.desk.experiment_schemas import PlannedOut, PlanOut
from handoff.domain.experiment import WHOLE, Experiment, Variant
from handoff.domain.experiment_verdict import Counted, Plan, plan
from handoff.domain.rules import HandoffRules
from handoff.metrics.facts import Facts, window_of
from handoff.metrics.overview import Metric, metrics_from
from handoff.metrics.period import LONGEST_DAYS, Period, timezone_of
from handoff.persistence.experiment_reads import Fallen
from handoff.persistence.metric_conversions import Converted
from handoff.persistence.metric_scope import EVERYTHING
from handoff.persistence.metric_visits import sum_visits

BEFORE_DAYS = 30  # before the start: what is planned with must not move while the experiment runs
FEWEST_TO_PLAN = 30  # visits; a share of fewer says too little about how many it takes
TRAFFIC_DAYS = 14  # two whole weeks, since weekends are quiet

WHILE_IT_MATURES = {"honest_containment": "containment", "repeat_rate": "handoff_rate"}
"""Metrics that count a visit only when its visitor had time to come back, and those that count the same visits at once:
what is too recent to be judged will be, in time."""


@dataclass(frozen=True)
class Arm:
    """A variant with who fell into it and its numbers."""

    variant: Variant
    fell: Fallen
    side: Side

    def counted(self, metric: str) -> Counted:
        """What the deciding metric counts of it."""
        found = self.side.metrics[metric]
        return Counted(self.variant.name, found.numerator or 0, found.denominator)


def days_of(rules: HandoffRules, first: date, last: date) -> Period:
    """The team's days from ``first`` to ``last``, and no more than a period can have."""
    return Period(max(first, last - timedelta(days=LONGEST_DAYS - 1)), last, timezone_of(rules))


@dataclass(frozen=True)
class Planner:
    """Plans with what was before the experiment, and with the traffic of now."""

    connection: Connection
    rules: HandoffRules
    now: datetime

    def plan(self, own: Experiment, arms: list[Arm], today: date) -> tuple[Plan | None, PlanOut | None]:
        """What is settled, and how far it has come; None where there is nothing to plan with."""
        eve = own.started - timedelta(days=1)
        before = self._metrics(eve - timedelta(days=BEFORE_DAYS - 1), eve)[own.metric]
        from_before = before.denominator >= FEWEST_TO_PLAN
        base = before if from_before else arms[0].side.metrics[own.metric]
        if base.value is None or base.denominator < FEWEST_TO_PLAN:
            return None, None
        settled = plan(own.smallest, base.value, {one.name: one.share for one in own.variants})
        groups = [arm.counted(own.metric) for arm in arms]
        complete = settled.is_complete(*groups)
        per_day, counted_per_day = self._traffic(own.metric, today)
        left = 0 if complete else self._days_left(own, settled, groups, counted_per_day, today)
        ready = max(today, own.started) + timedelta(days=left) if left is not None else None
        return settled, PlanOut(
            smallest=own.smallest,
            base=base.value,
            from_before=from_before,
            variants=[
                PlannedOut(variant=group.variant, visits=settled.visits[group.variant], counted=group.of)
                for group in groups
            ],
            complete=complete,
            visits_per_day=per_day,
            days_left=left,
            ready_on=ready,
            too_short=own.ends is not None and not complete and (ready is None or ready > own.ends),
        )

    def _days_left(
        self, own: Experiment, settled: Plan, groups: list[Counted], counted_per_day: float, today: date
    ) -> int | None:
        if counted_per_day <= 0:
            return None
        missing = max(
            (settled.visits[variant.name] - group.of) / (variant.share / WHOLE)
            for variant, group in zip(own.variants, groups, strict=True)
        )
        later = ceil(self.rules.metrics.return_days) if own.metric in WHILE_IT_MATURES else 0
        until_the_first_counts = max(0, later - max(0, (today - own.started).days))
        return max(1, ceil(missing / counted_per_day)) + until_the_first_counts

    def _traffic(self, metric: str, today: date) -> tuple[float, float]:
        """Visits a day over the last two whole weeks, and of those the ones that the metric counts."""
        yesterday = today - timedelta(days=1)
        found = self._metrics(yesterday - timedelta(days=TRAFFIC_DAYS - 1), yesterday)
        counted = found[WHILE_IT_MATURES.get(metric, metric)].denominator
        return found["visits"].denominator / TRAFFIC_DAYS, counted / TRAFFIC_DAYS

    def _metrics(self, first: date, last: date) -> dict[str, Metric]:
        """Metrics of visits, without those of handoffs and money, which would have to be read one by one."""
        scope = days_of(self.rules, first, last).scope(EVERYTHING)
        sums = sum_visits(self.connection, scope, window_of(self.rules, self.now))
        return metrics_from(Facts(sums, (), Converted(0, 0), ()), self.rules)
