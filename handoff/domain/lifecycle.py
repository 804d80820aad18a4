"""The states of a handoff and the steps between them (DESIGN section 5)."""

from __future__ import annotations

from enum import StrEnum

from handoff.domain.errors import IllegalTransition


class Status(StrEnum):
    """Where a handoff stands."""

    QUEUED = "queued"
    ASSIGNED = "assigned"
    RESOLVED = "resolved"
    HANDED_BACK = "handed_back"


OPEN = frozenset({Status.QUEUED, Status.ASSIGNED})
"""While a handoff is in one of these, a human owns the conversation."""

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.QUEUED: frozenset({Status.ASSIGNED}),
    Status.ASSIGNED: frozenset({Status.RESOLVED, Status.HANDED_BACK}),
    Status.RESOLVED: frozenset(),
    Status.HANDED_BACK: frozenset(),
}


def check_transition(current: Status, target: Status) -> None:
    """Raise :class:`IllegalTransition` unless the lifecycle has the step from ``current`` to ``target``."""
    if target not in TRANSITIONS[current]:
        allowed = ", ".join(sorted(TRANSITIONS[current])) or "nothing: it is closed"
        raise IllegalTransition(f"A handoff that is {current} cannot become {target}. Possible next: {allowed}.")
