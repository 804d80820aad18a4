"""What the assistant offers when it is not sure: the likeliest topics as buttons, or a person at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from handoff.domain.model import TriggerKind
from handoff.domain.rules import HandoffRules
from handoff.domain.subject import SMALL_TALK

FAQ = "faq"
FAQ_TOPIC = "faq_topic"  # entity that a button carries: which FAQ answer it promises
WORTH_OFFERING = 0.05  # below this a topic is noise: it would be offered for any message at all


@dataclass(frozen=True)
class Guess:
    """A topic that the message may be about, with its probability from 0 to 1."""

    intent: str
    confidence: float


def guesses(parse: Mapping[str, Any]) -> list[Guess]:
    """What Rasa's parse result takes the message for, likeliest first.

    The retrieval intent ``faq`` is spread over its answers; the selector's confidences are probabilities already, and
    that of the best answer is the one of ``faq`` itself.
    Fallback and small talk are left out, since nobody is helped by a button that says hello.
    """
    found: list[Guess] = []
    for entry in parse.get("intent_ranking") or []:
        name, confidence = entry.get("name"), float(entry.get("confidence") or 0.0)
        if name == FAQ:
            found += [Guess(answer, likely) for answer, likely in _answers(parse)]
        elif name and name not in SMALL_TALK:
            found.append(Guess(name, confidence))
    return sorted(found, key=lambda guess: guess.confidence, reverse=True)


def _answers(parse: Mapping[str, Any]) -> list[tuple[str, float]]:
    selector = parse.get("response_selector") or {}
    ranking = (selector.get(FAQ) or selector.get("default") or {}).get("ranking") or []
    return [
        (entry["intent_response_key"], float(entry.get("confidence") or 0.0))
        for entry in ranking
        if entry.get("intent_response_key")
    ]


def must_not_guess(found: Sequence[Guess], rules: HandoffRules) -> bool:
    """Whether the likeliest topic is one that only a person may answer, and likely enough to act on."""
    if not found or found[0].confidence < rules.low_confidence.never_guess_from:
        return False
    sensitive = rules.trigger_intents[TriggerKind.SENSITIVE_TOPIC]
    return found[0].intent in rules.account_intents or found[0].intent in sensitive


def topic_buttons(found: Iterable[Guess], rules: HandoffRules) -> list[dict[str, str]]:
    """Buttons for the likeliest topics: ``{"title": "The warranty", "payload": ...}``, none twice."""
    worth = [guess for guess in found if guess.confidence >= WORTH_OFFERING]
    return [_button(guess.intent, rules) for guess in worth[: rules.low_confidence.suggestions]]


def _button(intent: str, rules: HandoffRules) -> dict[str, str]:
    phrase = rules.phrase(intent)
    return {"title": phrase[:1].upper() + phrase[1:], "payload": payload_for(intent)}


def payload_for(intent: str) -> str:
    """The message a button sends for ``intent``.

    ``/faq/warranty`` is no command to Rasa 3.6, which knows the base intent only; the answer's name goes along as an
    entity, and ``action_suggested_faq`` gives exactly that answer.
    """
    base, _, topic = intent.partition("/")
    return f"/{base}{json.dumps({FAQ_TOPIC: topic})}" if topic else f"/{base}"
