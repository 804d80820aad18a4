"""Reads the messages that went wrong, and what was said around them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Select, func, or_, select, text

from handoff.domain.model import Sender
from handoff.domain.visits import Outcome
from handoff.persistence.tables import agents, handoffs, messages, review_decisions, visits

AT_ONCE = 500  # ids in one statement: SQLite takes 999 in its oldest builds
LONGEST_VISIT = timedelta(days=7)
"""How long before the period a visit may have begun whose frustrated messages are in it. Only a handoff that stays open
makes one longer, and then a person reads along."""


@dataclass(frozen=True)
class WrongMessage:
    """A visitor's message as it is stored."""

    id: str
    conversation_id: str
    seq: int
    visit_id: int | None
    text: str
    at: datetime
    page: str | None
    intent: str | None
    frustration: float | None
    outcome: str | None
    doubt: str | None


@dataclass(frozen=True)
class SaidLine:
    """One message of a visit."""

    id: str
    visit_id: int
    seq: int
    sender: str
    text: str
    response: str | None
    in_reply_to: str | None
    agent_id: str | None
    agent: str | None
    handoff_id: str | None


@dataclass(frozen=True)
class VisitHandoff:
    """The handoff of a visit, and the visitor's name that its package holds."""

    visit_id: int
    handoff_id: str
    trigger: str
    trigger_message_id: str | None
    visitor: str | None


_COLUMNS = [messages.c[name] for name in WrongMessage.__dataclass_fields__]
_TO_REVIEW = text("(messages.doubt IS NOT NULL OR messages.outcome IN ('not_understood', 'out_of_scope'))")
"""In the words of the index ``ix_messages_to_review``: SQLite uses it for no others, such as those with parameters."""
_HEARD = (Outcome.ANSWERED.value, Outcome.NOT_UNDERSTOOD.value, Outcome.OUT_OF_SCOPE.value, Outcome.SMALL_TALK.value)
"""Outcomes of messages that the assistant heard and that are no replies to a form."""


def wrong_messages(
    connection: Connection, since: datetime, until: datetime, *, mood_from: float, moods: Collection[str]
) -> list[WrongMessage]:
    """Messages from ``since`` to before ``until`` that were not understood, are out of scope, got an answer that was
    probably wrong, or are frustrated, and that nobody has decided about; the latest first.

    Args:
        connection: to the database.
        since: and ``until``: the period.
        mood_from: frustration from which a message is called so.
        moods: intents that are frustrated by themselves.
    """
    by_outcome = _undecided().where(_TO_REVIEW, messages.c.at >= since, messages.c.at < until)
    frustrated = (
        _undecided()
        .join(visits, visits.c.id == messages.c.visit_id)
        .where(
            visits.c.started_at >= since - LONGEST_VISIT,
            visits.c.started_at < until,
            visits.c.frustrated > 0,
            messages.c.sender == Sender.VISITOR.value,
            messages.c.outcome.in_(_HEARD),
            or_(messages.c.frustration >= mood_from, messages.c.intent.in_(sorted(moods))),
            messages.c.at >= since,
            messages.c.at < until,
        )
    )
    found = {row.id: row for query in (by_outcome, frustrated) for row in connection.execute(query)}
    return sorted(
        (WrongMessage(**row._mapping) for row in found.values()), key=lambda one: (one.at, one.id), reverse=True
    )


def _undecided() -> Select[tuple[object, ...]]:
    return (
        select(*_COLUMNS)
        .outerjoin(review_decisions, review_decisions.c.message_id == messages.c.id)
        .where(review_decisions.c.message_id.is_(None))
    )


def said_in(connection: Connection, visit_ids: Collection[int]) -> dict[int, list[SaidLine]]:
    """What was said in these visits, by visit, in order."""
    found: dict[int, list[SaidLine]] = defaultdict(list)
    for some in _parts(sorted(visit_ids)):
        rows = connection.execute(
            select(
                messages.c.id,
                messages.c.visit_id,
                messages.c.seq,
                messages.c.sender,
                messages.c.text,
                messages.c.response,
                messages.c.in_reply_to,
                messages.c.agent_id,
                func.coalesce(messages.c.name, agents.c.display_name).label("agent"),
                messages.c.handoff_id,
            )
            .outerjoin(agents, agents.c.id == messages.c.agent_id)
            .where(messages.c.visit_id.in_(some))
            .order_by(messages.c.visit_id, messages.c.seq)
        )
        for row in rows:
            found[row.visit_id].append(SaidLine(**row._mapping))
    return found


def handoffs_in(connection: Connection, visit_ids: Collection[int]) -> dict[int, VisitHandoff]:
    """The first handoff of each of these visits that has one."""
    found: dict[int, VisitHandoff] = {}
    for some in _parts(sorted(visit_ids)):
        rows = connection.execute(
            select(visits.c.id, handoffs.c.id, handoffs.c.trigger, handoffs.c.trigger_message_id, handoffs.c.package)
            .join(handoffs, handoffs.c.id == visits.c.handoff_id)
            .where(visits.c.id.in_(some))
        )
        for visit_id, handoff_id, trigger, trigger_message_id, package in rows:
            visitor = (package or {}).get("visitor") or {}
            found[visit_id] = VisitHandoff(visit_id, handoff_id, trigger, trigger_message_id, visitor.get("name"))
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), AT_ONCE):
        yield ids[start : start + AT_ONCE]
