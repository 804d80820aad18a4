"""The visitor's acts beside talking: one table for REST (``POST /<act>``) and Socket.IO (event ``<act>``)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from handoff.rasa.web.attention import AttentionFace
from handoff.rasa.web.conversion_face import ConversionFace
from handoff.rasa.web.handoff_face import HandoffFace

Act = Callable[[str, Any], Awaitable[dict[str, Any]]]
"""(conversation id, what was sent) -> the answer, as JSON; raises a HandoffError."""


def visitor_acts(handoff: HandoffFace, attention: AttentionFace, conversions: ConversionFace) -> dict[str, Act]:
    """Every act by its name."""
    return {
        "contact": handoff.contact,
        "cancel": handoff.cancel,
        "rating": handoff.rating,
        "track": conversions.track,
        "here": attention.here,
        "seen": attention.seen,
        "typing": attention.typing,
    }
