"""Delivers what the outbox holds: at least once, in order per conversation and target, with the effect of once.

A row is leased for one attempt; a worker that dies leaves a lease that runs out. Who receives a row twice recognises
it by its message id.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from handoff.domain.errors import HandoffError, StorageUnavailable
from handoff.domain.model import Message, VisitorState
from handoff.service.history import CLOCK, happened
from handoff.service.lines import ASK_EMAIL, RASA, RESUME
from handoff.service.ports import Clock, OutboxRow, UnitOfWork
from handoff.service.unseen_replies import EMAIL
from handoff.service.visitor_state import VisitorStates
from handoff.service.waiting_line import OPEN_PACKAGE

logger = logging.getLogger(__name__)

LEASE_SECONDS = 15.0  # longer than connect and read timeout of one HTTP call together (2 + 10 s)
MAIL_LEASE_SECONDS = 120.0  # SMTP takes several exchanges, each with a time limit of its own
FIRST_RETRY_SECONDS = 0.2  # a server that restarts is missed for moments only
LONGEST_RETRY_SECONDS = 5.0  # a person waits at the other end; asking every few seconds costs nothing on loopback
FIRST_MAIL_RETRY_SECONDS = 5.0  # another company's server: it is asked politely (RFC 5321 4.5.4.1 asks for patience)
LONGEST_MAIL_RETRY_SECONDS = 600.0
MOST_MAIL_ATTEMPTS = 30  # about four hours: later than that, an agent must choose another way
BATCH = 50


class NotYet(HandoffError):
    """It did not work this time and may work later."""

    code = "not_yet"
    http_status = 503


class Undeliverable(HandoffError):
    """The other side refuses for good; trying again is useless."""

    code = "undeliverable"
    http_status = 502


class RasaGateway(Protocol):
    """The way back to the visitor."""

    def show(
        self, message: Message, state: VisitorState, *, resume: bool, ask_email: bool, maybe_repeated: bool
    ) -> None:
        """Show the visitor ``message``, and let the assistant take over when ``resume``.

        ``ask_email`` says that the message asks for an address: the assistant reads the answer as one.
        ``maybe_repeated`` says that an earlier attempt may have arrived. Raises NotYet or Undeliverable.
        """


class Mailbox(Protocol):
    """The way to a visitor who has left."""

    def deliver(self, row: OutboxRow) -> None:
        """Send the e-mail that ``row`` asks for. Raises NotYet or Undeliverable."""


class ConnectorPort(Protocol):
    """As much of a connector as delivery needs; see :class:`handoff.connectors.base.Connector`."""

    def open(self, package: dict) -> None:  # type: ignore[type-arg]
        """Show a new handoff."""

    def send(self, handoff_id: str, message: Message) -> None:
        """Show a message of the visitor."""


@dataclass(frozen=True)
class Dispatcher:
    """Works off the outbox. ``run_once`` may run in several processes at the same time."""

    uow: UnitOfWork
    rasa: RasaGateway
    connectors: Mapping[str, ConnectorPort]
    states: VisitorStates
    clock: Clock
    mailbox: Mailbox | None = None
    only: str | None = None
    """Works for this target alone; see :data:`without`."""
    without: str | None = None
    """Leaves this target to another worker: a mail server that takes its time must not hold up the chat."""
    jitter: Callable[[], float] = random.random
    executor: Executor | None = None
    progress: Callable[[], None] = lambda: None
    _under_way: set[int] = field(default_factory=set)

    def run_once(self) -> int:
        """Try each line's first due row once; returns how many were delivered.

        The rows belong to different lines. With an ``executor`` nothing waits for the slowest of them: what is returned
        is then how many were begun, and ``progress`` is called when one has ended.
        """
        with self.uow.read() as tx:
            rows = tx.outbox.due(self.clock(), BATCH, only=self.only, without=self.without)
        if self.executor is None:
            return sum(map(self.deliver, rows))
        fresh = [row for row in rows if row.id not in self._under_way]
        self._under_way.update(row.id for row in fresh)
        for row in fresh:
            self.executor.submit(self._deliver_apart, row)
        return len(fresh)

    def _deliver_apart(self, row: OutboxRow) -> None:
        try:
            self.deliver(row)
        except HandoffError as error:
            # not even the database answered; the lease runs out, and then it is tried again
            logger.error("outbox row %s (%s to %s) is left for later: %s", row.id, row.kind, row.target, error)
        finally:
            self._under_way.discard(row.id)
            self.progress()

    def deliver(self, row: OutboxRow) -> bool:
        """One attempt at one row; False when it failed or somebody else has it."""
        with self.uow.write() as tx:
            now = self.clock()
            lease = MAIL_LEASE_SECONDS if row.target == EMAIL else LEASE_SECONDS
            if not tx.outbox.lease(row, now, now + timedelta(seconds=lease)):
                return False
        try:
            self._send(row)
        except (NotYet, StorageUnavailable) as error:
            self._retry(row, str(error))
            return False
        except HandoffError as error:
            logger.error("outbox row %s (%s to %s) cannot be delivered: %s", row.id, row.kind, row.target, error)
            self._give_up(row, str(error))
            return False
        except Exception as error:
            # a defect in one delivery must not stop all others: it is logged whole, and the row waits for the remedy
            logger.exception("outbox row %s (%s to %s) met a defect and is tried again", row.id, row.kind, row.target)
            self._retry(row, f"{type(error).__name__}: {error}")
            return False
        with self.uow.write() as tx:
            tx.outbox.delivered(row.id, self.clock())
        return True

    def _send(self, row: OutboxRow) -> None:
        if row.target == EMAIL:
            if self.mailbox is None:
                raise Undeliverable("No e-mail can be sent: endpoints.yml has no section email.")
            self.mailbox.deliver(row)
            return
        if row.target != RASA:
            self._to_connector(row)
            return
        with self.uow.read() as tx:
            message = _found(tx.messages.find(row.payload["message_id"]), row)
            state = self.states.of(tx, row.conversation_id)
        self.rasa.show(
            message,
            state,
            resume=row.kind == RESUME,
            ask_email=bool(row.payload.get(ASK_EMAIL)),
            maybe_repeated=row.attempts > 0,
        )

    def _to_connector(self, row: OutboxRow) -> None:
        name = row.target.partition(":")[2]
        if name not in self.connectors:
            raise Undeliverable(f"There is no connector '{name}'. Configured: {', '.join(sorted(self.connectors))}.")
        with self.uow.read() as tx:
            if row.kind == OPEN_PACKAGE:
                package = tx.handoffs.get(row.payload["handoff_id"]).package
            else:
                message = _found(tx.messages.find(row.payload["message_id"]), row)
        if row.kind == OPEN_PACKAGE:
            self.connectors[name].open(package)
        else:
            assert row.handoff_id is not None
            self.connectors[name].send(row.handoff_id, message)

    def _give_up(self, row: OutboxRow, error: str) -> None:
        with self.uow.write() as tx:
            tx.outbox.bury(row.id, self.clock(), error)
            if row.target == EMAIL and row.handoff_id is not None:
                # an agent believes that the visitor has it: the desk must say that this is not so
                record = tx.handoffs.get(row.handoff_id)
                happened(tx, "email_failed", record, CLOCK, self.clock(), to=row.payload["to"], error=error)

    def _retry(self, row: OutboxRow, error: str) -> None:
        # exponential with full jitter, so that many rows do not knock at the same moment
        if row.target == EMAIL and row.attempts + 1 >= MOST_MAIL_ATTEMPTS:
            self._give_up(row, error)
            return
        mail = row.target == EMAIL
        first = FIRST_MAIL_RETRY_SECONDS if mail else FIRST_RETRY_SECONDS
        longest = LONGEST_MAIL_RETRY_SECONDS if mail else LONGEST_RETRY_SECONDS
        ceiling = min(longest, first * 2 ** min(row.attempts, 10))
        wait = timedelta(seconds=ceiling * (0.5 + 0.5 * self.jitter()))
        if row.attempts == 0:
            logger.warning("outbox row %s (%s to %s) waits and is tried again: %s", row.id, row.kind, row.target, error)
        with self.uow.write() as tx:
            tx.outbox.postpone(row.id, self.clock() + wait, error)


def _found(message: Message | None, row: OutboxRow) -> Message:
    if message is None:
        raise Undeliverable(f"The message of outbox row {row.id} does not exist any more.")
    return message
