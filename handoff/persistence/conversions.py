"""What visitors did that the shop wanted."""

from __future__ import annotations

from sqlalchemy import Connection, update

from handoff.domain.conversion import Conversion, Source
from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import conversions


class ConversionStore:
    """See :class:`handoff.service.ports.Conversions`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, conversion: Conversion, visit_id: int | None) -> bool:
        """Store it; False when one of this name and reference is there, where a server's word replaces a page's."""
        values = vars(conversion) | {"source": conversion.source.value, "visit_id": visit_id}
        if insert_new(self._connection, conversions, **values):
            return True
        if conversion.source is Source.SERVER:
            self._connection.execute(
                update(conversions)
                .where(
                    conversions.c.conversation_id == conversion.conversation_id,
                    conversions.c.name == conversion.name,
                    conversions.c.reference == conversion.reference,
                    conversions.c.source == Source.WIDGET.value,
                )
                .values(**values)
            )
        return False
