"""Reads an intent off Rasa's parse data, as our own data names it."""

from __future__ import annotations

from typing import Any

RETRIEVAL_INTENT = "faq"
FALLBACK_INTENT = "nlu_fallback"
TOPIC_ENTITY = "faq_topic"
"""Entity in the payload of a button that stands for one FAQ: ``/faq{"faq_topic": "warranty"}``."""

KEPT_INTENTS = 4  # of a ranking: what people look at when they ask what else it could have been
CONFIDENCE_DIGITS = 4


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


def known_score(parse_data: dict[str, Any] | None) -> float | None:
    """How likely the best answer is right, whatever the message is about (:mod:`handoff.nlu.abstention`), 0 to 1; None
    where nothing was to be abstained from, such as a button."""
    known = ((parse_data or {}).get("abstention") or {}).get("known")
    return None if known is None else float(known)


def likeliest_intent(parse_data: dict[str, Any] | None) -> str | None:
    """For a message that was not understood: the intent that came closest. None for an understood one."""
    if ((parse_data or {}).get("intent") or {}).get("name") != FALLBACK_INTENT:
        return None
    ranking = (parse_data or {}).get("intent_ranking") or []
    return next((entry["name"] for entry in ranking if entry.get("name") not in {None, FALLBACK_INTENT}), None)


def likeliest_intents(parse_data: dict[str, Any] | None, most: int = KEPT_INTENTS) -> list[dict[str, Any]]:
    """What the message could mean, the likeliest first: ``{"name", "confidence"}``; without the mark of a message that
    was not understood."""
    ranking = (parse_data or {}).get("intent_ranking") or []
    found = [entry for entry in ranking if entry.get("name") not in {None, FALLBACK_INTENT}]
    return [
        {"name": entry["name"], "confidence": round(float(entry.get("confidence") or 0.0), CONFIDENCE_DIGITS)}
        for entry in found[:most]
    ]
