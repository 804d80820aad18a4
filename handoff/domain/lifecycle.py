"""The states of a handoff and the steps between them (DESIGN section 5)."""

from __future__ import annotations

from enum import StrEnum

from handoff.domain.errors import IllegalTransition


class Status(StrEnum):
    """Where a handoff stands.

    ``MISSED`` is a handoff that nobody took in time; with an address to write to it is a ``FOLLOW_UP``. ``SCHEDULED``
    waits for the next opening of its queue.
    """

    QUEUED = "queued"
    ASSIGNED = "assigned"
    SCHEDULED = "scheduled"
    MISSED = "missed"
    FOLLOW_UP = "follow_up"
    RESOLVED = "resolved"
    HANDED_BACK = "handed_back"
    CANCELLED = "cancelled"


HUMAN_OWNED = frozenset({Status.QUEUED, Status.ASSIGNED})
"""While a handoff is in one of these, a human owns the conversation and the assistant is silent."""

WAITING = frozenset({Status.QUEUED, Status.SCHEDULED, Status.MISSED, Status.FOLLOW_UP})
"""From each of these an agent may claim it, and the visitor may cancel it."""

OPEN = WAITING | {Status.ASSIGNED}
"""Not over yet. A conversation has one handoff in these at most."""

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.ASSIGNED, Status.MISSED, Status.SCHEDULED, Status.CANCELLED}),
    Status.ASSIGNED: frozenset({Status.RESOLVED, Status.HANDED_BACK, Status.QUEUED, Status.SCHEDULED}),
    Status.SCHEDULED: frozenset({Status.QUEUED, Status.ASSIGNED, Status.CANCELLED}),
    Status.MISSED: frozenset({Status.FOLLOW_UP, Status.QUEUED, Status.ASSIGNED, Status.CANCELLED}),
    Status.FOLLOW_UP: frozenset({Status.QUEUED, Status.ASSIGNED, Status.CANCELLED}),
    Status.RESOLVED: frozenset(),
    Status.HANDED_BACK: frozenset(),
    Status.CANCELLED: frozenset(),
}


def check_transition(current: Status, target: Status) -> None:
    """Raise :class:`IllegalTransition` unless the lifecycle has the step from ``current`` to ``target``."""
    if target not in TRANSITIONS[current]:
        allowed = ", ".join(sorted(TRANSITIONS[current])) or "nothing: it is closed"
        raise IllegalTransition(f"A handoff that is {current} cannot become {target}. Possible next: {allowed}.")
