"""Links between handoffs and their counterparts in live chats."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, update

from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import links
from handoff.service.delivery_ports import LinkRecord

OPEN, CLOSED = "open", "closed"

RUNG = datetime(2000, 1, 1, tzinfo=UTC)
"""``pull_at`` of a link that rang: before all whose time has merely come."""

# Built once: workers run them many times a second, and building a statement costs more than running it.
_FIND = select(links).where(links.c.handoff_id == bindparam("handoff"), links.c.connector == bindparam("name"))
_REMEMBER = (
    update(links)
    .where(links.c.id == bindparam("link"))
    .values(reference=bindparam("new_reference"), data=bindparam("new_data", type_=links.c.data.type))
)
_SCHEDULE = update(links).where(links.c.id == bindparam("link")).values(pull_at=bindparam("at"))
_DUE = links.c.status.in_((OPEN, CLOSED)), links.c.pull_at <= bindparam("now")  # both: the index begins with it
_TAKE = (
    select(links)
    .where(*_DUE, links.c.connector == bindparam("name"))
    .order_by(links.c.pull_at)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


class LinkStore:
    """See :class:`handoff.service.ports.Links`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self, handoff_id: str, conversation_id: str, connector: str, now: datetime) -> None:
        """The connector gets the handoff; where it had it before, it starts anew."""
        fresh: dict[str, Any] = {
            "reference": None,
            "data": {},
            "cursor": None,
            "status": OPEN,
            "failures": 0,
            "pull_at": None,
            "last_error": None,
        }
        key = {"handoff_id": handoff_id, "connector": connector}
        first = {"conversation_id": conversation_id, "rings": 0, "created_at": now}
        if not insert_new(self._connection, links, **key, **first, **fresh):
            self._connection.execute(
                update(links).where(links.c.handoff_id == handoff_id, links.c.connector == connector).values(**fresh)
            )

    def find(self, handoff_id: str, connector: str) -> LinkRecord | None:
        """The link of a handoff, open or not."""
        row = self._connection.execute(_FIND, {"handoff": handoff_id, "name": connector}).first()
        return _record(row) if row else None

    def by_reference(self, connector: str, reference: str) -> LinkRecord | None:
        """The latest link to a counterpart: some live chats use the same one for several handoffs of a visitor."""
        row = self._connection.execute(
            select(links)
            .where(links.c.connector == connector, links.c.reference == reference)
            .order_by(links.c.id.desc())
            .limit(1)
        ).first()
        return _record(row) if row else None

    def remember(self, link_id: int, reference: str | None, data: dict[str, Any]) -> None:
        """What the connector wrote down."""
        self._connection.execute(_REMEMBER, {"link": link_id, "new_reference": reference, "new_data": data})

    def close(self, handoff_id: str, connector: str) -> None:
        """The handoff is over, or somebody else has it."""
        self._connection.execute(
            update(links)
            .where(links.c.handoff_id == handoff_id, links.c.connector == connector, links.c.status == OPEN)
            .values(status=CLOSED)
        )

    def ring(self, connector: str, reference: str) -> bool:
        """Something happened there: ask at once. False when nobody knows this counterpart."""
        found = self.by_reference(connector, reference)
        if found is None:
            return False
        self._connection.execute(
            update(links).where(links.c.id == found.id).values(rings=links.c.rings + 1, pull_at=RUNG)
        )
        return True

    def schedule(self, link_id: int, pull_at: datetime | None) -> None:
        """Ask at ``pull_at``; None: not any more."""
        self._connection.execute(_SCHEDULE, {"link": link_id, "at": pull_at})

    def take(self, connector: str, now: datetime, until: datetime, limit: int) -> list[LinkRecord]:
        """Links of which it is time to ask, those that rang first; others leave each alone until ``until``."""
        given = {"name": connector, "now": now, "most": limit}
        found = [_record(row) for row in self._connection.execute(_TAKE, given)]
        if found:
            ids = [one.id for one in found]
            self._connection.execute(update(links).where(links.c.id.in_(ids)).values(pull_at=until))
        return found

    def release_all(self, now: datetime) -> None:
        """Make every link that a killed worker had taken due at once; for the start of the only worker."""
        self._connection.execute(update(links).where(links.c.pull_at > now).values(pull_at=now))

    def pulled(self, link: LinkRecord, cursor: str | None, next_at: datetime | None) -> bool:
        """Move the cursor; False when another worker moved it. A ring since then makes it due at once."""
        same_cursor = links.c.cursor.is_(None) if link.cursor is None else links.c.cursor == link.cursor
        quiet = self._connection.execute(
            update(links)
            .where(links.c.id == link.id, same_cursor, links.c.rings == link.rings)
            .values(cursor=cursor, pull_at=next_at, failures=0, last_error=None)
        )
        if quiet.rowcount:
            return True
        rung = self._connection.execute(
            update(links)
            .where(links.c.id == link.id, same_cursor)
            .values(cursor=cursor, pull_at=RUNG, failures=0, last_error=None)
        )
        return rung.rowcount == 1

    def failed(self, link: LinkRecord, next_at: datetime | None, error: str) -> None:
        """Asking did not work; ask again at ``next_at``."""
        self._connection.execute(
            update(links)
            .where(links.c.id == link.id)
            .values(pull_at=next_at, failures=links.c.failures + 1, last_error=error)
        )


def _record(row: Row[Any]) -> LinkRecord:
    return LinkRecord(
        id=row.id,
        handoff_id=row.handoff_id,
        conversation_id=row.conversation_id,
        connector=row.connector,
        reference=row.reference,
        data=row.data,
        cursor=row.cursor,
        is_open=row.status == OPEN,
        rings=row.rings,
        failures=row.failures,
    )
