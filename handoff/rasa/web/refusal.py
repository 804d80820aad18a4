"""What a visitor's client is told when something is refused or fails: never what is wrong inside."""

from __future__ import annotations

import logging
from typing import Any

from handoff.domain.errors import HandoffError, StorageUnavailable
from handoff.service.ports import Texts

logger = logging.getLogger(__name__)

NOT_STORED = "utter_not_stored"
OUR_FAULT = 500  # HTTP status from which on the error's message is for operators


class TurnNotStored(StorageUnavailable):
    """A visitor's message that could not be stored; the error's message is what the assistant says about it."""


class TooManySessions(HandoffError):
    """One address starts more conversations than people do."""

    code = "too_many_sessions"
    http_status = 429


def refusal(error: HandoffError, texts: Texts) -> dict[str, Any]:
    """{code, message, status} for a visitor; what is our fault goes to the log instead."""
    message = str(error)
    if error.http_status >= OUR_FAULT and not isinstance(error, TurnNotStored):
        logger.error("a visitor's request failed: %s", error)
        message = texts.text(NOT_STORED, pick=error.code)
    return {"code": error.code, "message": message, "status": error.http_status}
