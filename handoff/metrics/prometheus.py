"""How it stands now and what happened today, for Prometheus; docs/reports.md lists every name.

Counters begin at midnight of the team's time zone. Prometheus takes that for the restart of a program, which its
``rate`` and ``increase`` allow for; in exchange they survive real restarts, and cost the same however old the database
is. Everything that has labels is always there, with 0 where there is nothing: a series that comes and goes would lose
its first step.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Connection

from handoff.domain.conversion import Source
from handoff.domain.lifecycle import OPEN
from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.metrics.period import period_of
from handoff.persistence import live_counts
from handoff.persistence.desk_deliveries import load_by_target
from handoff.persistence.metric_handoffs import facts_of_handoffs
from handoff.persistence.unit_of_work import SqlTransaction, SqlUnitOfWork
from handoff.service.lines import RASA
from handoff.service.live_chats import target_of
from handoff.service.ports import Clock
from handoff.service.unseen_replies import EMAIL

PREFIX = "handoff"
STEPS = (
    "created",
    "scheduled",
    "claimed",
    "reply",
    "transferred",
    "fell_back",
    "missed",
    "follow_up",
    "cancelled",
    "resolved",
    "handed_back",
    "rated",
)
"""Steps in the history of handoffs that are counted."""
STATUSES = tuple(sorted(status.value for status in OPEN))


@dataclass(frozen=True, eq=False)  # the registry wants to know it by identity
class HandoffCollector(Collector):
    """Reads everything anew, in one transaction, each time that it is asked.

    Attributes:
        live_chats: names of the connectors.
    """

    uow: SqlUnitOfWork
    rules: HandoffRules
    live_chats: Sequence[str]
    clock: Clock

    def collect(self) -> Iterator[Metric]:
        """Every metric."""
        now = self.clock()
        today = period_of(self.rules, now).day_of(now)
        midnight = period_of(self.rules, now, today, today)
        with self.uow.read() as tx:
            yield from self._now(tx, now)
            yield from self._deliveries(tx, now)
            yield from self._handoffs_since(tx.connection, midnight.start)
            yield from self._talk_since(tx.connection, midnight.start)
            facts = facts_of_handoffs(tx.connection, midnight.scope())
        replies = [fact.reply_seconds for fact in facts if fact.reply_seconds is not None]
        yield _summary("first_reply_seconds", "From handoff to first reply, of handoffs made today", replies)
        scores = [float(fact.score) for fact in facts if fact.score is not None]
        yield _summary("rating_score", "Ratings, 1 to 5, of handoffs made today", scores)

    def _now(self, tx: SqlTransaction, now: datetime) -> Iterator[Metric]:
        open_now = live_counts.open_handoffs(tx.connection)
        queues = sorted({*self.rules.queues, *(queue for queue, _ in open_now)})
        standing = GaugeMetricFamily(f"{PREFIX}_open", "Handoffs that are open", labels=["queue", "status"])
        for queue in queues:
            for status in STATUSES:
                standing.add_metric([queue, status], open_now.get((queue, status), 0))
        yield standing
        since = live_counts.waiting_since(tx.connection)
        waits = {queue: (now - since[queue]).total_seconds() if queue in since else 0.0 for queue in queues}
        yield _gauge("oldest_wait_seconds", "How long the first in line has waited", "queue", waits)
        online = len(list(tx.agents.online(now - timedelta(seconds=self.rules.online_seconds))))
        yield GaugeMetricFamily(f"{PREFIX}_agents_online", "Agents whose desk is open and who are not away", online)

    def _deliveries(self, tx: SqlTransaction, now: datetime) -> Iterator[Metric]:
        load, dead = load_by_target(tx.connection), live_counts.dead_by_target(tx.connection)
        own = (RASA, EMAIL, *(target_of(name) for name in self.live_chats))
        targets = sorted({*own, *load, *dead})
        waiting = {target: load[target].waiting if target in load else 0 for target in targets}
        yield _gauge("outbox_waiting", "Deliveries that are on their way", "target", waiting)
        oldest = {
            target: (now - load[target].waiting_since).total_seconds() if target in load else 0.0 for target in targets
        }
        yield _gauge("outbox_oldest_seconds", "How long the first of them has been", "target", oldest)
        yield _gauge(
            "outbox_dead",
            "Deliveries that were given up",
            "target",
            {target: dead.get(target, 0) for target in targets},
        )
        down = {name: int(tx.health.of(name).down_since is not None) for name in self.live_chats}
        yield _gauge("connector_down", "1 while a live chat does not answer", "connector", down)

    def _handoffs_since(self, connection: Connection, midnight: datetime) -> Iterator[Metric]:
        made = live_counts.made(connection, midnight)
        counter = CounterMetricFamily(f"{PREFIX}_handoffs", "Handoffs made today", labels=["trigger", "topic"])
        usual = {(trigger.value, topic) for trigger in TriggerKind for topic in self.rules.topics}
        for trigger, topic in sorted(usual | made.keys()):
            counter.add_metric([trigger, topic], made.get((trigger, topic), 0))
        yield counter
        found = live_counts.steps(connection, midnight, STEPS)
        happened = {kind: found.get(kind, 0) for kind in STEPS}
        yield _counter("steps", "What happened to handoffs today", "step", happened)

    def _talk_since(self, connection: Connection, midnight: datetime) -> Iterator[Metric]:
        talk = live_counts.talk(connection, midnight)
        yield CounterMetricFamily(f"{PREFIX}_visits", "Visits that began today", talk.visits)
        yield _counter("messages", "What the assistant made of messages in these visits", "outcome", talk.messages)
        yield CounterMetricFamily(f"{PREFIX}_doubts", "Answers in these visits that were probably wrong", talk.doubts)
        converted = live_counts.converted(connection, midnight)
        by_source = {source.value: converted.get(source.value, 0) for source in Source}
        yield _counter("conversions", "Conversions that happened today", "source", by_source)


def _gauge(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = GaugeMetricFamily(f"{PREFIX}_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _counter(name: str, words: str, label: str, values: Mapping[str, float]) -> Metric:
    family = CounterMetricFamily(f"{PREFIX}_{name}", words, labels=[label])
    for key, value in values.items():
        family.add_metric([key], value)
    return family


def _summary(name: str, words: str, values: Sequence[float]) -> Metric:
    return SummaryMetricFamily(f"{PREFIX}_{name}", words, count_value=len(values), sum_value=sum(values))
