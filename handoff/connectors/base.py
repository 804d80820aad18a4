"""The contract of a connector: how a handoff and what the visitor writes reach a live chat.

A connector raises :class:`~handoff.service.dispatch.Undeliverable` when trying again is useless (the live chat
refuses), and :class:`~handoff.service.dispatch.NotYet` when it may work later. It may be called twice for the same
thing after a crash: ``handoff_id`` and ``message.id`` are the same then.
"""

from __future__ import annotations

from typing import Any, Protocol

from handoff.domain.model import Message


class Connector(Protocol):
    """Adapter to one live chat."""

    def open(self, package: dict[str, Any]) -> None:
        """Show a new handoff to the agents of ``package["queue"]``; ``package`` is a ``handoff.context/1``."""

    def send(self, handoff_id: str, message: Message) -> None:
        """Show a message of the visitor in an open handoff."""
