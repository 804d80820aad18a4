"""The agent's five-second summary: extractive, deterministic, never shown to the visitor.

It holds every distinct request, every collected field, what the assistant already answered, the open question and the
mood. When that does not fit the word budget, the visitor's quoted words are shortened first; facts stay.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from handoff.domain.model import Sender, Trigger, TriggerKind, Turn, Visitor
from handoff.domain.mood import sounds_frustrated
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import SMALL_TALK, is_faq, last_visitor_turn, requests, subject

QUOTE_WORDS = (22, 14, 8, 5)
"""Lengths of the visitor's quoted words that are tried, longest first, until the summary fits its budget."""

FIELD_NAMES = {"order_number": "order", "email": "e-mail", "phone": "phone", "name": "name", "website": "website"}
WHY = {
    TriggerKind.EXPLICIT_REQUEST: "asks for a person",
    TriggerKind.LOW_CONFIDENCE: "the assistant could not help",
    TriggerKind.FRUSTRATION: "is frustrated",
    TriggerKind.SENSITIVE_TOPIC: "needs a decision by a person",
    TriggerKind.SALES_INTENT: "wants to talk to sales",
}


@dataclass(frozen=True)
class Summary:
    """``headline`` names who wants what; ``text`` has at most the budget of words; ``source`` says who wrote it."""

    headline: str
    text: str
    open_question: str
    already_answered: tuple[str, ...]
    source: str = "extractive"


def summarise(
    turns: Sequence[Turn], trigger: Trigger, visitor: Visitor, fields: dict[str, str], rules: HandoffRules
) -> Summary:
    """Summarise the conversation so far for the agent who takes over.

    Args:
        turns: oldest first.
        trigger: why it goes to a person.
        visitor: contact details; they are collected fields as well.
        fields: other collected fields, by slot name.
        rules: readable intent names and the word budget.
    """
    wishes = list(dict.fromkeys(turn.intent for turn in requests(turns)))
    answered = _already_answered(turns, rules)
    question = _open_question(turns)
    facts = _facts(visitor, fields)
    about = subject(turns)
    for words in QUOTE_WORDS:
        text = _text(wishes, answered, question, facts, trigger, turns, rules, words)
        if len(text.split()) <= rules.summary_words:
            break
    else:
        text = shorten(text, rules.summary_words)
    return Summary(
        _headline(visitor, about.intent if about else None, trigger, fields, rules), text, question, answered
    )


def shorten(text: str, words: int) -> str:
    """The first ``words`` words of ``text``, with an ellipsis when there are more."""
    parts = text.split()
    return " ".join(parts) if len(parts) <= words else " ".join(parts[:words]) + "\u2026"


def _headline(visitor: Visitor, wish: str | None, trigger: Trigger, fields: dict[str, str], rules: HandoffRules) -> str:
    who = visitor.name or "Visitor"
    about = rules.phrase(wish) if wish else "a question"
    order = f" ({fields['order_number']})" if fields.get("order_number") else ""
    return f"{who}: {about}{order} \u2013 {WHY[trigger.kind]}"


def _text(
    wishes: list[str | None],
    answered: tuple[str, ...],
    question: str,
    facts: list[str],
    trigger: Trigger,
    turns: Sequence[Turn],
    rules: HandoffRules,
    quote_words: int,
) -> str:
    parts = []
    if wishes:
        parts.append(f"Asked about {_join([rules.phrase(wish) for wish in wishes])}.")
    if answered:
        parts.append(f"Answered already: {_join(list(answered))}.")
    if facts:
        parts.append(f"Known: {', '.join(facts)}.")
    if question:
        parts.append(f"Open: \u201c{shorten(question, quote_words)}\u201d")
    last = last_visitor_turn(turns)
    if last is not None and last.text != question:
        parts.append(f"Last words: \u201c{shorten(last.text, quote_words)}\u201d")
    parts.append(f"Mood: {_mood(turns, trigger, rules)}.")
    return " ".join(parts)


def _facts(visitor: Visitor, fields: dict[str, str]) -> list[str]:
    known = {"name": visitor.name, "email": visitor.email, "phone": visitor.phone, **fields}
    return [f"{FIELD_NAMES.get(name, name.replace('_', ' '))} {value}" for name, value in known.items() if value]


def _already_answered(turns: Sequence[Turn], rules: HandoffRules) -> tuple[str, ...]:
    """The FAQ that the assistant answered: a retrieval intent is followed by its answer."""
    answered = [
        rules.phrase(turn.intent)
        for position, turn in enumerate(turns)
        if turn.sender is Sender.VISITOR
        and is_faq(turn)
        and position + 1 < len(turns)
        and turns[position + 1].sender is Sender.ASSISTANT
    ]
    return tuple(dict.fromkeys(answered))


def _open_question(turns: Sequence[Turn]) -> str:
    """The visitor's latest own words that ask for something not answered by an FAQ, else the last that were not small
    talk (what the assistant did not understand is an open question too)."""
    about = subject(turns)
    if about is not None and not is_faq(about):
        return about.text
    unclear = [
        turn
        for turn in turns
        if turn.sender is Sender.VISITOR
        and not turn.payload
        and (turn.intent in {None, "nlu_fallback", "out_of_scope"} or turn.intent not in SMALL_TALK)
        and not is_faq(turn)
    ]
    return unclear[-1].text if unclear else ""


def _mood(turns: Sequence[Turn], trigger: Trigger, rules: HandoffRules) -> str:
    if sounds_frustrated(turns, rules):
        return "frustrated"
    if trigger.kind is TriggerKind.FRUSTRATION:
        return "losing patience"  # several mild messages, or the same question again; none of them is angry by itself
    if any(rules.trigger_of(turn.intent) is TriggerKind.LOW_CONFIDENCE for turn in turns):
        return "calm, not understood"
    return "calm"


def _join(items: list[str]) -> str:
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}"
