"""What every live chat shows of a context package: one list of facts, so that no agent gets less than another.

A connector renders a :class:`Card` in the markup of its live chat; :func:`as_text` is for those without any.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TRIGGER_WORDS: Mapping[str, str] = {
    "explicit_request": "Asked for a person",
    "low_confidence": "The assistant was not sure",
    "frustration": "Sounds frustrated",
    "sensitive_topic": "Needs a decision by a person",
    "sales_intent": "Sales question",
}
"""Kinds of triggers as the desk words them."""

SPEAKERS: Mapping[str, str] = {"visitor": "Visitor", "assistant": "Assistant", "agent": "Agent", "system": "System"}


@dataclass(frozen=True)
class Fact:
    """One labelled fact; ``text`` may hold what a visitor typed."""

    label: str
    text: str


@dataclass(frozen=True)
class Spoken:
    """One line of the conversation so far."""

    who: str
    text: str


@dataclass(frozen=True)
class Card:
    """A context package for reading.

    Attributes:
        headline: who, what and why in one line.
        summary: at most 80 words.
        facts: labelled, most important first; only what is known.
        said: the conversation so far, oldest first.
        desk_url: the same handoff on the desk.
    """

    headline: str
    summary: str
    facts: Sequence[Fact]
    said: Sequence[Spoken]
    desk_url: str


def card_of(package: Mapping[str, Any]) -> Card:
    """Return the card of a ``handoff.context/1``."""
    summary, trigger, visitor = package["summary"], package["trigger"], package["visitor"]
    facts = [
        Fact("Why", TRIGGER_WORDS.get(trigger["kind"], trigger["kind"])),
        *(Fact("Because of", _evidence(item)) for item in trigger["evidence"]),
        Fact("Open question", summary["open_question"] or ""),
        Fact("Already answered", "; ".join(summary["already_answered"])),
        Fact("Urgency", _with_reasons(package["urgency"])),
        Fact("Topic", package["topic"]),
        Fact("Queue", package["queue"]),
        Fact("Intent", _intent(package["intent"])),
        Fact("Name", visitor["name"] or ""),
        Fact("E-mail", visitor["email"] or ""),
        Fact("Phone", visitor["phone"] or ""),
        Fact("Language", visitor["locale"] or ""),
        Fact("Time zone", visitor["timezone"] or ""),
        Fact("Was here before", _times(visitor["previous_handoffs"])),
        Fact("Page", _page(package["page"])),
        *(Fact(name.replace("_", " ").capitalize(), str(value)) for name, value in package["fields"].items()),
    ]
    return Card(
        headline=summary["headline"],
        summary=summary["text"],
        facts=[fact for fact in facts if fact.text],
        said=[Spoken(SPEAKERS.get(line["from"], line["from"]), line["text"]) for line in package["transcript"]],
        desk_url=package["links"]["desk"],
    )


def as_text(card: Card) -> str:
    """The card as plain text: headline, summary, facts, conversation, link."""
    return "\n".join(
        [
            card.headline,
            "",
            card.summary,
            "",
            *(f"{fact.label}: {fact.text}" for fact in card.facts),
            "",
            "The conversation so far:",
            *(f"{line.who}: {line.text}" for line in card.said),
            "",
            f"On the desk: {card.desk_url}",
        ]
    )


def _evidence(item: Mapping[str, Any]) -> str:
    return f"“{item['text']}” ({item['reason']})"


def _with_reasons(urgency: Mapping[str, Any]) -> str:
    reasons = ", ".join(urgency["reasons"])
    return f"{urgency['level']} ({reasons})" if reasons else str(urgency["level"])


def _intent(intent: Mapping[str, Any]) -> str:
    if not intent["name"]:
        return ""
    sure = f" ({intent['confidence']:.0%} sure)" if intent["confidence"] is not None else ""
    return f"{intent['name']}{sure}"


def _times(previous: int) -> str:
    if not previous:
        return ""
    return "once with a person" if previous == 1 else f"{previous} times with a person"


def _page(page: Mapping[str, Any]) -> str:
    url, title = page["url"], page["title"]
    return f"{title} – {url}" if url and title else str(url or title or "")
