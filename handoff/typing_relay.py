"""Tells live chats that a visitor types. That is true for seconds only: a live chat that fails is not told again."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field

from handoff.connectors.base import Connector
from handoff.domain.errors import HandoffError, NotFound
from handoff.persistence.unit_of_work import SqlUnitOfWork
from handoff.service.counterpart import Link
from handoff.service.couriers import link_of
from handoff.service.visitor_side import TYPING

logger = logging.getLogger(__name__)


@dataclass
class TypingRelay:
    """Follows the signals of one database from now on."""

    uow: SqlUnitOfWork
    connectors: Mapping[str, Connector]
    _read_to: int | None = field(default=None, init=False)

    def run_once(self) -> int:
        """Pass on what is new; returns how many that was."""
        told = 0
        for name, link, on in self._fresh():
            try:
                self.connectors[name].typing(link, on)
                told += 1
            except HandoffError as error:
                logger.info("%s was not told that a visitor types: %s", name, error)
        return told

    def _fresh(self) -> list[tuple[str, Link, bool]]:
        with self.uow.read() as tx:
            if self._read_to is None:
                self._read_to = tx.signals.latest()
                return []
            fresh = []
            for signal in tx.signals.since(self._read_to):
                self._read_to = signal.cursor
                if signal.kind != TYPING:
                    continue
                try:
                    record = tx.handoffs.get(signal.handoff_id)
                except NotFound:
                    continue  # erased meanwhile
                connector = self.connectors.get(record.connector)
                link = tx.links.find(record.id, record.connector) if connector else None
                if connector and connector.capabilities.typing and link and link.is_open and link.reference:
                    fresh.append((record.connector, link_of(link), bool(signal.data.get("on"))))
            return fresh
