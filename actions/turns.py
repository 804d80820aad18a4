"""Reads a conversation off Rasa's tracker: the raw material of a context package."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker

from actions.order_number import normalise_order_number
from handoff.domain.model import Page, Sender, Turn
from handoff.rasa.marks import PAGE, RECORDED
from handoff.rasa.parsed_choice import said
from handoff.rasa.parsed_frustration import frustration_score, frustration_signals
from handoff.rasa.parsed_intent import intent_confidence, intent_name, likeliest_intent

EXTERNAL_PREFIX = "EXTERNAL: "
ORDER_SLOT = "order_number"
SHOWN_SLOTS = (ORDER_SLOT, "platform", "website")
"""Slots that agents see as collected fields; contact details are shown as such."""


def turns_of(tracker: Tracker) -> tuple[Turn, ...]:
    """Everything that was said, oldest first, with the visitor's intents."""
    turns = []
    for event in tracker.events:
        if event["event"] == "user":
            turn = _visitor_turn(event)
        elif event["event"] == "bot":
            turn = _assistant_turn(event)
        else:
            continue
        if turn is not None:
            turns.append(turn)
    return tuple(turns)


def page_of(tracker: Tracker) -> Page:
    """The page of the visitor's latest message that names one."""
    for event in reversed(tracker.events):
        page = (event.get("metadata") or {}).get(PAGE) if event["event"] == "user" else None
        if isinstance(page, dict) and page.get("url"):
            return Page(url=page.get("url"), title=page.get("title"), referrer=page.get("referrer"))
    return Page()


def fields_of(tracker: Tracker) -> dict[str, str]:
    """Collected fields that help an agent, by slot name."""
    found = {name: str(value) for name in SHOWN_SLOTS if (value := tracker.get_slot(name))}
    if ORDER_SLOT in found:
        # outside the order form the slot holds what was typed
        found[ORDER_SLOT] = normalise_order_number(found[ORDER_SLOT]) or found[ORDER_SLOT]
    return found


def _visitor_turn(event: dict[str, Any]) -> Turn | None:
    text = event.get("text") or ""
    if not text or text.startswith(EXTERNAL_PREFIX):
        return None
    parsed = event.get("parse_data")
    words = said(text, event.get("metadata"), parsed)
    return Turn(
        sender=Sender.VISITOR,
        text=words.text,
        at=_time(event),
        message_id=event.get("message_id"),
        intent=intent_name(parsed),
        confidence=intent_confidence(parsed),
        payload=words.payload,
        guess=likeliest_intent(parsed),
        frustration=frustration_score(parsed),
        signals=frustration_signals(parsed),
    )


def _assistant_turn(event: dict[str, Any]) -> Turn | None:
    if not event.get("text"):
        return None
    recorded = (event.get("metadata") or {}).get(RECORDED)
    sender = Sender(recorded["message"]["from"]) if recorded else Sender.ASSISTANT
    return Turn(sender=sender, text=event["text"], at=_time(event))


def _time(event: dict[str, Any]) -> datetime:
    return datetime.fromtimestamp(event["timestamp"], tz=UTC)
