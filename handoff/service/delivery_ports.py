"""What delivery needs from the outside, as protocols; ``handoff.persistence`` implements the stores."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol


@dataclass(frozen=True)
class OutboxRow:
    """Something that must still be delivered. ``attempts`` counts those begun before this one."""

    id: int
    target: str
    kind: str
    conversation_id: str
    handoff_id: str | None
    payload: dict[str, Any]
    attempts: int


@dataclass(frozen=True)
class DeadLetter:
    """Something that was given up, with its cause."""

    id: int
    target: str
    kind: str
    conversation_id: str
    handoff_id: str | None
    attempts: int
    error: str
    created_at: datetime


@dataclass(frozen=True)
class LinkRecord:
    """One row of the table of links. ``rings`` counts the webhooks that said: ask."""

    id: int
    handoff_id: str
    conversation_id: str
    connector: str
    reference: str | None
    data: dict[str, Any]
    cursor: str | None
    is_open: bool
    rings: int
    failures: int


@dataclass(frozen=True)
class ConnectorState:
    """How a connector is.

    Attributes:
        connector: its name.
        failures: attempts in a row that failed.
        down_since: when the first of them was; None while all is well.
        open_until: the circuit breaker is open until then: nothing is sent.
        last_error: what the latest failure said.
        last_ok_at: when something was delivered last.
    """

    connector: str
    failures: int = 0
    down_since: datetime | None = None
    open_until: datetime | None = None
    last_error: str | None = None
    last_ok_at: datetime | None = None


class Outbox(Protocol):
    """What must still be delivered."""

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

    def due(self, target: str, now: datetime, limit: int) -> list[OutboxRow]:
        """The first undelivered row of each conversation, where it is due; nothing is taken."""

    def take(self, target: str, now: datetime, until: datetime, limit: int) -> list[OutboxRow]:
        """Like :meth:`due`, and lease each row for one attempt until ``until``. No row is taken by two workers."""

    def keep(self, row: OutboxRow, until: datetime) -> bool:
        """Lease a row that was taken for longer; False when somebody else has it by now."""

    def delivered(self, row: OutboxRow, now: datetime) -> None:
        """Done."""

    def postpone(self, row: OutboxRow, due_at: datetime, error: str) -> None:
        """Try again at ``due_at``."""

    def bury(self, row: OutboxRow, error: str) -> bool:
        """Give up: a dead letter, kept with its cause. False when somebody else has the row by now."""

    def supersede(self, handoff_id: str, target: str) -> int:
        """Another connector takes over what was not delivered; returns how many rows that were."""

    def overdue(self, target: str, kinds: Sequence[str], created_before: datetime, limit: int) -> list[str]:
        """Handoffs for which a row of these kinds failed at least once and waits since before then, oldest first."""

    def waiting_handoffs(self, target: str, kinds: Sequence[str], limit: int) -> list[str]:
        """Handoffs for which a row of these kinds waits for ``target``, oldest first."""

    def targets(self) -> list[str]:
        """Every target for which something waits."""

    def payloads(self, handoff_id: str, target: str) -> list[dict[str, Any]]:
        """What was put in for one handoff and target, delivered or not."""

    def dead_letters(self, limit: int) -> list[DeadLetter]:
        """What was given up, the latest first."""

    def dead_letter(self, row_id: int) -> DeadLetter | None:
        """The dead letter with this id."""

    def revive(self, row_id: int, now: datetime) -> bool:
        """Try a dead letter again; False when there is none with this id."""

    def drop(self, row_id: int) -> bool:
        """A dead letter is settled and will not be delivered any more; False when there is none with this id."""


class Links(Protocol):
    """Counterparts of handoffs in live chats."""

    def begin(self, handoff_id: str, conversation_id: str, connector: str, now: datetime) -> None:
        """The connector gets the handoff; where it had it before, it starts anew."""

    def find(self, handoff_id: str, connector: str) -> LinkRecord | None:
        """The link of a handoff, open or not."""

    def by_reference(self, connector: str, reference: str) -> LinkRecord | None:
        """The latest link to a counterpart."""

    def remember(self, link_id: int, reference: str | None, data: dict[str, Any]) -> None:
        """What the connector wrote down."""

    def close(self, handoff_id: str, connector: str) -> None:
        """The handoff is over, or somebody else has it."""

    def ring(self, connector: str, reference: str) -> bool:
        """Something happened there: ask at once. False when nobody knows this counterpart."""

    def schedule(self, link_id: int, pull_at: datetime | None) -> None:
        """Ask at ``pull_at``; None: not any more."""

    def take(self, connector: str, now: datetime, until: datetime, limit: int) -> list[LinkRecord]:
        """Links of which it is time to ask, those that rang first; others leave each alone until ``until``."""

    def pulled(self, link: LinkRecord, cursor: str | None, next_at: datetime | None) -> bool:
        """Move the cursor; False when another worker moved it. A ring since then makes it due at once."""

    def failed(self, link: LinkRecord, next_at: datetime | None, error: str) -> None:
        """Asking did not work; ask again at ``next_at``."""


class ConnectorHealth(Protocol):
    """Circuit breakers that all workers share, and webhooks that came already."""

    def of(self, connector: str) -> ConnectorState:
        """How a connector is; one that was never used is well."""

    def save(self, state: ConnectorState) -> None:
        """Store how a connector is."""

    def first_time(self, connector: str, delivery_id: str, now: datetime) -> bool:
        """Write down that a webhook came; False when it came before."""

    def forget_webhooks(self, before: datetime) -> None:
        """Drop what is too old to be accepted again anyway."""
