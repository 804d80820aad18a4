"""How a visitor talks, whatever the transport: start, write, read."""

from __future__ import annotations

import asyncio
import uuid
from dataclasses import dataclass, field
from typing import Any

from handoff.bootstrap import Services
from handoff.domain.errors import WrongConversation
from handoff.rasa.marks import CHANNEL_NAME
from handoff.rasa.web.fields import CONVERSATION_ID, json_object
from handoff.rasa.web.incoming import NewSession, parse_after, parse_incoming, parse_session
from handoff.rasa.web.slots import SlotWriter
from handoff.rasa.web.tokens import VisitorTokens
from handoff.rasa.web.turns import TurnHandler, TurnResult
from handoff.service.visitor_view import message_json, state_json

STARTS_AT_ONCE = 2  # threads that may wait for the database to start conversations; the others are for those who talk


@dataclass(frozen=True)
class ConversationFace:
    """Start, write, read: REST and Socket.IO are thin faces of this.

    The database is asked in threads: a visitor whose write has to wait holds nobody else up.
    """

    services: Services
    tokens: VisitorTokens
    turns: TurnHandler
    slots: SlotWriter
    _starts: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(STARTS_AT_ONCE))

    async def start(self, body: Any) -> dict[str, str]:
        """Begin a conversation: its id and the token that opens it. The assistant knows from the first word on what
        was filled in before it.

        Raises:
            InvalidInput: a field is unknown or cannot be right.
            StorageUnavailable: what was filled in could not be stored; the client starts again.
        """
        session = parse_session(body)
        conversation_id = uuid.uuid4().hex
        async with self._starts:
            await asyncio.to_thread(self._create, conversation_id, session)
        if session.contact.given():
            await self.slots.remember(conversation_id, session.contact.given())
        return {"conversation_id": conversation_id, "token": self.tokens.issue(conversation_id)}

    def _create(self, conversation_id: str, session: NewSession) -> None:
        with self.services.uow.write() as tx:
            tx.conversations.ensure(conversation_id, CHANNEL_NAME, self.services.clock())
            tx.conversations.set_locale(conversation_id, session.locale, session.timezone)

    def conversation_of(self, token: str | None) -> str:
        """The conversation that ``token`` opens, or NotAllowed."""
        return self.tokens.conversation_of(token)

    async def say(self, conversation_id: str, body: Any) -> TurnResult:
        """Process a message of the visitor; see :meth:`TurnHandler.handle`."""
        check_own(conversation_id, json_object(body).get(CONVERSATION_ID))
        return await self.turns.handle(conversation_id, parse_incoming(body))

    async def history(self, conversation_id: str, after: Any) -> dict[str, Any]:
        """Everything said after number ``after``, and whom the visitor talks to."""
        return await asyncio.to_thread(self._history, conversation_id, parse_after(after))

    def _history(self, conversation_id: str, seq: int) -> dict[str, Any]:
        with self.services.uow.read() as tx:
            messages = tx.messages.after(conversation_id, seq)
        state = self.services.visitor_state(conversation_id)
        return {"messages": [message_json(message) for message in messages], "state": state_json(state)}

    @staticmethod
    def state_of(result: TurnResult) -> dict[str, Any]:
        """Whom the visitor talks to after a turn, as JSON."""
        return state_json(result.state)


def check_own(conversation_id: str, named: Any) -> None:
    """Refuse a request that names another conversation than its token opens."""
    if named is not None and named != conversation_id:
        raise WrongConversation("This token belongs to another conversation.")
