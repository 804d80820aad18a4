"""The built-in desk: it reads the same database, so what is stored is shown."""

from __future__ import annotations

from typing import Any

from handoff.domain.model import Message


class DeskConnector:
    """See :class:`handoff.connectors.base.Connector`."""

    def open(self, package: dict[str, Any]) -> None:
        """The handoff's row is in the queue from the moment it is committed; there is nothing to send."""

    def send(self, handoff_id: str, message: Message) -> None:
        """The message is in the transcript from the moment it is committed; there is nothing to send."""
