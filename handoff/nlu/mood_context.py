"""Signals of frustration that only the conversation shows: asked again, not understood again, an answer turned down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from handoff.nlu.mood_history import History
from handoff.nlu.mood_reply import is_rejection
from handoff.nlu.mood_score import repetition_weight
from handoff.nlu.sentence_vectors import VectorsOf

REPEATED_QUESTION = "repeated_question"
REPEATED_AFTER_ABSTENTION = "repeated_question_after_abstention"
"""Names a weight only; the signal is ``repeated_question`` too."""
REPEATED_FALLBACK = "repeated_fallback"
ANGRY_REPLY = "angry_reply"

_TINY = 1e-9


@dataclass(frozen=True)
class ContextRules:
    """When a signal is there and how much it weighs.

    Attributes:
        repeat_threshold: cosine from which two questions are the same.
        fallbacks: misunderstandings in a row.
        weights: from 0 to 1, by name.
    """

    repeat_threshold: float
    fallbacks: int
    weights: Mapping[str, float]


def context_signals(
    tokens: Sequence[str],
    question: np.ndarray | None,
    history: History,
    rules: ContextRules,
    vectors_of: VectorsOf,
) -> dict[str, float]:
    """Names of the signals with their weights.

    Args:
        tokens: mood tokens of the message.
        question: its sentence vector [dimensions] if it asks something that nobody asks twice without a reason.
        history: the conversation before it.
        rules: the numbers.
        vectors_of: makes the vectors of earlier questions.
    """
    found: dict[str, float] = {}
    if question is not None and history.questions and not history.in_form:
        weight = _repetition(question, history, rules, vectors_of)
        if weight:
            found[REPEATED_QUESTION] = weight
    if history.abstained >= rules.fallbacks:
        found[REPEATED_FALLBACK] = rules.weights[REPEATED_FALLBACK]
    if history.replied and not history.in_form and is_rejection(tokens, asked=history.asked):
        found[ANGRY_REPLY] = rules.weights[ANGRY_REPLY]
    return found


def _repetition(question: np.ndarray, history: History, rules: ContextRules, vectors_of: VectorsOf) -> float:
    """Weight of the earlier questions that mean the same; 0 if none does."""
    earlier = vectors_of([asked.text for asked in history.questions])
    lengths = np.sqrt(np.einsum("nd,nd->n", earlier, earlier) * (question @ question))
    same = earlier @ question >= rules.repeat_threshold * np.maximum(lengths, _TINY)
    answered = np.array([asked.answered for asked in history.questions])
    return repetition_weight(
        int((same & answered).sum()),
        int((same & ~answered).sum()),
        after_answer=rules.weights[REPEATED_QUESTION],
        after_abstention=rules.weights[REPEATED_AFTER_ABSTENTION],
    )
