"""What visitors did that the shop wanted is written down, and counts for the visit before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from handoff.domain.conversion import Conversion
from handoff.domain.errors import InvalidInput, NotFound
from handoff.domain.rules import HandoffRules
from handoff.service.ports import Clock, UnitOfWork

AHEAD = timedelta(minutes=5)  # as much as the clocks of two servers may differ


@dataclass(frozen=True)
class RecordConversion:
    """Use case: store a conversion once, whatever is repeated."""

    uow: UnitOfWork
    rules: HandoffRules
    clock: Clock

    def __call__(self, conversion: Conversion) -> bool:
        """Store it; it counts for the latest visit that began before it, if that is not longer ago than
        ``conversion_days`` of handoff.yml.

        Returns:
            False when the conversation has one of this name and reference. What the shop's server says of it then
            takes the place of what a page said.

        Raises:
            NotFound: no such conversation.
            InvalidInput: it lies in the future.
        """
        if conversion.at > self.clock() + AHEAD:
            raise InvalidInput("'at' lies in the future. Leave it out for something that happened just now.")
        with self.uow.write() as tx:
            if not tx.conversations.lock(conversion.conversation_id):
                raise NotFound(f"There is no conversation '{conversion.conversation_id}'.")
            since = conversion.at - timedelta(days=self.rules.metrics.conversion_days)
            visit_id = tx.visits.begun_between(conversion.conversation_id, since, conversion.at)
            return tx.conversions.add(conversion, visit_id)
