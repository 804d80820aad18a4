"""Reads an intent off Rasa's parse data, as our own data names it."""

from __future__ import annotations

from typing import Any

RETRIEVAL_INTENT = "faq"
TOPIC_ENTITY = "faq_topic"
"""Entity in the payload of a button that stands for one FAQ: ``/faq{"faq_topic": "warranty"}``."""


def intent_name(parse_data: dict[str, Any] | None) -> str | None:
    """The intent with its sub-intent, for example ``faq/warranty``, whether it was written or a button's."""
    intent = (parse_data or {}).get("intent") or {}
    if intent.get("full_retrieval_intent_name"):
        return str(intent["full_retrieval_intent_name"])
    if intent.get("name") == RETRIEVAL_INTENT:
        for entity in (parse_data or {}).get("entities") or []:
            if entity.get("entity") == TOPIC_ENTITY:
                return f"{RETRIEVAL_INTENT}/{entity.get('value')}"
    return intent.get("name")


def intent_confidence(parse_data: dict[str, Any] | None) -> float | None:
    """How sure the assistant was, 0 to 1."""
    return ((parse_data or {}).get("intent") or {}).get("confidence")
