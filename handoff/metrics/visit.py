"""One visit, looked at closely: what was said, what the assistant made of it, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from handoff.domain.errors import NotFound
from handoff.persistence.metric_visit import conversions_of, handoff_of, messages_of, read_visit


@dataclass(frozen=True)
class VisitDetail:
    """A visit and what belongs to it, each as the rows of its table (:mod:`handoff.persistence.tables`).

    Attributes:
        visit: the visit.
        messages: of everybody, in order.
        handoff: the first one made in it, with its agent's name and its rating; None where nobody was brought in.
        conversions: the earliest first.
    """

    visit: Mapping[str, Any]
    messages: Sequence[Mapping[str, Any]]
    handoff: Mapping[str, Any] | None
    conversions: Sequence[Mapping[str, Any]]


def visit_detail(connection: Connection, visit_id: int) -> VisitDetail:
    """One visit.

    Raises:
        NotFound: there is none with this id.
    """
    visit = read_visit(connection, visit_id)
    if visit is None:
        raise NotFound(f"There is no visit {visit_id}. It may have been erased; go back to the list.")
    return VisitDetail(
        visit=dict(visit),
        messages=[dict(row) for row in messages_of(connection, visit_id)],
        handoff=handoff_of(connection, visit["handoff_id"]) if visit["handoff_id"] else None,
        conversions=[dict(row) for row in conversions_of(connection, [visit_id]).get(visit_id, [])],
    )
