"""What a pipeline understood of one message: the part of Rasa's parse result that is scored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bench.nlu_names import FALLBACK

INTENT, RANKING, NAME, CONFIDENCE = "intent", "intent_ranking", "name", "confidence"
ABSTENTION, KNOWN = "abstention", "known"
FRUSTRATION, SCORE = "frustration", "score"
SELECTOR, RETRIEVAL_INTENTS = "response_selector", "all_retrieval_intents"
RESPONSE, RESPONSE_KEY = "response", "intent_response_key"


@dataclass(frozen=True)
class Understood:
    """One parsed message.

    Attributes:
        intent: the pipeline's last word; ``nlu_fallback`` when it abstained, None when nothing could be read.
        ranking: intents with their confidences, likeliest first, without the fallback. It may be cut at the end.
        known: how sure the pipeline is that it knows this at all, or None when it has no such score.
        frustration: how frustrated the visitor sounds, or None when the pipeline does not say.

    A retrieval intent is named with its answer (``faq/warranty``).
    """

    intent: str | None
    ranking: tuple[tuple[str, float], ...]
    known: float | None = None
    frustration: float | None = None

    def confidence(self, name: str) -> float:
        """Confidence of an intent; 0 when it is not in the ranking."""
        return dict(self.ranking).get(name, 0.0)


def understood(parse: Mapping[str, Any]) -> Understood:
    """Read the result of ``agent.parse_message``."""
    answers = _answers(parse.get(SELECTOR) or {})
    intent = (parse.get(INTENT) or {}).get(NAME)
    ranking = sorted(
        (
            (answers.get(entry[NAME], entry[NAME]), float(entry[CONFIDENCE]))
            for entry in parse.get(RANKING) or []
            if entry[NAME] not in (None, FALLBACK)
        ),
        key=lambda entry: -entry[1],
    )
    return Understood(
        intent=answers.get(intent, intent) or None,
        ranking=tuple(ranking),
        known=_number(parse.get(ABSTENTION), KNOWN),
        frustration=_number(parse.get(FRUSTRATION), SCORE),
    )


def from_json(value: Mapping[str, Any]) -> Understood:
    """What ``dataclasses.asdict`` and JSON made of an :class:`Understood`."""
    return Understood(**{**value, "ranking": tuple((name, confidence) for name, confidence in value["ranking"])})


def _answers(selector: Mapping[str, Any]) -> dict[str | None, str]:
    """The likeliest answer of each retrieval intent."""
    return {
        name: selector[name][RESPONSE][RESPONSE_KEY]
        for name in selector.get(RETRIEVAL_INTENTS, [])
        if name in selector and selector[name][RESPONSE].get(RESPONSE_KEY)
    }


def _number(section: Any, key: str) -> float | None:
    value = section.get(key) if isinstance(section, Mapping) else None
    return None if value is None else float(value)
