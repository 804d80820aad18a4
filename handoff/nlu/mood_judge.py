"""Judges one message: probability from the words, signals from words and conversation, and the score they make."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import numpy as np

from handoff.nlu.mood_context import ContextRules, context_signals
from handoff.nlu.mood_head import MoodHead
from handoff.nlu.mood_history import History, question_in
from handoff.nlu.mood_score import combined
from handoff.nlu.mood_signals import form_signals
from handoff.nlu.mood_tokens import mood_tokens
from handoff.nlu.mood_wording import wording_signals
from handoff.nlu.sentence_vectors import VectorsOf
from handoff.nlu.typed_text import is_command, readable

NEGATIVE_WORDING = "negative_wording"

Judgement = tuple[float, list[str]]
"""Score from 0 to 1, and the names of the signals."""


@dataclass(frozen=True)
class MoodJudge:
    """What a message is judged by.

    Attributes:
        head: the classifier; without one only signals count.
        sure_from: probability for the signal ``negative_wording``.
        factors: from 1, of the odds, by signal of the message.
        context: when a signal of the conversation is there, and how much it weighs.
        no_questions: intents that ask nothing.
        vectors_of: makes the vectors of earlier questions.
    """

    head: MoodHead | None
    sure_from: float
    factors: Mapping[str, float]
    context: ContextRules
    no_questions: Collection[str]
    vectors_of: VectorsOf

    def __call__(
        self, typed: str, intent: str | None, vector_of_it: Callable[[], np.ndarray], history: History
    ) -> Judgement:
        """Judge a message; nothing readable, a command or a button's payload says nothing about the mood.

        Args:
            typed: the text as it came.
            intent: what it wants, if that is known.
            vector_of_it: its sentence vector [dimensions]; asked for only if there is something to judge.
            history: the conversation before it.
        """
        text = readable(typed)
        if not text or typed.startswith("/") or is_command(text):
            return 0.0, []
        tokens = mood_tokens(text)
        vector = vector_of_it()
        probability = self.head.probability(tokens, vector) if self.head else 0.0
        sure = [NEGATIVE_WORDING] if probability >= self.sure_from else []
        own = [*form_signals(text), *wording_signals(tokens)]
        question = vector if question_in(typed, intent, self.no_questions) else None
        before = context_signals(tokens, question, history, self.context, self.vectors_of)
        score = combined(probability, [self.factors[name] for name in own], before.values())
        return score, [*sure, *own, *before]
