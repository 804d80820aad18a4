"""The conversation to keep: as a file, or by e-mail."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from handoff.bootstrap import Services
from handoff.domain.errors import TooOften
from handoff.rasa.web.buckets import Buckets
from handoff.rasa.web.contact import parse_email
from handoff.rasa.web.conversation import check_own
from handoff.rasa.web.fields import CONVERSATION_ID

# The address is the visitor's word only, and so is half of what is sent. The service limits each conversation; these
# limit those who start many. One office is one address, and few in it want a copy in the same hour.
EMAILS_AT_ONCE = 10
EMAILS_PER_SECOND = 1 / 360


@dataclass(frozen=True)
class TranscriptFace:
    """What was said, without anything of the assistant's analysis or the agents' notes."""

    services: Services
    _emails: Buckets = field(default_factory=lambda: Buckets(EMAILS_AT_ONCE, EMAILS_PER_SECOND))

    async def text(self, conversation_id: str) -> str:
        """The conversation as plain text."""
        return await asyncio.to_thread(self.services.transcript, conversation_id)

    async def send(self, conversation_id: str, address: str, body: Any) -> dict[str, Any]:
        """Send it by e-mail.

        Args:
            conversation_id: the conversation.
            address: where the request comes from.
            body: JSON with ``email``.

        Raises:
            InvalidEmail: nobody can be written to there.
            TooOften: this conversation, or this address, has had its share.
        """
        email = parse_email(body)
        check_own(conversation_id, body.get(CONVERSATION_ID))
        if not self._emails.take(address):
            raise TooOften("Many transcripts were sent from here already. Download this one, or try again in an hour.")
        await asyncio.to_thread(self.services.send_transcript, conversation_id, email)
        return {"ok": True}
