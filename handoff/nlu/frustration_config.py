"""The numbers and lists of :class:`handoff.nlu.frustration.FrustrationDetector`, and their checks."""

from __future__ import annotations

from typing import Any

from rasa.shared.exceptions import InvalidConfigException

from handoff.nlu.encoder_featurizer import DIRECTORY
from handoff.nlu.mood_context import (
    ANGRY_REPLY,
    REPEATED_AFTER_ABSTENTION,
    REPEATED_FALLBACK,
    REPEATED_QUESTION,
    ContextRules,
)
from handoff.nlu.mood_head import Recipe
from handoff.nlu.mood_history import HistoryRules
from handoff.nlu.mood_signals import PUNCTUATION, SHOUTING
from handoff.nlu.mood_wording import SAID_BEFORE, SARCASM

REGULARISATION = "C"
ITERATIONS = "max_iter"
NGRAM_WEIGHT = "ngram_weight"
STYLE_WEIGHT = "style_weight"
PROJECT_WEIGHT = "project_weight"
FRUSTRATED_SHARE = "frustrated_share"
FRUSTRATED_INTENTS = "frustrated_intents"
UNCLEAR_INTENTS = "unclear_intents"
MOOD_DATA = "mood_data"
SURE_FROM = "sure_from"
REPEAT_THRESHOLD = "repeat_threshold"
LOOKBACK = "lookback"
FALLBACKS = "fallbacks"
NO_QUESTIONS = "no_questions"
ABSTENTIONS = "abstentions"
HANDOFF_ACTION = "handoff_action"
FACTORS = "factors"
WEIGHTS = "weights"

# of the odds, for each signal in the message itself: rounded from a fit on held-out probabilities. Shouting and storms
# of marks said nothing more there, since people shout in a good mood too; they get what readers expect, and no more.
DEFAULT_FACTORS = {SHOUTING: 1.5, PUNCTUATION: 1.5, SAID_BEFORE: 3.0, SARCASM: 4.0}

# for each signal of the conversation, from 0 to 1: one of them brings calm words to about 0.3, from where on
# handoff.yml counts a message, except for asking again what was not understood: the assistant asked for that
DEFAULT_WEIGHTS = {
    REPEATED_QUESTION: 0.35,
    REPEATED_AFTER_ABSTENTION: 0.15,
    REPEATED_FALLBACK: 0.3,
    ANGRY_REPLY: 0.3,
}

DEFAULTS: dict[str, Any] = {
    # The classifier. Chosen on nine kinds of text, each held out whole (AUROC in the mean): public messages and chats
    # of three writers, data/nlu, and half of the validation messages.
    REGULARISATION: 1.0,  # inverse strength; from 0.3, 0.5, 1, 2, 3: 0.917 from 1 to 2, 0.915 at 0.5
    ITERATIONS: 30,  # steps of the optimiser at most: 200 give the same
    NGRAM_WEIGHT: 2.5,  # of words beside the sentence vector; from 0 to 4. Without words 0.864, without vectors 0.898
    STYLE_WEIGHT: 0.4,  # of the style numbers; from 0 to 0.6. Without them 0.913
    # The project's examples count so much in all beside the library's; from 0 to 1. More helps with the project's own
    # sentences, but costs up to two points on public messages: the subject, and not the mood, then decides.
    PROJECT_WEIGHT: 0.2,
    FRUSTRATED_SHARE: 0.3,  # of messages, for which scores are true probabilities: most calm ones stay below 0.3 then
    SURE_FROM: 0.6,  # probability for the signal negative_wording
    # Whose examples are frustrated, or may be; all others are calm. "faq" stands for all "faq/...".
    FRUSTRATED_INTENTS: ["express_frustration"],
    UNCLEAR_INTENTS: ["complaint", "billing_dispute"],
    # folder with frustrated.txt and calm.txt, relative to the project; the library's English ones if empty
    MOOD_DATA: None,
    DIRECTORY: None,  # the same as the featurizer's
    # Cosine of sentence vectors from which two questions are the same. 0.75: of people who ask again in other words
    # 70 %, of follow-up questions on the same subject 7 %, of 4000 pairs of different FAQs none (0.7: 76, 17 and 0 %;
    # 0.8: 56, 6 and 0 %). It belongs to the encoder: measure again for another one.
    REPEAT_THRESHOLD: 0.75,
    LOOKBACK: 6,  # so many of the visitor's latest messages are looked at; who asks again mostly does so soon
    FALLBACKS: 2,  # misunderstandings in a row for repeated_fallback
    # intents that ask nothing, so that saying them twice means nothing
    NO_QUESTIONS: [
        "greet",
        "goodbye",
        "thank",
        "affirm",
        "deny",
        "inform",
        "bot_challenge",
        "express_frustration",
    ],
    # actions that say that the assistant did not understand; the intent nlu_fallback says it too
    ABSTENTIONS: [
        "action_low_confidence",
        "action_default_fallback",
        "action_default_ask_affirmation",
        "action_default_ask_rephrase",
        "action_two_stage_fallback",
    ],
    HANDOFF_ACTION: "action_handoff",  # what was asked before it is settled
    FACTORS: {},  # those of DEFAULT_FACTORS that shall be different
    WEIGHTS: {},  # those of DEFAULT_WEIGHTS that shall be different
}

_INFINITE = float("inf")
_RANGES: dict[str, tuple[float, float]] = {
    REGULARISATION: (1e-6, _INFINITE),
    ITERATIONS: (1, _INFINITE),
    NGRAM_WEIGHT: (0, _INFINITE),
    STYLE_WEIGHT: (0, _INFINITE),
    PROJECT_WEIGHT: (0, _INFINITE),
    FRUSTRATED_SHARE: (0.01, 0.99),
    SURE_FROM: (0, 1),
    REPEAT_THRESHOLD: (0, 1),
    LOOKBACK: (1, _INFINITE),
    FALLBACKS: (1, _INFINITE),
}
_WHOLE = frozenset({ITERATIONS, LOOKBACK, FALLBACKS})
_LISTS = (FRUSTRATED_INTENTS, UNCLEAR_INTENTS, NO_QUESTIONS, ABSTENTIONS)
_TABLES: dict[str, tuple[dict[str, float], float, float]] = {
    FACTORS: (DEFAULT_FACTORS, 1, _INFINITE),
    WEIGHTS: (DEFAULT_WEIGHTS, 0, 1),
}


def recipe(config: dict[str, Any]) -> Recipe:
    """How the classifier is trained."""
    return Recipe(
        regularisation=config[REGULARISATION],
        iterations=config[ITERATIONS],
        ngram_weight=config[NGRAM_WEIGHT],
        style_weight=config[STYLE_WEIGHT],
        frustrated_share=config[FRUSTRATED_SHARE],
    )


def history_rules(config: dict[str, Any]) -> HistoryRules:
    """What to look for in the conversation."""
    return HistoryRules(
        handoff_action=config[HANDOFF_ACTION],
        abstentions=frozenset(config[ABSTENTIONS]),
        no_questions=frozenset(config[NO_QUESTIONS]),
        lookback=config[LOOKBACK],
    )


def context_rules(config: dict[str, Any]) -> ContextRules:
    """When a signal of the conversation is there, and how much it weighs."""
    return ContextRules(
        repeat_threshold=config[REPEAT_THRESHOLD],
        fallbacks=config[FALLBACKS],
        weights={**DEFAULT_WEIGHTS, **(config[WEIGHTS] or {})},
    )


def factors(config: dict[str, Any]) -> dict[str, float]:
    """Factors of the odds, by signal of the message."""
    return {**DEFAULT_FACTORS, **(config[FACTORS] or {})}


def check_config(component: str, config: dict[str, Any]) -> None:
    """Refuse values that cannot work.

    Args:
        component: name for the message.
        config: any part of the keys of ``DEFAULTS``.

    Raises:
        InvalidConfigException: names the key and what it must be.
    """
    for key, (least, most) in _RANGES.items():
        _check_number(f"{component}: '{key}'", config.get(key, least), least, most, whole=key in _WHOLE)
    for key in _LISTS:
        names = config.get(key, [])
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise InvalidConfigException(f"{component}: '{key}' is {names!r}, but must be a list of names.")
    for key, (known, least, most) in _TABLES.items():
        table = config.get(key) or {}
        if not isinstance(table, dict) or not set(table) <= set(known):
            raise InvalidConfigException(
                f"{component}: '{key}' is {table!r}, but must hold a number for some of {', '.join(known)}."
            )
        for name, value in table.items():
            _check_number(f"{component}: '{name}' under '{key}'", value, least, most)
    for key in (MOOD_DATA, DIRECTORY):
        if not isinstance(config.get(key), str | None):
            raise InvalidConfigException(f"{component}: '{key}' is {config[key]!r}, but must be a folder or empty.")


def _check_number(what: str, value: Any, least: float, most: float, *, whole: bool = False) -> None:
    kind = "whole number" if whole else "number"
    fits = isinstance(value, int) or (isinstance(value, float) and not whole)
    if isinstance(value, bool) or not fits or not least <= value <= most:
        upto = "" if most == _INFINITE else f" to {most:g}"
        raise InvalidConfigException(f"{what} is {value!r}, but must be a {kind} from {least:g}{upto}.")
