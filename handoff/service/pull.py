"""Asks live chats what happened since: when a webhook rang, and now and then in case one was lost."""

from __future__ import annotations

import logging
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Protocol

from handoff.domain.errors import HandoffError, StorageUnavailable
from handoff.domain.live_chat import Route
from handoff.service.counterpart import Link, Pulled
from handoff.service.couriers import link_of
from handoff.service.delivery import NotYet, Undeliverable
from handoff.service.delivery_ports import LinkRecord
from handoff.service.fallback import Fallback
from handoff.service.inbound import Inbound
from handoff.service.ports import Clock, UnitOfWork

logger = logging.getLogger(__name__)

AT_ONCE = 4  # they wait for the network
LEASE_SECONDS = 30.0  # a history of several pages takes several calls; a second worker that asks too does no harm
FIRST_WAIT_SECONDS = 1.0  # an agent may have answered just now
LONGEST_WAIT_SECONDS = 30.0  # between asking a server in trouble; agents' replies wait as long at most


class Asked(Protocol):
    """As much of a connector as pulling needs."""

    def pull(self, link: Link) -> Pulled:
        """What happened since ``link.cursor``. Raises NotYet or Undeliverable."""


@dataclass(frozen=True)
class Puller:
    """Asks one connector. ``run_once`` may run in several processes at the same time.

    Each event is applied in its own transaction, and only then the cursor moves: a crash repeats events, which changes
    nothing, and skips none. A webhook that rings meanwhile makes it due again at once.
    """

    uow: UnitOfWork
    route: Route
    connector: Asked
    inbound: Inbound
    fallback: Fallback
    clock: Clock
    executor: Executor | None = None
    _under_way: set[int] = field(default_factory=set)

    def run_once(self) -> int:
        """Ask about what is due; returns how many that were."""
        now = self.clock()
        room = AT_ONCE - len(self._under_way)
        if room <= 0:
            return 0
        with self.uow.write() as tx:
            due = tx.links.take(self.route.name, now, now + timedelta(seconds=LEASE_SECONDS), room)
        for link in due:
            if self.executor is None:
                self._pull(link)
            else:
                self._under_way.add(link.id)
                self.executor.submit(self._apart, link)
        return len(due)

    def _apart(self, link: LinkRecord) -> None:
        try:
            self._pull(link)
        except HandoffError as error:
            logger.error("%s of handoff %s is asked again later: %s", link.connector, link.handoff_id, error)
        finally:
            self._under_way.discard(link.id)

    def _pull(self, link: LinkRecord) -> None:
        if link.reference is None:
            with self.uow.write() as tx:
                tx.links.schedule(link.id, None)  # what opens it sets the next time
            return
        try:
            found = self.connector.pull(link_of(link))
            for event in found.events:
                self.inbound.apply(link, event)
        except (NotYet, StorageUnavailable) as error:
            self._again(link, str(error), getattr(error, "retry_after", None))
            return
        except Undeliverable as error:
            self._lost(link, str(error))
            return
        except Exception as error:
            # a defect, or an answer that nobody expected: logged whole, and asked again; other handoffs go on
            logger.exception("%s of handoff %s met a defect", link.connector, link.handoff_id)
            self._again(link, f"{type(error).__name__}: {error}", None)
            return
        now = self.clock()
        with self.uow.write() as tx:
            stored = tx.links.find(link.handoff_id, link.connector)
            goes_on = stored is not None and stored.is_open
            next_at = now + timedelta(seconds=self.route.poll_every) if goes_on else None
            tx.links.pulled(link, found.cursor, next_at)

    def _again(self, link: LinkRecord, error: str, retry_after: float | None) -> None:
        wait = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 2 ** min(link.failures, 10))
        if link.failures == 0:
            logger.warning("%s of handoff %s is asked again: %s", link.connector, link.handoff_id, error)
        with self.uow.write() as tx:
            tx.links.failed(link, self.clock() + timedelta(seconds=max(wait, retry_after or 0.0)), error)

    def _lost(self, link: LinkRecord, error: str) -> None:
        """The counterpart is gone, or we may not look at it any more: agents there cannot answer."""
        logger.error("%s of handoff %s cannot be asked any more: %s", link.connector, link.handoff_id, error)
        with self.uow.write() as tx:
            tx.links.failed(link, None, error)
        if link.is_open:
            self.fallback.take_over(link.handoff_id, link.connector, error)


def pulling_apart(puller: Puller, executor: Executor) -> Puller:
    """The same puller, whose calls run in ``executor``."""
    return replace(puller, executor=executor, _under_way=set())
