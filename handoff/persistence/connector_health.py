"""How the connectors are: circuit breakers that all workers share, and webhooks that came already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, select, update

from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import connector_health as health
from handoff.persistence.tables import webhooks_received as received
from handoff.service.delivery_ports import ConnectorState

_OF = select(health).where(health.c.connector == bindparam("name"))  # built once: workers ask many times a second


class ConnectorHealthStore:
    """See :class:`handoff.service.ports.ConnectorHealth`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, connector: str) -> ConnectorState:
        """How a connector is; one that was never used is well."""
        row = self._connection.execute(_OF, {"name": connector}).first()
        if row is None:
            return ConnectorState(connector)
        return ConnectorState(
            row.connector, row.failures, row.down_since, row.open_until, row.last_error, row.last_ok_at
        )

    def save(self, state: ConnectorState) -> None:
        """Store how a connector is."""
        values = {
            "failures": state.failures,
            "down_since": state.down_since,
            "open_until": state.open_until,
            "last_error": state.last_error,
            "last_ok_at": state.last_ok_at,
        }
        if not insert_new(self._connection, health, connector=state.connector, **values):
            self._connection.execute(update(health).where(health.c.connector == state.connector).values(**values))

    def first_time(self, connector: str, delivery_id: str, now: datetime) -> bool:
        """Write down that a webhook came; False when it came before."""
        return insert_new(self._connection, received, connector=connector, delivery_id=delivery_id, at=now)

    def forget_webhooks(self, before: datetime) -> None:
        """Drop what is too old to be accepted again anyway."""
        self._connection.execute(delete(received).where(received.c.at < before))
