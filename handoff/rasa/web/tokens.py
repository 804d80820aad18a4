"""Tokens of visitors: whoever holds one reads and writes exactly one conversation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import jwt

from handoff.domain.errors import NotAllowed
from handoff.service.ports import Clock

ALGORITHM = "HS256"
AUDIENCE = "handoff-visitor"
BEARER = "Bearer "
EXPIRED = "This token is not valid any more. Start a new conversation."


@dataclass(frozen=True)
class VisitorTokens:
    """Signs and reads visitors' tokens (JWT, HMAC-SHA256)."""

    secret: str
    days: float
    clock: Clock

    def issue(self, conversation_id: str) -> str:
        """A token for this conversation."""
        now = self.clock()
        claims = {"sub": conversation_id, "aud": AUDIENCE, "iat": now, "exp": now + timedelta(days=self.days)}
        return jwt.encode(claims, self.secret, algorithm=ALGORITHM)

    def conversation_of(self, token: str | None) -> str:
        """The conversation that ``token`` opens.

        Raises:
            NotAllowed: there is none, it is not ours, or it has expired.
        """
        if not token:
            raise NotAllowed("This needs the token of a conversation. Start one with POST /webhooks/web/sessions.")
        if not token.isascii():
            raise NotAllowed("This token is not valid. Start a new conversation.")  # PyJWT fails to encode it
        try:
            claims = jwt.decode(
                token,
                self.secret,
                algorithms=[ALGORITHM],
                audience=AUDIENCE,
                # the times are judged below, by the clock that wrote them
                options={"require": ["sub", "aud", "exp"], "verify_exp": False, "verify_iat": False},
            )
        except jwt.InvalidTokenError as error:
            raise NotAllowed(EXPIRED) from error
        if claims["exp"] <= self.clock().timestamp():
            raise NotAllowed(EXPIRED)
        return str(claims["sub"])


def bearer(header: str | None) -> str | None:
    """The token in an ``Authorization`` header, or None."""
    return header[len(BEARER) :].strip() if header and header.startswith(BEARER) else None
