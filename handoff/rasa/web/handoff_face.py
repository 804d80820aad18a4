"""What a visitor can do about a handoff besides talking: leave an address, go back to the assistant, rate it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Any

from handoff.bootstrap import Services
from handoff.domain.errors import StorageUnavailable, TooOften
from handoff.domain.lifecycle import Status
from handoff.rasa.web.buckets import Buckets
from handoff.rasa.web.contact import parse_contact
from handoff.rasa.web.conversation import check_own
from handoff.rasa.web.feedback import parse_rating
from handoff.rasa.web.fields import CONVERSATION_ID, known_fields
from handoff.rasa.web.room import Rooms
from handoff.rasa.web.slots import SlotWriter
from handoff.service.visitor_view import message_json

logger = logging.getLogger(__name__)

CONTACTS_AT_ONCE = 10  # typos, second thoughts and a second address
CONTACTS_PER_SECOND = 1 / 60  # each makes the conversation in Rasa longer, and with it every later turn slower


@dataclass(frozen=True)
class HandoffFace:
    """The visitor's events `contact`, `cancel` and `rating`; afterwards every open page gets the new state."""

    services: Services
    rooms: Rooms
    slots: SlotWriter
    _contacts: Buckets = field(default_factory=lambda: Buckets(CONTACTS_AT_ONCE, CONTACTS_PER_SECOND))

    async def contact(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """Take an e-mail address to write to, and what else was filled in.

        Raises:
            InvalidInput: a field cannot be right; the message says what would be.
            TooOften: it was given many times already.
        """
        details = parse_contact(body).given()
        check_own(conversation_id, body.get(CONVERSATION_ID))
        if not self._contacts.take(conversation_id):
            raise TooOften("Contact details were sent many times in a row. Try again in a minute.")
        await asyncio.to_thread(self.services.leave_contact, conversation_id, {**details})
        await self._tell_assistant(conversation_id, details)
        return {"state": await self.rooms.tell_state(conversation_id)}

    async def _tell_assistant(self, conversation_id: str, details: dict[str, str]) -> None:
        """So that it does not ask for what is known. The card of the handoff has it already, and nothing is lost when
        Rasa cannot be told."""
        state = await asyncio.to_thread(self.services.state, conversation_id)
        try:
            await self.slots.remember(conversation_id, details, end_form=state.status is not Status.ASSIGNED)
        except StorageUnavailable as error:
            logger.error("the assistant may ask conversation %s for what is known: %s", conversation_id, error)

    async def cancel(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """Go on with the assistant; also when there was nothing to cancel any more, the answer is how it stands."""
        check_own(conversation_id, known_fields(body).get(CONVERSATION_ID))
        messages = await asyncio.to_thread(self._cancel, conversation_id)
        return {"state": await self.rooms.tell_state(conversation_id), "messages": messages}

    def _cancel(self, conversation_id: str) -> list[dict[str, Any]]:
        with self.services.uow.read() as tx:
            before = tx.conversations.last_seq(conversation_id)
        self.services.cancel(conversation_id)
        with self.services.uow.read() as tx:
            said = tx.messages.after(conversation_id, before)
        return [message_json(message) for message in said]

    async def rating(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """Store what the visitor thinks of a handoff or of a visit without one, or that they would rather not say.

        Raises:
            AlreadyRated: each is rated once.
            NotFound: this conversation had no such handoff or visit.
        """
        rating = parse_rating(body)
        check_own(conversation_id, body.get(CONVERSATION_ID))
        said = (rating.score, rating.comment)
        if isinstance(rating.subject, int):
            await asyncio.to_thread(self.services.rate_visit, conversation_id, rating.subject, *said)
        else:
            await asyncio.to_thread(self.services.rate, conversation_id, rating.subject, *said)
        return {"state": await self.rooms.tell_state(conversation_id)}
