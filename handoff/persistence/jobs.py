"""What happens once in a while, whichever process does it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, select, update

from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import jobs


def last_run(connection: Connection, name: str) -> datetime | None:
    """When it happened last; None: it is new."""
    return connection.execute(select(jobs.c.last_at).where(jobs.c.name == name)).scalar()


def begin(connection: Connection, name: str, at: datetime) -> bool:
    """Write down that it counts from ``at`` on; False when another process did."""
    return insert_new(connection, jobs, name=name, last_at=at)


def take(connection: Connection, name: str, before: datetime, at: datetime) -> bool:
    """Compare and swap: it happens now instead of having happened last at ``before``; False when another was faster."""
    taken = connection.execute(update(jobs).where(jobs.c.name == name, jobs.c.last_at == before).values(last_at=at))
    return taken.rowcount == 1
