"""The conversations behind a metric: whatever a number says can be looked at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection

from handoff.domain.errors import InvalidInput
from handoff.domain.rules import HandoffRules
from handoff.metrics.definitions import BY_NAME
from handoff.metrics.facts import window_of
from handoff.metrics.why import why_handoff, why_visit
from handoff.persistence.metric_behind import (
    CONVERSION_VALUE,
    HANDOFFS_BEHIND,
    Behind,
    HandoffBehind,
    VisitBehind,
    count_handoffs,
    count_visits,
    list_handoffs,
    list_visits,
    visits_behind,
)
from handoff.persistence.metric_conversions import money
from handoff.persistence.metric_scope import Scope
from handoff.persistence.metric_visit import conversions_of, first_words, texts_of

PAGE = 50  # what one looks through before looking for the next
_BETWEEN = "~"  # in a cursor, between the time and the id; neither has one
LARGEST_ID = 2**31 - 1  # what the column holds


@dataclass(frozen=True)
class ConversationRow:
    """One visit or handoff behind a metric.

    Attributes:
        visit_id: None for a handoff that belongs to no visit.
        started_at: when the visit began; for metrics of handoffs, when the handoff was made.
        words: the visitor's first words in the visit.
        why: why it counts.
    """

    visit_id: int | None
    conversation_id: str
    handoff_id: str | None
    started_at: datetime
    page: str | None
    topic: str | None
    trigger: str | None
    words: str | None
    why: str


@dataclass(frozen=True)
class Conversations:
    """Some of them, the latest first, how many there are in all, and the cursor that gives those after these."""

    rows: list[ConversationRow]
    total: int
    next: str | None


def conversations(
    connection: Connection,
    rules: HandoffRules,
    scope: Scope,
    metric: str,
    *,
    now: datetime,
    before: str | None = None,
    most: int = PAGE,
) -> Conversations:
    """The visits or handoffs behind ``metric``: those of the numerator of a share, and all that others are made of.

    Args:
        connection: a reading connection.
        rules: how long somebody may take to come back.
        scope: which visits and handoffs.
        metric: the name of one.
        now: as for :func:`handoff.metrics.overview.overview`.
        before: the cursor of the answer before; None for the latest.
        most: how many.

    Raises:
        InvalidInput: there is no such metric, or the cursor is none of ours.
    """
    if metric not in BY_NAME:
        raise InvalidInput(f"There is no metric '{metric}'. Known: {', '.join(BY_NAME)}.")
    place = _read_cursor(before)
    if metric in HANDOFFS_BEHIND:
        return _handoffs(connection, scope, metric, place, most)
    return _visits(connection, rules, scope, metric, now, place, most)


def _visits(
    connection: Connection,
    rules: HandoffRules,
    scope: Scope,
    metric: str,
    now: datetime,
    place: tuple[datetime, str] | None,
    most: int,
) -> Conversations:
    values = money(connection, scope) if metric == CONVERSION_VALUE else []
    if metric == CONVERSION_VALUE and not values:
        return Conversations([], 0, None)
    currency = values[0].currency if values else None
    conditions = visits_behind(metric, Behind(connection, scope, window_of(rules, now), currency))
    after = (place[0], _number(place[1])) if place else None
    found = list_visits(connection, conditions, after, most + 1)
    shown = found[:most]
    ids = [visit.id for visit in shown]
    words, bought = first_words(connection, ids), conversions_of(connection, ids)
    days = rules.metrics.return_days
    return Conversations(
        [_of_visit(visit, words, why_visit(metric, visit, bought.get(visit.id, []), days)) for visit in shown],
        count_visits(connection, conditions),
        _cursor(shown[-1].started_at, shown[-1].id) if len(found) > most else None,
    )


def _handoffs(
    connection: Connection, scope: Scope, metric: str, place: tuple[datetime, str] | None, most: int
) -> Conversations:
    conditions = [*scope.handoffs(), *HANDOFFS_BEHIND[metric]]
    found = list_handoffs(connection, conditions, place, most + 1)
    shown = found[:most]
    words = first_words(connection, [one.visit_id for one in shown if one.visit_id is not None])
    said = texts_of(
        connection, [one.trigger_message_id for one in shown if one.trigger_message_id and not one.visit_id]
    )
    return Conversations(
        [_of_handoff(one, words, said, why_handoff(metric, one)) for one in shown],
        count_handoffs(connection, conditions),
        _cursor(shown[-1].created_at, shown[-1].id) if len(found) > most else None,
    )


def _of_visit(visit: VisitBehind, words: dict[int, str], why: str) -> ConversationRow:
    return ConversationRow(
        visit_id=visit.id,
        conversation_id=visit.conversation_id,
        handoff_id=visit.handoff_id,
        started_at=visit.started_at,
        page=visit.page,
        topic=visit.topic,
        trigger=visit.trigger,
        words=words.get(visit.id),
        why=why,
    )


def _of_handoff(one: HandoffBehind, words: dict[int, str], said: dict[str, str], why: str) -> ConversationRow:
    in_visit = words.get(one.visit_id) if one.visit_id is not None else None
    return ConversationRow(
        visit_id=one.visit_id,
        conversation_id=one.conversation_id,
        handoff_id=one.id,
        started_at=one.created_at,
        page=one.page,
        topic=one.topic,
        trigger=one.trigger,
        words=in_visit or said.get(one.trigger_message_id or ""),
        why=why,
    )


def _cursor(at: datetime, key: object) -> str:
    return f"{at.replace(tzinfo=None).isoformat()}{_BETWEEN}{key}"


def _read_cursor(cursor: str | None) -> tuple[datetime, str] | None:
    if cursor is None:
        return None
    at, found, key = cursor.partition(_BETWEEN)
    try:
        moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    except ValueError as error:
        raise _no_cursor(cursor) from error
    if not found:
        raise _no_cursor(cursor)
    return moment, key


def _number(key: str) -> int:
    if not (key.isascii() and key.isdigit()) or int(key) > LARGEST_ID:
        raise _no_cursor(key)
    return int(key)


def _no_cursor(cursor: str) -> InvalidInput:
    return InvalidInput(f"before: '{cursor}' is no cursor. Give what an earlier answer had as `next`.")
