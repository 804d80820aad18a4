"""What the desk reads of deliveries: how each live chat is, what waits, and what was given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from handoff.connectors.base import Connector
from handoff.connectors.registry import BUILT_IN
from handoff.dead_letters import obstacle
from handoff.desk.delivery_schemas import (
    ConnectorCondition,
    ConnectorOut,
    DeadLetterOut,
    DeliveriesOut,
    OwnTargetOut,
)
from handoff.domain.live_chat import LiveChat
from handoff.domain.rules import HandoffRules
from handoff.persistence.desk_deliveries import TargetLoad, Undelivered, count_dead, load_by_target, undelivered
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.delivery_ports import ConnectorState
from handoff.service.lines import RASA
from handoff.service.live_chats import CONNECTOR_PREFIX, target_of
from handoff.service.ports import Clock
from handoff.service.retry import is_open
from handoff.service.unseen_replies import EMAIL

DEAD_LETTERS_SHOWN = 100  # more than anybody sees to one by one; the number of all is told too


@dataclass(frozen=True)
class DeliveryReads:
    """Reads for administrators, in one transaction."""

    uow: SqlUnitOfWork
    rules: HandoffRules
    chats: LiveChat
    connectors: Mapping[str, Connector]
    clock: Clock

    def all(self, *, has_mail: bool) -> DeliveriesOut:
        """How everything that leaves the desk is doing; ``has_mail`` says whether e-mail can."""
        now = self.clock()
        with self.uow.read() as tx:
            loads = load_by_target(tx.connection)
            waited_for = {name.removeprefix(CONNECTOR_PREFIX) for name in loads if name.startswith(CONNECTOR_PREFIX)}
            names = [*self.chats.routes, *sorted(waited_for - set(self.chats.routes))]
            states = [tx.health.of(name) for name in names]
            dead = undelivered(tx.connection, tx.outbox.dead_letters(DEAD_LETTERS_SHOWN))
            total = count_dead(tx.connection)
        return DeliveriesOut(
            connectors=[self._connector(state, loads.get(target_of(state.connector)), now) for state in states],
            own=[
                _own(RASA, loads.get(RASA), now, set_up=True),
                _own(EMAIL, loads.get(EMAIL), now, set_up=has_mail),
            ],
            dead_letters=[self._dead_letter(one) for one in dead],
            dead_letters_total=total,
        )

    def _connector(self, state: ConnectorState, load: TargetLoad | None, now: datetime) -> ConnectorOut:
        name = state.connector
        connector = self.connectors.get(name)
        next_try_at = max(load.next_try_at, state.open_until or load.next_try_at) if load else None
        return ConnectorOut(
            name=name,
            type=type_of(connector) if connector else None,
            state=self._condition(state, now),
            failures=state.failures,
            down_since=state.down_since,
            open_until=state.open_until,
            last_error=state.last_error or (load.last_error if load else None),
            last_ok_at=state.last_ok_at,
            fallback=self.chats.fallback_of(name),
            serves=[queue for queue in self.rules.queues if self.chats.serving(queue) == name],
            after_hours=self.chats.after_hours == name,
            notifies=name in self.chats.notify,
            waiting=load.waiting if load else 0,
            waiting_since=load.waiting_since if load else None,
            next_try_seconds=_seconds(next_try_at, now),
        )

    def _condition(self, state: ConnectorState, now: datetime) -> ConnectorCondition:
        if state.connector not in self.chats.routes:
            return "gone"
        if is_open(state, now):
            return "resting"
        return "trouble" if state.failures else "ok"

    def _dead_letter(self, one: Undelivered) -> DeadLetterOut:
        letter = one.letter
        why_not = obstacle(self.chats, letter, one.status, one.connector)
        return DeadLetterOut(**vars(letter), headline=one.headline, can_retry=why_not is None, why_not=why_not)


def type_of(connector: Connector) -> str:
    """The type as one writes it into ``endpoints.yml``."""
    kind = type(connector)
    path = f"{kind.__module__}.{kind.__qualname__}"
    return next((name for name, known in BUILT_IN.items() if known == path), path)


def _own(target: str, load: TargetLoad | None, now: datetime, *, set_up: bool) -> OwnTargetOut:
    return OwnTargetOut(
        name="email" if target == EMAIL else "visitors",
        set_up=set_up,
        state="trouble" if load and load.last_error else "ok",
        last_error=load.last_error if load else None,
        waiting=load.waiting if load else 0,
        waiting_since=load.waiting_since if load else None,
        next_try_seconds=_seconds(load.next_try_at if load else None, now),
    )


def _seconds(moment: datetime | None, now: datetime) -> int | None:
    """Counted here, since browsers' clocks are wrong."""
    return None if moment is None else max(0, int((moment - now).total_seconds()))
