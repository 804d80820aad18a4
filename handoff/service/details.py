"""Details that arrive while a handoff is open: they reach the agent's card, whoever asked for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handoff.domain.context import with_details
from handoff.domain.lifecycle import Status
from handoff.domain.rules import HandoffRules
from handoff.service.history import VISITOR, happened
from handoff.service.ports import Clock, Transaction, UnitOfWork

DETAIL_SLOTS = ("name", "email", "phone", "order_number", "platform", "website")
"""Slots of the assistant that agents see."""


@dataclass(frozen=True)
class AddDetails:
    """Use case: put contact details and fields into the package of the open handoff."""

    uow: UnitOfWork
    rules: HandoffRules
    clock: Clock

    def __call__(self, conversation_id: str, details: Mapping[str, str | None]) -> bool:
        """Add what is given; False when no handoff is open (there is nobody to tell)."""
        with self.uow.write() as tx:
            tx.conversations.lock(conversation_id)
            return add_details(tx, conversation_id, details, self.rules, self.clock)


def add_details(
    tx: Transaction, conversation_id: str, details: Mapping[str, str | None], rules: HandoffRules, clock: Clock
) -> bool:
    """Add ``details`` within a transaction; see :class:`AddDetails`."""
    record = tx.handoffs.open_of(conversation_id)
    if record is None:
        return False
    given = {name: value for name, value in details.items() if value}
    package: dict[str, Any] = with_details(record.package, given, rules)
    if package != record.package:
        tx.handoffs.update(record.id, package=package)
        happened(tx, "details_added", record, VISITOR, clock(), given=sorted(given))
    if record.status is Status.MISSED and package["visitor"]["email"]:
        # now there is somewhere to write to: somebody will
        tx.handoffs.move(record.id, Status.MISSED, Status.FOLLOW_UP)
        happened(tx, "follow_up", record, VISITOR, clock())
    return True
