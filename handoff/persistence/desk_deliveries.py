"""What the desk shows of the outbox: how much waits for each target, and what was given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, case, func, select

from handoff.domain.lifecycle import Status
from handoff.persistence.outbox import DEAD, PENDING
from handoff.persistence.tables import handoffs, outbox
from handoff.service.delivery_ports import DeadLetter


@dataclass(frozen=True)
class TargetLoad:
    """What waits for one target.

    Attributes:
        waiting: rows that are not delivered.
        waiting_since: when the oldest of them was put in.
        next_try_at: when the next attempt is due; in the past where one is due now.
        last_error: what the latest failed attempt among them said; None when none failed so far.
    """

    waiting: int
    waiting_since: datetime
    next_try_at: datetime
    last_error: str | None


@dataclass(frozen=True)
class Undelivered:
    """A dead letter, and what it belongs to; all of that is None where there is no handoff (any more)."""

    letter: DeadLetter
    headline: str | None
    status: Status | None
    connector: str | None


def load_by_target(connection: Connection) -> dict[str, TargetLoad]:
    """What waits, by target; targets for which nothing waits are not named."""
    counted = connection.execute(
        select(outbox.c.target, func.count().label("number"), func.min(outbox.c.created_at).label("oldest"))
        .where(outbox.c.status == PENDING)
        .group_by(outbox.c.target)
    ).all()
    # only the first of each conversation is tried; those behind it have a due date that means nothing
    heads = (
        select(func.min(outbox.c.id))
        .where(outbox.c.status == PENDING)
        .group_by(outbox.c.target, outbox.c.conversation_id)
    )
    tried = {
        row.target: row
        for row in connection.execute(
            select(
                outbox.c.target,
                func.min(outbox.c.due_at).label("due_at"),
                func.max(case((outbox.c.last_error.is_not(None), outbox.c.id))).label("failed_id"),
            )
            .where(outbox.c.id.in_(heads))
            .group_by(outbox.c.target)
        )
    }
    failed = [row.failed_id for row in tried.values() if row.failed_id is not None]
    errors = {
        row.target: row.last_error
        for row in connection.execute(select(outbox.c.target, outbox.c.last_error).where(outbox.c.id.in_(failed)))
    }
    return {
        row.target: TargetLoad(row.number, row.oldest, tried[row.target].due_at, errors.get(row.target))
        for row in counted
        if row.target in tried  # what was delivered between the two questions does not wait any more
    }


def count_dead(connection: Connection) -> int:
    """How many dead letters there are."""
    return connection.execute(select(func.count()).select_from(outbox).where(outbox.c.status == DEAD)).scalar_one()


def undelivered(connection: Connection, letters: list[DeadLetter]) -> list[Undelivered]:
    """Dead letters with what is known of their handoffs, in the same order."""
    rows = connection.execute(
        select(
            handoffs.c.id,
            handoffs.c.status,
            handoffs.c.connector,
            handoffs.c.package["summary"]["headline"].as_string().label("headline"),
        ).where(handoffs.c.id.in_([letter.handoff_id for letter in letters if letter.handoff_id is not None]))
    )
    known = {row.id: row for row in rows}
    found = []
    for letter in letters:
        row = known.get(letter.handoff_id)
        if row is None:
            found.append(Undelivered(letter, None, None, None))
        else:
            found.append(Undelivered(letter, row.headline, Status(row.status), row.connector))
    return found
