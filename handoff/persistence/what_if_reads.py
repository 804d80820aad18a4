"""Reads stored conversations for the what-if: few columns of many rows, conversation by conversation."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, Text, cast, func, literal, select

from handoff.domain.model import Sender
from handoff.domain.visits import Outcome
from handoff.persistence.metric_scope import Scope
from handoff.persistence.tables import events, handoffs, messages, visits
from handoff.service.record import DECIDED

BATCH = 2000  # rows that are fetched at once
SAID = (
    *("conversation_id", "id", "visit_id", "at", "intent", "confidence", "frustration", "signals", "ranking"),
    *("in_form", "outcome", "known", "doubt"),
)
JSON_KEPT = frozenset({"signals", "ranking"})
IDS_AT_ONCE = 500  # in one list of a statement; SQLite takes 32,766


@dataclass(frozen=True, slots=True)
class Step:
    """One step in the history of a handoff; ``message_id`` is the message that made the handoff."""

    kind: str
    data: dict[str, Any]
    at: datetime
    message_id: str | None


def visits_in(connection: Connection, scope: Scope) -> Iterator[Row[Any]]:
    """``id, conversation_id, started_at, page, variant`` of the visits that the assistant heard, oldest first."""
    heard = visits.c.answered + visits.c.not_understood + visits.c.out_of_scope + visits.c.small_talk > 0
    columns = (visits.c.id, visits.c.conversation_id, visits.c.started_at, visits.c.page, visits.c.variant)
    statement: Select[Any] = select(*columns).where(*scope.visits(), heard).order_by(visits.c.id)
    yield from connection.execute(statement)


def conversations_of(scope: Scope) -> Select[tuple[str]]:
    """The conversations that have a visit in ``scope``."""
    return select(visits.c.conversation_id).where(*scope.visits()).distinct()


def said_in(connection: Connection, scope: Scope) -> Iterator[tuple[Any, ...]]:
    """What visitors said, conversation by conversation, oldest first, with the columns of :data:`SAID`.

    All of a conversation is read up to its latest message, since earlier words count. JSON stays text: most of it is
    never looked at.
    """
    statement: Select[Any] = (
        select(*(messages.c[name] if name not in JSON_KEPT else cast(messages.c[name], Text) for name in SAID))
        .where(
            messages.c.conversation_id.in_(conversations_of(scope)),
            messages.c.sender == Sender.VISITOR.value,
        )
        .order_by(messages.c.conversation_id, messages.c.seq)
        .execution_options(yield_per=BATCH)
    )
    for rows in connection.execute(statement).partitions():
        yield from map(tuple, rows)


def answers_in(connection: Connection, scope: Scope) -> dict[str, tuple[str, ...]]:
    """The names of the responses that the assistant gave in these conversations, in order, by the message answered."""
    statement: Select[Any] = (
        select(messages.c.in_reply_to, messages.c.response)
        .where(
            messages.c.conversation_id.in_(conversations_of(scope)),
            messages.c.sender == Sender.ASSISTANT.value,
            messages.c.response.is_not(None),
        )
        .order_by(messages.c.conversation_id, messages.c.seq)
    )
    answers: dict[str, tuple[str, ...]] = {}
    for to, name in connection.execute(statement):
        answers[to] = (*answers[to], name) if to in answers else (name,)
    return answers


def decisions_in(connection: Connection, scope: Scope) -> dict[str, dict[str, Any]]:
    """What the assistant decided in the time of ``scope`` and afterwards, by the id of the message."""
    found = connection.execute(
        select(cast(events.c.data, Text)).where(events.c.kind == DECIDED, events.c.at >= scope.start)
    )
    records: Iterable[dict[str, Any]] = (json.loads(data) for data in found.scalars())
    return {str(record["message_id"]): record for record in records if record.get("message_id")}


def handoffs_in(connection: Connection, scope: Scope) -> dict[str, str]:
    """The triggers of the handoffs of these conversations, by the id of the message on which each was made."""
    found = connection.execute(
        select(handoffs.c.trigger_message_id, handoffs.c.trigger).where(
            handoffs.c.conversation_id.in_(conversations_of(scope)), handoffs.c.trigger_message_id.is_not(None)
        )
    )
    return {row.trigger_message_id: row.trigger for row in found}


def moves_in(connection: Connection, scope: Scope, kinds: Sequence[str]) -> dict[str, list[Step]]:
    """The steps of the handoffs of these conversations, in order, by conversation."""
    found = connection.execute(
        select(
            events.c.conversation_id,
            events.c.kind,
            cast(events.c.data, Text).label("data"),
            events.c.at,
            handoffs.c.trigger_message_id,
        )
        .join(handoffs, handoffs.c.id == events.c.handoff_id)
        .where(handoffs.c.conversation_id.in_(conversations_of(scope)), events.c.kind.in_(kinds))
        .order_by(events.c.id)
    )
    steps: dict[str, list[Step]] = defaultdict(list)
    for row in found:
        step = Step(row.kind, json.loads(row.data or "{}"), row.at, row.trigger_message_id)
        steps[row.conversation_id].append(step)
    return steps


def words_of(connection: Connection, message_ids: Sequence[str]) -> dict[str, str]:
    """What these messages say, by id."""
    words: dict[str, str] = {}
    for start in range(0, len(message_ids), IDS_AT_ONCE):
        some = message_ids[start : start + IDS_AT_ONCE]
        found = connection.execute(select(messages.c.id, messages.c.text).where(messages.c.id.in_(some)))
        words |= {row.id: row.text for row in found}
    return words


def threshold_in_use(connection: Connection, scope: Scope, certain: Iterable[str]) -> tuple[float | None, float | None]:
    """Between which scores the assistant began to answer: the highest of what it was not sure about, the lowest of what
    it answered; None where there is none.

    Args:
        connection: to the database.
        scope: which visits.
        certain: intents that are acted on whatever the score.
    """
    not_sure = messages.c.outcome == Outcome.NOT_UNDERSTOOD.value
    of_these = select(visits.c.id).where(*scope.visits())
    statement = select(
        func.max(messages.c.known).filter(not_sure, messages.c.intent == literal("nlu_fallback")),
        func.min(messages.c.known).filter(
            messages.c.outcome == Outcome.ANSWERED.value, messages.c.intent.not_in(tuple(certain))
        ),
    ).where(messages.c.visit_id.in_(of_these), messages.c.known.is_not(None))
    row = connection.execute(statement).one()
    return row[0], row[1]
