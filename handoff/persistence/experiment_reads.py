"""Reads which experiments there were, and how many visitors fell into each variant."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, and_, distinct, func, select

from handoff.persistence.metric_scope import Scope
from handoff.persistence.metric_visits import HEARD
from handoff.persistence.tables import visits

_c = visits.c


class Seen(NamedTuple):
    """A variant that visits know: ``experiment:variant``, and when the first and the latest of them began."""

    labelled: str
    first: datetime
    latest: datetime


class Fallen(NamedTuple):
    """Who fell into a variant: conversations, which is what chance sorts, and visits that the assistant heard."""

    conversations: int
    visits: int


def variants_seen(connection: Connection) -> list[Seen]:
    """Every variant of every experiment, by name. The index is stepped over from one name to the next, so this costs
    as much as there are variants, however many visits were in them."""
    found: list[Seen] = []
    name = connection.execute(select(func.min(_c.variant)).where(_c.variant.is_not(None))).scalar_one()
    while name is not None:
        row = connection.execute(
            select(func.min(_c.started_at), func.max(_c.started_at)).where(_c.variant == name)
        ).one()
        found.append(Seen(name, *row))
        later = select(func.min(_c.variant)).where(_c.variant.is_not(None), _c.variant > name)
        name = connection.execute(later).scalar_one()
    return found


def fallen(connection: Connection, scope: Scope) -> Fallen:
    """How many fell into the variant that ``scope`` filters by, in its time."""
    row = connection.execute(
        select(func.count(distinct(_c.conversation_id)), func.count().filter(and_(HEARD))).where(*scope.visits())
    ).one()
    return Fallen(*row)
