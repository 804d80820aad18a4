"""Who delivers the rows of each target: to visitors through Rasa, to their mailboxes, to live chats."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Protocol

from handoff.domain.live_chat import Route
from handoff.domain.model import Message, Sender, VisitorState
from handoff.service.counterpart import Attempt, Link
from handoff.service.delivery import Undeliverable
from handoff.service.delivery_ports import LinkRecord, OutboxRow
from handoff.service.fallback import Fallback
from handoff.service.history import CLOCK, happened
from handoff.service.lease import Lease, Store
from handoff.service.lines import ASK_EMAIL, RESUME
from handoff.service.live_chats import CLOSE, FORWARD, NOTICE, NOTIFY, OPEN_PACKAGE
from handoff.service.ports import Clock, Transaction, UnitOfWork
from handoff.service.visitor_state import VisitorStates

FIRST_QUESTION_SECONDS = 1.0
"""After an opening. What happened during it rang for a counterpart that nobody knew yet: a rule gave it to an agent."""


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


class LiveChatPort(Protocol):
    """As much of a connector as delivery needs; see :class:`handoff.connectors.base.Connector`."""

    def open(self, package: dict[str, Any], attempt: Attempt) -> None:
        """Show a new handoff."""

    def send(self, message: Message, attempt: Attempt) -> None:
        """Show a line."""

    def close(self, reason: str, attempt: Attempt) -> None:
        """It is over."""


@dataclass(frozen=True)
class RasaCourier:
    """See :class:`handoff.service.dispatch.Courier`."""

    uow: UnitOfWork
    rasa: RasaGateway
    states: VisitorStates

    def deliver(self, row: OutboxRow, lease: Lease) -> None:
        """Show a message to the visitor."""
        with self.uow.read() as tx:
            message = _message(tx, row)
            state = self.states.of(tx, row.conversation_id)
        self.rasa.show(
            message,
            state,
            resume=row.kind == RESUME,
            ask_email=bool(row.payload.get(ASK_EMAIL)),
            maybe_repeated=row.attempts > 0,
        )

    def given_up(self, row: OutboxRow, error: str) -> None:
        """The dead letter says it; Rasa refuses only what is configured wrongly."""


@dataclass(frozen=True)
class MailCourier:
    """See :class:`handoff.service.dispatch.Courier`."""

    uow: UnitOfWork
    mailbox: Mailbox | None
    clock: Clock

    def deliver(self, row: OutboxRow, lease: Lease) -> None:
        """Send an e-mail."""
        if self.mailbox is None:
            raise Undeliverable("No e-mail can be sent: endpoints.yml has no section email.")
        self.mailbox.deliver(row)

    def given_up(self, row: OutboxRow, error: str) -> None:
        """An agent believes that the visitor has it: the desk must say that this is not so."""
        if row.handoff_id is None:
            return
        with self.uow.write() as tx:
            record = tx.handoffs.get(row.handoff_id)
            happened(tx, "email_failed", record, CLOCK, self.clock(), to=row.payload["to"], error=error)


@dataclass(frozen=True)
class ConnectorCourier:
    """See :class:`handoff.service.dispatch.Courier`."""

    uow: UnitOfWork
    route: Route
    connector: LiveChatPort
    fallback: Fallback
    clock: Clock

    def deliver(self, row: OutboxRow, lease: Lease) -> Store | None:
        """Make the call that the row stands for."""
        assert row.handoff_id is not None, "what connectors get belongs to a handoff"
        with self.uow.read() as tx:
            link = tx.links.find(row.handoff_id, self.route.name)
            package = tx.handoffs.get(row.handoff_id).package if row.kind in (OPEN_PACKAGE, NOTIFY) else {}
            message = _message(tx, row) if row.kind == FORWARD else None
        attempt = self._attempt(row, link, lease)
        if row.kind in (OPEN_PACKAGE, NOTIFY):
            try:
                self.connector.open(package, attempt)
            except Exception:
                attempt.save()  # what was found out helps the next attempt, or whoever closes what was opened
                raise
            return self._opened(link, attempt)
        if row.kind == FORWARD and message is not None:
            self.connector.send(message, attempt)
        elif row.kind == NOTICE:
            self.connector.send(self._notice(row), attempt)
        elif row.kind == CLOSE:
            closing = self._closing(row, attempt)
            if closing.link.reference is not None:
                self.connector.close(row.payload["reason"], closing)
        else:
            raise Undeliverable(f"This version does not know what '{row.kind}' means.")
        return None

    def given_up(self, row: OutboxRow, error: str) -> None:
        """What agents there will never get, somebody else has to."""
        if row.handoff_id is not None and row.kind in (OPEN_PACKAGE, FORWARD):
            self.fallback.take_over(row.handoff_id, self.route.name, error)

    def _attempt(self, row: OutboxRow, link: LinkRecord | None, lease: Lease) -> Attempt:
        assert row.handoff_id is not None
        repeated = row.attempts > 0
        if link is None:
            return Attempt(Link(row.handoff_id, row.conversation_id), repeated=repeated, keep=lease.keep)
        link_id = link.id

        def save(fresh: Link) -> None:
            lease.renewing(lambda tx: tx.links.remember(link_id, fresh.reference, dict(fresh.data)))

        return Attempt(link_of(link), repeated=repeated, keep=lease.keep, save=save)

    @staticmethod
    def _closing(row: OutboxRow, attempt: Attempt) -> Attempt:
        """The attempt at what had to be closed, also when the handoff has come back and has a new counterpart."""
        reference = row.payload.get("reference")
        if reference is None or reference == attempt.link.reference:
            return attempt
        old = replace(attempt.link, reference=reference, data=row.payload["data"], cursor=None)
        return Attempt(old, repeated=attempt.repeated, keep=attempt.keep)

    def _opened(self, link: LinkRecord | None, attempt: Attempt) -> Store | None:
        if link is None:
            return None
        link_id, first = link.id, timedelta(seconds=min(FIRST_QUESTION_SECONDS, self.route.poll_every))

        def store(tx: Transaction) -> None:
            if attempt.unsaved:
                tx.links.remember(link_id, attempt.link.reference, dict(attempt.link.data))
            if self.route.pulls:
                tx.links.schedule(link_id, self.clock() + first)

        return store

    def _notice(self, row: OutboxRow) -> Message:
        at: datetime = self.clock()
        return Message(
            id=row.payload["notice_id"],
            conversation_id=row.conversation_id,
            seq=0,
            sender=Sender.SYSTEM,
            text=row.payload["text"],
            at=at,
        )


def link_of(record: LinkRecord) -> Link:
    """A stored link as connectors see it."""
    return Link(record.handoff_id, record.conversation_id, record.reference, record.data, record.cursor)


def _message(tx: Transaction, row: OutboxRow) -> Message:
    found = tx.messages.find(row.payload["message_id"])
    if found is None:
        raise Undeliverable(f"The message of outbox row {row.id} does not exist any more.")
    return found
