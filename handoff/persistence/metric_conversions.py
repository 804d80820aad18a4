"""Counts conversions: which visits led to one, and what those of some days were worth."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, and_, case, distinct, func, select

from handoff.persistence.metric_scope import Scope, belongs_to
from handoff.persistence.metric_visits import HANDED, HEARD
from handoff.persistence.tables import conversions, visits

MONEY_DIGITS = 4  # finer than any coin, coarser than what adding up floating-point numbers leaves behind
AFTER_HANDOFF: ColumnElement[bool] = and_(HANDED, conversions.c.at >= visits.c.handoff_at)
"""A conversion of a visit with a handoff, not before that."""
ALONE: ColumnElement[bool] = visits.c.handoff_id.is_(None)


class Converted(NamedTuple):
    """Visits with a conversion: with a handoff before it, and without any handoff."""

    after_handoff: int
    alone: int


class Money(NamedTuple):
    """What the conversions of one currency were worth in all."""

    currency: str | None
    conversions: int
    value: float


def converted(connection: Connection, scope: Scope) -> Converted:
    """How many of the visits in ``scope`` led to a conversion."""
    row = connection.execute(
        select(
            func.count(distinct(case((AFTER_HANDOFF, visits.c.id)))),
            func.count(distinct(case((ALONE, visits.c.id)))),
        )
        .select_from(visits.join(conversions, conversions.c.visit_id == visits.c.id))
        # none is older than its visit: what was before the period need not be looked at
        .where(*scope.visits(), HEARD, conversions.c.at >= scope.start)
    ).one()
    return Converted(*row)


def money(connection: Connection, scope: Scope) -> list[Money]:
    """The value of the conversions that happened in the time of ``scope``, the most frequent currency first.

    Only those that belong to a visit count: whoever bought long after talking to the assistant did so without it.
    """
    query = select(conversions.c.currency, func.count(), func.sum(conversions.c.value)).where(*in_time(scope))
    if kinds := scope.kinds_of_visits():
        query = query.where(belongs_to(visits, conversions.c.visit_id, kinds))
    rows = connection.execute(query.group_by(conversions.c.currency))
    found = [Money(currency, number, round(value, MONEY_DIGITS)) for currency, number, value in rows]
    return sorted(found, key=lambda one: (-one.conversions, one.currency or ""))


def in_time(scope: Scope) -> list[ColumnElement[bool]]:
    """Conditions on conversions: it has a value, belongs to a visit and happened in the time of ``scope``."""
    return [
        conversions.c.at >= scope.start,
        conversions.c.at < scope.end,
        conversions.c.value.is_not(None),
        conversions.c.visit_id.is_not(None),
    ]
