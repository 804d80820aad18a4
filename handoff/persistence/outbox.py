"""What must still be delivered: in order per conversation and target, leased for one attempt at a time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, select, update

from handoff.persistence.insert_new import insert_new
from handoff.persistence.tables import outbox
from handoff.service.delivery_ports import DeadLetter, OutboxRow

PENDING, DELIVERED, DEAD, SUPERSEDED = "pending", "delivered", "dead", "superseded"

# Built once: workers ask many times a second, and building a statement costs more than running it. Only the head of
# each line is eligible: a later message never overtakes an earlier one that failed. Whether something is ahead of a row
# is looked up for that row: reading all heads first takes a second where thousands wait, after an outage for example.
_ahead = outbox.alias("ahead")
_DUE = (
    select(outbox)
    .where(
        outbox.c.status == PENDING,
        outbox.c.target == bindparam("target"),
        outbox.c.due_at <= bindparam("now"),
        ~exists().where(
            _ahead.c.conversation_id == outbox.c.conversation_id,
            _ahead.c.target == outbox.c.target,
            _ahead.c.status == PENDING,
            _ahead.c.id < outbox.c.id,
        ),
    )
    .order_by(outbox.c.id)
    .limit(bindparam("most"))
)
_TAKEN = _DUE.with_for_update(skip_locked=True, of=outbox)
_LEASE = (
    update(outbox)
    .where(outbox.c.id.in_(bindparam("rows", expanding=True)))
    .values(attempts=outbox.c.attempts + 1, due_at=bindparam("until"))
)
# taken by whoever got the row from :meth:`OutboxStore.take`, and by nobody since
_STILL_TAKEN = (
    (outbox.c.id == bindparam("row")) & (outbox.c.status == PENDING) & (outbox.c.attempts == bindparam("attempt"))
)
_KEEP = update(outbox).where(_STILL_TAKEN).values(due_at=bindparam("until"))
_DELIVERED = (
    update(outbox)
    .where(outbox.c.id == bindparam("row"), outbox.c.status == PENDING)
    .values(status=DELIVERED, delivered_at=bindparam("now"), last_error=None)
)


class OutboxStore:
    """See :class:`handoff.service.ports.Outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(
        self,
        *,
        target: str,
        kind: str,
        conversation_id: str,
        handoff_id: str | None,
        payload: dict[str, Any],
        dedupe_key: str,
        now: datetime,
    ) -> None:
        """Append a row; a second one with the same key is ignored."""
        insert_new(
            self._connection,
            outbox,
            target=target,
            kind=kind,
            conversation_id=conversation_id,
            handoff_id=handoff_id,
            payload=payload,
            dedupe_key=dedupe_key,
            status=PENDING,
            attempts=0,
            due_at=now,
            created_at=now,
        )

    def due(self, target: str, now: datetime, limit: int) -> list[OutboxRow]:
        """The first undelivered row of each conversation, where it is due; nothing is taken."""
        return list(map(_row, self._connection.execute(_DUE, {"target": target, "now": now, "most": limit})))

    def take(self, target: str, now: datetime, until: datetime, limit: int) -> list[OutboxRow]:
        """Like :meth:`due`, and lease each row for one attempt until ``until``. No row is taken by two workers.

        The attempt is counted before it happens, so that after a crash the next one knows it may be a repetition.
        PostgreSQL passes over rows that another worker is taking; SQLite has one writer at a time anyway.
        """
        given = {"target": target, "now": now, "most": limit}
        found = list(map(_row, self._connection.execute(_TAKEN, given)))
        if found:
            self._connection.execute(_LEASE, {"rows": [row.id for row in found], "until": until})
        return found

    def keep(self, row: OutboxRow, until: datetime) -> bool:
        """Lease a row that was taken for longer; False when somebody else has it by now."""
        return self._connection.execute(_KEEP, {**_taken(row), "until": until}).rowcount == 1

    def delivered(self, row: OutboxRow, now: datetime) -> None:
        """Done, whoever has the row by now: the other side has it."""
        self._connection.execute(_DELIVERED, {"row": row.id, "now": now})

    def postpone(self, row: OutboxRow, due_at: datetime, error: str) -> None:
        """Try again at ``due_at``; nothing happens when somebody else has the row by now."""
        changed = update(outbox).where(_STILL_TAKEN).values(due_at=due_at, last_error=error)
        self._connection.execute(changed, _taken(row))

    def bury(self, row: OutboxRow, error: str) -> bool:
        """Give up: a dead letter, kept with its cause. False when somebody else has the row by now."""
        changed = update(outbox).where(_STILL_TAKEN).values(status=DEAD, delivered_at=None, last_error=error)
        return self._connection.execute(changed, _taken(row)).rowcount == 1

    def supersede(self, handoff_id: str, target: str) -> int:
        """Another connector takes over what was not delivered; returns how many rows that were."""
        done = self._connection.execute(
            update(outbox)
            .where(outbox.c.handoff_id == handoff_id, outbox.c.target == target, outbox.c.status == PENDING)
            .values(status=SUPERSEDED)
        )
        return done.rowcount

    def overdue(self, target: str, kinds: Sequence[str], created_before: datetime, limit: int) -> list[str]:
        """Handoffs for which a row of these kinds failed at least once and waits since before then, oldest first."""
        rows = self._connection.execute(
            select(outbox.c.handoff_id)
            .where(
                outbox.c.status == PENDING,
                outbox.c.target == target,
                outbox.c.kind.in_(kinds),
                outbox.c.created_at < created_before,
                outbox.c.last_error.is_not(None),
                outbox.c.handoff_id.is_not(None),
            )
            .group_by(outbox.c.handoff_id)
            .order_by(func.min(outbox.c.id))
            .limit(limit)
        )
        return list(rows.scalars())

    def waiting_handoffs(self, target: str, kinds: Sequence[str], limit: int) -> list[str]:
        """Handoffs for which a row of these kinds waits for ``target``, oldest first."""
        rows = self._connection.execute(
            select(outbox.c.handoff_id)
            .where(
                outbox.c.status == PENDING,
                outbox.c.target == target,
                outbox.c.kind.in_(kinds),
                outbox.c.handoff_id.is_not(None),
            )
            .group_by(outbox.c.handoff_id)
            .order_by(func.min(outbox.c.id))
            .limit(limit)
        )
        return list(rows.scalars())

    def targets(self) -> list[str]:
        """Every target for which something waits."""
        return list(
            self._connection.execute(select(outbox.c.target).where(outbox.c.status == PENDING).distinct()).scalars()
        )

    def payloads(self, handoff_id: str, target: str) -> list[dict[str, Any]]:
        """What was put in for one handoff and target, delivered or not."""
        found = self._connection.execute(
            select(outbox.c.payload).where(outbox.c.handoff_id == handoff_id, outbox.c.target == target)
        )
        return list(found.scalars())

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """What was given up, the latest first."""
        rows = self._connection.execute(
            select(outbox).where(outbox.c.status == DEAD).order_by(outbox.c.id.desc()).limit(limit)
        )
        return list(map(_letter, rows))

    def dead_letter(self, row_id: int) -> DeadLetter | None:
        """The dead letter with this id."""
        row = self._connection.execute(select(outbox).where(outbox.c.id == row_id, outbox.c.status == DEAD)).first()
        return None if row is None else _letter(row)

    def revive(self, row_id: int, now: datetime) -> bool:
        """Try a dead letter again; False when there is none with this id."""
        done = self._connection.execute(
            update(outbox).where(outbox.c.id == row_id, outbox.c.status == DEAD).values(status=PENDING, due_at=now)
        )
        return done.rowcount == 1

    def drop(self, row_id: int) -> bool:
        """A dead letter is settled and will not be delivered any more; False when there is none with this id."""
        done = self._connection.execute(
            update(outbox).where(outbox.c.id == row_id, outbox.c.status == DEAD).values(status=SUPERSEDED)
        )
        return done.rowcount == 1

    def release_all(self, now: datetime) -> int:
        """Make every leased row due at once; for the start of the only worker. Returns how many."""
        done = self._connection.execute(
            update(outbox).where(outbox.c.status == PENDING, outbox.c.due_at > now).values(due_at=now)
        )
        return done.rowcount

    def undelivered(self, target: str | None = None) -> int:
        """How many rows wait."""
        query = select(func.count()).select_from(outbox).where(outbox.c.status == PENDING)
        if target is not None:
            query = query.where(outbox.c.target == target)
        return self._connection.execute(query).scalar_one()


def _taken(row: OutboxRow) -> dict[str, int]:
    """What :data:`_STILL_TAKEN` has to know."""
    return {"row": row.id, "attempt": row.attempts + 1}


def _row(row: Row[Any]) -> OutboxRow:
    return OutboxRow(row.id, row.target, row.kind, row.conversation_id, row.handoff_id, row.payload, row.attempts)


def _letter(row: Row[Any]) -> DeadLetter:
    return DeadLetter(
        row.id,
        row.target,
        row.kind,
        row.conversation_id,
        row.handoff_id,
        row.attempts,
        row.last_error or "",
        row.created_at,
    )
