"""What a number is counted over: a stretch of time, and what visits and handoffs must have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Column, ColumnElement, Table, select

from handoff.persistence.tables import handoffs, visits


@dataclass(frozen=True)
class Filters:
    """Only these, each exactly; None means all.

    Attributes:
        topic: of the visit, or of the handoff itself.
        queue: of the handoff itself; a visit counts when its first handoff is there now.
        trigger: why the handoff was made; a visit counts when its first handoff was made for this reason.
        page: where the visit began; a handoff counts when it was the first of such a visit.
        variant: ``experiment:variant`` of the visit; for a handoff as with ``page``.
    """

    topic: str | None = None
    queue: str | None = None
    trigger: str | None = None
    page: str | None = None
    variant: str | None = None

    def given(self) -> dict[str, str]:
        """Those that are set, by name."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: value for name, value in values.items() if value is not None}


EVERYTHING = Filters()


@dataclass(frozen=True)
class Scope:
    """From ``start`` up to ``end``, which is no longer part of it, and ``filters``."""

    start: datetime
    end: datetime
    filters: Filters = EVERYTHING

    def visits(self) -> list[ColumnElement[bool]]:
        """Conditions on the table of visits: it began in this time."""
        return [visits.c.started_at >= self.start, visits.c.started_at < self.end, *self.kinds_of_visits()]

    def handoffs(self) -> list[ColumnElement[bool]]:
        """Conditions on the table of handoffs: it was made in this time."""
        return [handoffs.c.created_at >= self.start, handoffs.c.created_at < self.end, *self.kinds_of_handoffs()]

    def kinds_of_visits(self) -> list[ColumnElement[bool]]:
        """The filters alone, as conditions on the table of visits."""
        own = [
            visits.c[name] == value
            for name, value in self.filters.given().items()
            if name in {"topic", "trigger", "page", "variant"}
        ]
        if self.filters.queue is not None:
            own += [visits.c.handoff_id.is_not(None), queue_of_visit() == self.filters.queue]
        return own

    def kinds_of_handoffs(self) -> list[ColumnElement[bool]]:
        """The filters alone, as conditions on the table of handoffs."""
        given = self.filters.given()
        own = [handoffs.c[name] == value for name, value in given.items() if name in {"topic", "queue", "trigger"}]
        own += [_of_visit(name) == value for name, value in given.items() if name in {"page", "variant"}]
        return own


# One look into an index for each row. As a join, or with EXISTS, PostgreSQL would rather read the whole other table
# once, which takes the longer the more history there is.


def belongs_to(table: Table, key: Column[Any], kinds: Sequence[ColumnElement[bool]]) -> ColumnElement[bool]:
    """In a query of what belongs to rows of ``table``: whether the one that ``key`` names is of these ``kinds``.

    As a join it took seconds on PostgreSQL that had not looked at its tables for a while: it took few visits to be of a
    variant, and read the index of all messages once for each.
    """
    found = select(table.c.id).where(table.c.id == key, *kinds).limit(1)
    return found.correlate(key.table).scalar_subquery().is_not(None)


def queue_of_visit() -> ColumnElement[str]:
    """In a query of visits: the queue in which the first handoff is now."""
    of_handoff = select(handoffs.c.queue).where(handoffs.c.id == visits.c.handoff_id)
    return of_handoff.correlate(visits).scalar_subquery()


def _of_visit(name: str) -> ColumnElement[str]:
    """In a query of handoffs: a column of the visit whose first handoff it is."""
    of_visit = select(visits.c[name]).where(visits.c.handoff_id == handoffs.c.id).limit(1)
    return of_visit.correlate(handoffs).scalar_subquery()
