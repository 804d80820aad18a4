"""Trains the mood head on the library's messages and on the examples of a project."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu.mood_data import MoodExamples, labelled
from handoff.nlu.mood_head import MoodHead, Recipe, fit_mood_head
from handoff.nlu.sentence_vectors import VectorsOf


def train_mood_head(
    base: MoodExamples, own: MoodExamples, own_vectors: np.ndarray, vectors_of: VectorsOf, share: float, recipe: Recipe
) -> MoodHead | None:
    """The trained head; None if all examples have the same mood, so that there is nothing to tell apart.

    Args:
        base: the library's messages.
        own: the project's.
        own_vectors: float32 [own, dimensions].
        vectors_of: makes the vectors of ``base``.
        share: how much ``own`` counts in all beside ``base``.
        recipe: how to train.

    Raises:
        InvalidConfigException: ``vectors_of`` uses another encoder than the one behind ``own_vectors``.
    """
    frustrated = np.concatenate([base.frustrated, own.frustrated])
    if frustrated.all() or not frustrated.any():
        return None
    blocks = [vectors_of(base.texts)] if base.texts else []
    blocks += [own_vectors] if own.texts else []
    if len({block.shape[1] for block in blocks}) > 1:
        raise InvalidConfigException(
            "config.yml: the frustration detector makes vectors with another encoder than the featurizer before it. "
            "Give both the same 'directory'."
        )
    return fit_mood_head(
        [*base.texts, *own.texts],
        np.concatenate(blocks),
        frustrated,
        example_weights(base.frustrated, own.frustrated, share),
        np.concatenate([base.folds, own.folds]),
        recipe,
    )


def own_examples(
    training_data: TrainingData, *, frustrated: Collection[str], unclear: Collection[str]
) -> tuple[MoodExamples, list[Message]]:
    """The project's examples with a clear mood, and their messages.

    Args:
        frustrated: intents whose examples are frustrated.
        unclear: intents that are left out.

    Raises:
        MoodDataError: see :func:`handoff.nlu.mood_data.labelled`.
    """
    messages = [example for example in training_data.intent_examples if example.get(TEXT)]
    described = [
        (one.get(TEXT), one.get(INTENT_RESPONSE_KEY) or one.get(INTENT) or "", one.get(METADATA) or {})
        for one in messages
    ]
    places, own = labelled(described, frustrated=frustrated, unclear=unclear)
    return own, [messages[place] for place in places]


def example_weights(base: np.ndarray, own: np.ndarray, share: float) -> np.ndarray:
    """How much each example counts, float64 [base + own].

    1 for the library's. The project's weigh ``share`` of those together, half for each mood, however many there are:
    thousands of calm questions must not drown a few hundred outbursts. But none weighs more than 1: three examples of
    a young project must not outweigh what the library knows.

    Args:
        base: bool [base], which of the library's are frustrated.
        own: bool [own], which of the project's are.
        share: how much ``own`` counts at most beside ``base``; without ``base`` it makes no difference.
    """
    weights = np.ones(len(base) + len(own))
    whole = share * len(base)
    if not len(base):
        return weights
    for mood in (own, ~own):
        if mood.any():
            weights[len(base) :][mood] = min(1.0, whole / 2 / mood.sum())
    return weights
