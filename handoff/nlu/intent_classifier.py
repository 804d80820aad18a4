"""Rasa intent classifier: one linear head over the sentence vector and character n-grams."""

from __future__ import annotations

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers import LABEL_RANKING_LENGTH
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    INTENT_RESPONSE_KEY,
    PREDICTED_CONFIDENCE_KEY,
    RESPONSE_IDENTIFIER_DELIMITER,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import char_ngrams, linear_head, typed_text
from handoff.nlu.fingerprint import source_fingerprint
from handoff.nlu.linear_head import LinearHead
from handoff.nlu.typed_text import is_command, readable

ANSWER_RANKING = "answer_ranking"
"""Message property for the FAQ selector: every label with its probability, likeliest first. Not part of the output."""

REGULARISATION = "C"
ITERATIONS = "max_iter"
NGRAM_WEIGHT = "ngram_weight"
RANKING_LENGTH = "ranking_length"
_HEAD_FILE = "head.npz"

Ranking = list[tuple[str, float]]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(GraphComponent, IntentClassifier):
    """Classifies what a message wants.

    The answers of a retrieval intent (``faq/warranty``) are labels of their own, so that the head learns 21 narrow
    subjects instead of one that spans them all: on our data that is worth two points of accuracy. The confidence of
    ``faq`` is the probability of its likeliest answer, since that answer is what the visitor gets; FallbackClassifier
    thereby also catches a message that is surely a FAQ and not surely which.

    Config:
        C: inverse regularisation strength (100: the best log loss in cross-validation among 5, 20, 50, 100, 200; the
            accuracy is the same from 20 on, but below 100 the confidences are too low).
        max_iter: steps of the optimiser at most (60: more change nothing).
        ngram_weight: weight of the character n-grams beside the sentence vector (1.0: from 0, 0.5, 0.7, 1.0).
        ranking_length: entries in ``intent_ranking``; 0 for all.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Something must make sentence vectors."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {REGULARISATION: 100.0, ITERATIONS: 60, NGRAM_WEIGHT: 1.0, RANKING_LENGTH: LABEL_RANKING_LENGTH}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose versions belong to the fingerprint."""
        return ["numpy", "sklearn"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse values that cannot work.

        Raises:
            InvalidConfigException: names the key and what it must be.
        """
        for key, least in ((REGULARISATION, 1e-6), (ITERATIONS, 1), (NGRAM_WEIGHT, 0), (RANKING_LENGTH, 0)):
            value = config.get(key, least)
            if isinstance(value, bool) or not isinstance(value, int | float) or value < least:
                raise InvalidConfigException(
                    f"{cls.__name__}: '{key}' is {value!r}, but must be a number from {least}."
                )

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The mathematics live in other modules."""
        return source_fingerprint(linear_head, char_ngrams, typed_text)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> EncoderIntentClassifier:
        """Create an untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> EncoderIntentClassifier:
        """Load the trained head; a model trained without intents has none."""
        with model_storage.read_from(resource) as folder:
            path = folder / _HEAD_FILE
            head = LinearHead.read(path) if path.exists() else None
        return cls(config, model_storage, resource, head)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, head: LinearHead | None = None
    ) -> None:
        """Hold the head, if there is one."""
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head = head

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the head on every example that has a text and an intent, and store it."""
        examples = [example for example in training_data.intent_examples if example.get(TEXT) and example.get(INTENT)]
        with self._model_storage.write_to(self._resource) as folder:
            if examples:
                self._head = LinearHead.fit(
                    [readable(example.get(TEXT)) for example in examples],
                    np.stack([_vector(example) for example in examples]),
                    [example.get(INTENT_RESPONSE_KEY) or example.get(INTENT) for example in examples],
                    regularisation=self._config[REGULARISATION],
                    iterations=self._config[ITERATIONS],
                    ngram_weight=self._config[NGRAM_WEIGHT],
                )
                self._head.save(folder / _HEAD_FILE)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set intent and ranking; without readable text, or when it is a typed command, there is no intent at all."""
        for message in messages:
            answers = self._rank(message)
            intents = _best_of_each_intent(answers)
            ranking = [{INTENT_NAME_KEY: name, PREDICTED_CONFIDENCE_KEY: confidence} for name, confidence in intents]
            first = dict(ranking[0]) if ranking else {INTENT_NAME_KEY: None, PREDICTED_CONFIDENCE_KEY: 0.0}
            message.set(INTENT, first, add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking[: self._config[RANKING_LENGTH] or None], add_to_output=True)
            message.set(ANSWER_RANKING, answers)
        return messages

    def _rank(self, message: Message) -> Ranking:
        text = readable(message.get(TEXT) or "")
        if self._head is None or not text or is_command(text):
            return []
        probabilities = self._head.probabilities(text, _vector(message))
        order = np.argsort(-probabilities, kind="stable")
        return [(str(self._head.labels[place]), float(probabilities[place])) for place in order]


def _best_of_each_intent(answers: Ranking) -> Ranking:
    best: dict[str, float] = {}
    for label, probability in answers:  # likeliest first, so the first one of an intent is its best
        best.setdefault(label.split(RESPONSE_IDENTIFIER_DELIMITER)[0], probability)
    return list(best.items())


def _vector(message: Message) -> np.ndarray:
    _, sentence = message.get_dense_features(TEXT)
    if sentence is None:
        raise InvalidConfigException(
            f"config.yml: {EncoderIntentClassifier.__name__} found no sentence vector on a message. "
            "Put handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer before it in the pipeline."
        )
    vector: np.ndarray = sentence.features[0]
    return vector
