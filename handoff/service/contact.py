"""Contact details that arrive after the handoff was made, because nobody was online."""

from __future__ import annotations

from dataclasses import dataclass

from handoff.service.ports import Clock, UnitOfWork

CONTACT_KEYS = ("name", "email", "phone")


@dataclass(frozen=True)
class AddContact:
    """Use case: put contact details into the package of the open handoff."""

    uow: UnitOfWork
    clock: Clock

    def __call__(self, conversation_id: str, details: dict[str, str | None]) -> bool:
        """Add what is given; False when no handoff is open (there is nobody to tell)."""
        given = {key: value for key, value in details.items() if key in CONTACT_KEYS and value}
        with self.uow.write() as tx:
            record = tx.handoffs.open_of(conversation_id)
            if record is None:
                return False
            package = record.package | {"visitor": record.package["visitor"] | given}
            tx.handoffs.update(record.id, package=package)
            tx.events.add(
                "contact_added",
                conversation_id=conversation_id,
                handoff_id=record.id,
                actor="visitor",
                now=self.clock(),
                data={"given": sorted(given)},
            )
            return True
