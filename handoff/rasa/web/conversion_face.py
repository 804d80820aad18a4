"""Conversions: told by the visitor's page, with its token, or by the shop's server, whose signature is checked."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from handoff.bootstrap import Services
from handoff.connectors.webhook_signature import verify
from handoff.domain.errors import NotFound, TooLong, TooOften
from handoff.rasa.web.buckets import Buckets
from handoff.rasa.web.conversation import check_own
from handoff.rasa.web.conversion import parse_conversion, parse_track
from handoff.rasa.web.fields import CONVERSATION_ID

LARGEST_BODY = 8 * 1024  # bytes; a conversion with everything in it has a few hundred
TRACKS_AT_ONCE = 20  # what a page that was offline for a while has kept
TRACKS_PER_SECOND = 1 / 30  # nobody orders twice a minute for long


class NotSetUp(NotFound):
    """There is no secret by which the shop's server could be known."""

    code = "not_set_up"


@dataclass(frozen=True)
class ConversionFace:
    """The visitor's event `track`, and the request of the shop's server."""

    services: Services
    _tracks: Buckets = field(default_factory=lambda: Buckets(TRACKS_AT_ONCE, TRACKS_PER_SECOND))

    async def track(self, conversation_id: str, body: Any) -> dict[str, Any]:
        """Store what the visitor's page says that the visitor did.

        Raises:
            InvalidInput: a field cannot be right; the message says what would be.
            TooOften: this conversation told of many already.
        """
        conversion = parse_track(body, conversation_id, self.services.clock())
        check_own(conversation_id, body.get(CONVERSATION_ID))
        if not self._tracks.take(conversation_id):
            raise TooOften("Many conversions were sent in a row. Try again in a minute.")
        return {"new": await asyncio.to_thread(self.services.convert, conversion)}

    def check(self, headers: Mapping[str, str], raw: bytes) -> None:
        """Whether a request comes from the shop's server.

        Args:
            headers: by lower-case name.
            raw: the body as it came, since the signature is over the bytes.

        Raises:
            NotSetUp: there is no secret.
            WebhookRefused: the signature or the time is wrong.
            TooLong: the request is no conversion.
        """
        secret = self.services.settings.conversions_secret
        if not secret:
            raise NotSetUp("Conversions from a server are not set up here. HANDOFF_CONVERSIONS_SECRET turns them on.")
        if len(raw) > LARGEST_BODY:
            raise TooLong(f"The request has {len(raw)} bytes; {LARGEST_BODY} is the limit.")
        verify(secret, headers, raw, self.services.clock())

    async def store(self, body: Any) -> bool:
        """Store what the shop's server says, after :meth:`check`; False when it was known.

        Raises:
            InvalidInput: a field cannot be right; the message names it.
            NotFound: no such conversation.
        """
        return await asyncio.to_thread(self.services.convert, parse_conversion(body, self.services.clock()))
