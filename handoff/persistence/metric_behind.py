"""Which visits and handoffs are behind a metric, as conditions, and the lists of them, the latest first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Select, exists, func, not_, or_, select

from handoff.persistence.metric_conversions import AFTER_HANDOFF, ALONE, in_time
from handoff.persistence.metric_handoffs import CLOSED_BY_AGENTS, LEFT_QUEUE, MISSED
from handoff.persistence.metric_scope import Scope
from handoff.persistence.metric_visits import CONTAINED, HANDED, HEARD, ReturnWindow
from handoff.persistence.tables import conversions, handoffs, messages, ratings, visits

Conditions = Sequence[ColumnElement[bool]]


@dataclass(frozen=True)
class Behind:
    """What the conditions depend on.

    Attributes:
        connection: a reading connection.
        scope: which visits and handoffs.
        window: how long somebody may take to come back.
        currency: of the conversions whose value is shown.
    """

    connection: Connection
    scope: Scope
    window: ReturnWindow
    currency: str | None = None

    def returned(self) -> ColumnElement[bool]:
        """Whether the visitor came back in time."""
        return self.window.returned(self.connection)


class VisitBehind(NamedTuple):
    """One visit behind a metric; see :data:`handoff.persistence.tables.visits`."""

    id: int
    conversation_id: str
    handoff_id: str | None
    handoff_at: datetime | None
    started_at: datetime
    last_at: datetime
    returned_at: datetime | None
    page: str | None
    topic: str | None
    trigger: str | None
    answered: int
    not_understood: int
    out_of_scope: int
    small_talk: int
    doubts: int
    score: int | None
    comment: str | None


class HandoffBehind(NamedTuple):
    """One handoff behind a metric, with the visit in which it was made, where there is one."""

    id: str
    conversation_id: str
    created_at: datetime
    first_reply_at: datetime | None
    reply_open_seconds: int | None
    missed_at: datetime | None
    closed_at: datetime | None
    status: str
    topic: str
    trigger: str
    trigger_message_id: str | None
    score: int | None
    comment: str | None
    visit_id: int | None
    page: str | None


def _converted(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists().where(conversions.c.visit_id == visits.c.id, condition)


def _in_time(behind: Behind) -> Conditions:
    currency = conversions.c.currency
    same = currency.is_(None) if behind.currency is None else currency == behind.currency
    # from the conversions to the visits: the other way round would look at every visit there ever was
    bought = select(conversions.c.visit_id).where(same, *in_time(behind.scope))
    return [visits.c.id.in_(bought), *behind.scope.kinds_of_visits()]


_Visits = Callable[[Behind], Conditions]
VISITS_BEHIND: dict[str, _Visits] = {
    "visits": lambda behind: [],
    "handoff_rate": lambda behind: [HANDED],
    "containment": lambda behind: [CONTAINED],
    "honest_containment": lambda behind: [behind.window.over(), CONTAINED, not_(behind.returned())],
    "csat_assistant": lambda behind: [visits.c.score.is_not(None)],
    "conversion_handoff": lambda behind: [_converted(AFTER_HANDOFF)],
    "conversion_assistant": lambda behind: [ALONE, _converted(ALONE)],
    "repeat_rate": lambda behind: [behind.window.over(), behind.returned()],
    "wrong_answer_rate": lambda behind: [visits.c.doubts > 0],
    "fallback_rate": lambda behind: [visits.c.not_understood > 0],
}
"""Conditions on visits that the assistant heard and that began in the period."""

_REPLIED = [handoffs.c.first_reply_at.is_not(None)]
_REPLIED_OPEN = [handoffs.c.reply_open_seconds.is_not(None)]
HANDOFFS_BEHIND: dict[str, Conditions] = {
    "handoffs": [],
    "first_reply_median": _REPLIED,
    "first_reply_p90": _REPLIED,
    "first_reply_open_median": _REPLIED_OPEN,
    "first_reply_open_p90": _REPLIED_OPEN,
    "resolution_median": [handoffs.c.closed_at.is_not(None), handoffs.c.status.in_(CLOSED_BY_AGENTS)],
    "missed_rate": [MISSED],
    "abandoned_rate": [LEFT_QUEUE],
    "csat_handoff": [ratings.c.score.is_not(None)],
}
"""Conditions on handoffs that were made in the period."""

CONVERSION_VALUE = "conversion_value"
"""Its conversions happened in the period, so its visits may have begun before."""


def visits_behind(metric: str, behind: Behind) -> Conditions:
    """All conditions on the visits behind ``metric``."""
    if metric == CONVERSION_VALUE:
        return _in_time(behind)
    return [*behind.scope.visits(), HEARD, *VISITS_BEHIND[metric](behind)]


def count_visits(connection: Connection, conditions: Conditions) -> int:
    """How many visits there are."""
    return connection.execute(select(func.count()).select_from(visits).where(*conditions)).scalar_one()


def list_visits(
    connection: Connection, conditions: Conditions, before: tuple[datetime, int] | None, most: int
) -> list[VisitBehind]:
    """The latest visits; those after ``before`` (when one began, its id) in that order."""
    query = select(*(visits.c[name] for name in VisitBehind._fields)).where(*conditions)
    latest = _latest(query, visits.c.started_at, visits.c.id, before, most)
    return [VisitBehind(*row) for row in connection.execute(latest)]


def count_handoffs(connection: Connection, conditions: Conditions) -> int:
    """How many handoffs there are."""
    rated = handoffs.outerjoin(ratings, ratings.c.handoff_id == handoffs.c.id)
    return connection.execute(select(func.count()).select_from(rated).where(*conditions)).scalar_one()


def list_handoffs(
    connection: Connection, conditions: Conditions, before: tuple[datetime, str] | None, most: int
) -> list[HandoffBehind]:
    """The latest handoffs; those after ``before`` (when one was made, its id) in that order."""
    own = HandoffBehind._fields[: HandoffBehind._fields.index("score")]
    # only the first handoff of a visit is written there; that of a later one is where its message was counted
    query = (
        select(
            *(handoffs.c[name] for name in own),
            ratings.c.score,
            ratings.c.comment,
            func.coalesce(visits.c.id, messages.c.visit_id),
            func.coalesce(visits.c.page, messages.c.page),
        )
        .select_from(
            handoffs.outerjoin(ratings, ratings.c.handoff_id == handoffs.c.id)
            .outerjoin(visits, visits.c.handoff_id == handoffs.c.id)
            .outerjoin(messages, messages.c.id == handoffs.c.trigger_message_id)
        )
        .where(*conditions)
    )
    latest = _latest(query, handoffs.c.created_at, handoffs.c.id, before, most)
    return [HandoffBehind(*row) for row in connection.execute(latest)]


def _latest(
    query: Select[Any], at: ColumnElement[Any], key: ColumnElement[Any], before: tuple[datetime, Any] | None, most: int
) -> Select[Any]:
    if before is not None:
        query = query.where(at <= before[0], or_(at < before[0], key < before[1]))
    return query.order_by(at.desc(), key.desc()).limit(most)
