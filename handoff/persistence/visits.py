"""Visits: one row for each stay of a visitor."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from handoff.domain.visits import LAST_WORDS, Outcome
from handoff.persistence.tables import messages, visits
from handoff.service.ports import HandoffRecord, NewMessage, RatedVisit, Visit

# Built once: these run in each turn, and building a statement costs more than running it.
_COLUMNS = [visits.c[name] for name in Visit.__dataclass_fields__]
_LATEST = (
    select(*_COLUMNS).where(visits.c.conversation_id == bindparam("conversation")).order_by(visits.c.id.desc()).limit(1)
)
_LAST_WORDS = (
    select(
        visits.c.id,
        visits.c.last_at,
        visits.c.answered,
        visits.c.handoff_id,
        visits.c.rated_at,
        messages.c.intent,
        messages.c.in_form,
    )
    .select_from(visits.outerjoin(messages, messages.c.id == visits.c.last_message_id))
    .where(visits.c.conversation_id == bindparam("conversation"))
    .order_by(visits.c.id.desc())
    .limit(1)
)
_COUNTED = ("answered", "not_understood", "out_of_scope", "small_talk", "frustrated", "doubts")
_COLUMN_OF = {
    Outcome.ANSWERED: "answered",
    Outcome.NOT_UNDERSTOOD: "not_understood",
    Outcome.OUT_OF_SCOPE: "out_of_scope",
    Outcome.SMALL_TALK: "small_talk",
    Outcome.FORM_REPLY: "small_talk",
}
_COUNT = (
    update(visits)
    .where(visits.c.id == bindparam("visit"))
    .values(
        {visits.c[name]: visits.c[name] + bindparam(f"more_{name}") for name in _COUNTED}
        | {
            visits.c.messages: visits.c.messages + 1,
            visits.c.last_at: bindparam("at"),
            visits.c.last_message_id: bindparam("message"),
            visits.c.last_outcome: bindparam("outcome"),
        }
    )
)
_EXTEND = (
    update(visits)
    .where(visits.c.id == bindparam("visit"), visits.c.last_at < bindparam("at"))
    .values(last_at=bindparam("at"))
)


class VisitStore:
    """See :class:`handoff.service.ports.Visits`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, conversation_id: str) -> Visit | None:
        """The latest visit of a conversation."""
        row = self._connection.execute(_LATEST, {"conversation": conversation_id}).first()
        if row is None:
            return None
        return Visit(**(dict(row._mapping) | {"last_outcome": Outcome(row.last_outcome) if row.last_outcome else None}))

    def begin(self, first: NewMessage, channel: str, variant: str | None, after: Visit | None) -> Visit:
        """Begin a visit with a visitor's message; the visit before ends in a return."""
        if after is not None:
            self._connection.execute(update(visits).where(visits.c.id == after.id).values(returned_at=first.at))
        values: dict[str, Any] = dict.fromkeys(("messages", *_COUNTED), 0)
        done = self._connection.execute(
            insert(visits).values(
                conversation_id=first.conversation_id,
                channel=channel,
                page=first.page,
                variant=variant,
                started_at=first.at,
                last_at=first.at,
                **values,
            )
        )
        key = done.inserted_primary_key
        assert key is not None, "one row was inserted"
        return Visit(int(key[0]), first.conversation_id, first.at, first.at, None, None, None, None)

    def count(
        self, visit: Visit, message: NewMessage, outcome: Outcome, *, frustrated: bool, doubt: bool, topic: str | None
    ) -> None:
        """Count one message of the visitor; ``topic`` and its intent are those of the first request."""
        more = {f"more_{name}": 0 for name in _COUNTED}
        if outcome in _COLUMN_OF:
            more[f"more_{_COLUMN_OF[outcome]}"] = 1
        more |= {"more_frustrated": int(frustrated), "more_doubts": int(doubt)}
        self._connection.execute(
            _COUNT,
            more
            | {
                "visit": visit.id,
                "at": max(visit.last_at, message.at),
                "message": message.id,
                "outcome": outcome.value,
            },
        )
        if topic is not None and visit.topic is None:
            self._connection.execute(
                update(visits).where(visits.c.id == visit.id).values(topic=topic, intent=message.intent)
            )

    def extend(self, visit_id: int, at: datetime) -> None:
        """Somebody else said something in it."""
        self._connection.execute(_EXTEND, {"visit": visit_id, "at": at})

    def hand_off(self, visit_id: int, handoff: HandoffRecord) -> None:
        """A handoff was made in it; only the first counts."""
        self._connection.execute(
            update(visits)
            .where(visits.c.id == visit_id, visits.c.handoff_id.is_(None))
            .values(handoff_id=handoff.id, handoff_at=handoff.created_at, trigger=handoff.trigger, topic=handoff.topic)
        )

    def begun_between(self, conversation_id: str, since: datetime, until: datetime) -> int | None:
        """The latest visit of a conversation that began in this time, both ends included."""
        return self._connection.execute(
            select(visits.c.id)
            .where(visits.c.conversation_id == conversation_id, visits.c.started_at.between(since, until))
            .order_by(visits.c.id.desc())
            .limit(1)
        ).scalar()

    def open_rating(self, conversation_id: str, since: datetime) -> int | None:
        """The latest visit, if its visitor has had the last word with a thanks or a goodbye, and it is not rated."""
        row = self._connection.execute(_LAST_WORDS, {"conversation": conversation_id}).first()
        if row is None or row.in_form or row.intent not in LAST_WORDS or row.last_at < since:
            return None
        return row.id if _can_be_rated(row.answered, row.handoff_id) and row.rated_at is None else None

    def rating_of(self, conversation_id: str, visit_id: int) -> RatedVisit | None:
        """What matters for rating a visit; None when the conversation has no such visit."""
        row = self._connection.execute(
            select(visits).where(visits.c.id == visit_id, visits.c.conversation_id == conversation_id)
        ).first()
        if row is None:
            return None
        return RatedVisit(row.last_at, _can_be_rated(row.answered, row.handoff_id), row.rated_at is not None)

    def rate(self, visit_id: int, score: int | None, comment: str | None, now: datetime) -> None:
        """Store what the visitor thought of a visit; ``None`` is a rating that was skipped."""
        self._connection.execute(
            update(visits).where(visits.c.id == visit_id).values(score=score, comment=comment, rated_at=now)
        )


def _can_be_rated(answered: int, handoff_id: str | None) -> bool:
    return answered > 0 and handoff_id is None
