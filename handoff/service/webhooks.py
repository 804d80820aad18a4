"""Webhooks of live chats: checked by their connector, accepted once, and then either a bell or the event itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Generic, Protocol, TypeVar

from handoff.domain.errors import NotFound
from handoff.service.counterpart import Event, Ring
from handoff.service.inbound import Inbound
from handoff.service.ports import Clock, UnitOfWork

KEPT = timedelta(days=1)  # far longer than any window in which a signature is accepted, and than a sender's retries

Request = TypeVar("Request", contravariant=True)


class Receiver(Protocol[Request]):
    """As much of a connector as webhooks need; see :class:`handoff.connectors.base.Connector`."""

    def receive(self, request: Request) -> Sequence[Event]:
        """Check the webhook and say what it is about. Raises WebhookRefused."""

    def delivery_id(self, request: Request) -> str | None:
        """The sender's id of this webhook."""


@dataclass(frozen=True)
class Webhooks(Generic[Request]):
    """Use case: take a webhook in."""

    uow: UnitOfWork
    receivers: Mapping[str, Receiver[Request]]
    inbound: Inbound
    clock: Clock
    wake: Callable[[], None] = lambda: None

    def take_in(self, name: str, request: Request) -> int:
        """Take in one webhook for the connector ``name``; returns how many events were new.

        Events are applied before the webhook is written down as received, and applying is idempotent: a crash in
        between makes the sender's repetition do the rest.

        Raises:
            NotFound: no such connector, or the webhook is about a counterpart that nobody knows.
            WebhookRefused: it does not prove where it comes from.
        """
        receiver = self.receivers.get(name)
        if receiver is None:
            raise NotFound(f"There is no connector '{name}' that takes webhooks.")
        events = receiver.receive(request)
        delivery_id = receiver.delivery_id(request)
        rings = [event for event in events if isinstance(event, Ring)]
        others = [event for event in events if not isinstance(event, Ring)]
        self._apply(name, others)
        with self.uow.write() as tx:
            if delivery_id is not None and not tx.health.first_time(name, delivery_id[:255], self.clock()):
                return 0
            rung = sum(tx.links.ring(name, event.reference) for event in rings)
        if rung:
            self.wake()
        return rung + len(others)

    def forget_old(self) -> None:
        """Drop the ids of webhooks that could not be accepted again anyway."""
        with self.uow.write() as tx:
            tx.health.forget_webhooks(self.clock() - KEPT)

    def _apply(self, name: str, events: Sequence[Event]) -> None:
        for event in events:
            with self.uow.read() as tx:
                link = tx.links.by_reference(name, event.reference)
            if link is None:
                raise NotFound(f"There is no open handoff with the reference '{event.reference[:80]}'.")
            self.inbound.apply(link, event)
