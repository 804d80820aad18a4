"""Rasa intent classifier on the sentence encoder: trained heads, the examples themselves, and true confidences."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import (
    INTENT,
    INTENT_NAME_KEY,
    INTENT_RANKING_KEY,
    PREDICTED_CONFIDENCE_KEY,
    RESPONSE_IDENTIFIER_DELIMITER,
    TEXT,
)
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from threadpoolctl import threadpool_limits

from handoff.nlu import head_start
from handoff.nlu.encoder import Encoding
from handoff.nlu.encoder_featurizer import ENCODING, SentenceEncoderFeaturizer
from handoff.nlu.intent_head import IntentHead, Trained
from handoff.nlu.intent_head_file import read_head, save_head
from handoff.nlu.intent_training import (
    ANYWHERE,
    DEFAULTS,
    INTENT_NAMES,
    ITERATIONS,
    NGRAM_WEIGHT,
    NO_ANSWER,
    REGULARISATION,
    Task,
    code_fingerprint,
    note_trained,
    train_intents,
    usable,
)
from handoff.nlu.risk_curve import RiskCurve
from handoff.nlu.typed_text import is_command, readable

ANSWER_RANKING = "answer_ranking"
"""Message property for the FAQ selector: every label with its probability, likeliest first. Not part of the output."""

DOUBT = "doubt"
"""Message property for the abstention, a :class:`Doubt`. Not part of the output."""

RANKING_LENGTH = "ranking_length"
_HEAD_FILE = "head.npz"

Ranking = list[tuple[str, float]]


@dataclass(frozen=True)
class Doubt:
    """Attributes:
    known: probability that the likeliest answer is right.
    certain: nothing to doubt, see :class:`handoff.nlu.intent_head.Understanding`.
    risk: what such probabilities are worth.
    """

    known: float
    certain: bool
    risk: RiskCurve


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class EncoderIntentClassifier(GraphComponent, IntentClassifier):
    """Classifies what a message wants.

    A linear head over sentence vector, the same halfway through the encoder, character n-grams and runs of words scores
    all labels; the best five are then compared with their training examples, word by word too. How all that adds up to
    probabilities is fitted on cross-validated predictions, so that a confidence of 0.8 is right in 8 of 10 cases.

    The answers of a retrieval intent (``faq/warranty``) are labels of their own, so that the head learns 21 narrow
    subjects instead of one that spans them all. The confidence of ``faq`` is the probability of its likeliest answer,
    since that answer is what the visitor gets.

    Config:
        C: inverse regularisation strength (20: between 10 and 100, accuracy on BANKING77's development split moves by
            0.2 points).
        max_iter: steps of the optimiser at most (25: more change nothing).
        ngram_weight: weight of the n-grams beside the sentence vector (0.7: from 0.5, 0.7, 1.0).
        use_intent_names: whether the words of an intent's name are one more example of it. Worth half a point with ten
            examples an intent; set it to false when names are codes.
        no_answer_intents: intents that mean "we have no answer to this" (``[out_of_scope]``).
        anywhere_intents: intents that count wherever in a message they stand (``[request_human]``): judged by the
            passage that sounds most like it, not by the message as a whole, which may have another subject.
        ranking_length: entries in ``intent_ranking``; 0, the default, for all.
        directory: of the encoder, where the featurizer has one set; used for the intents' names.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Something must make sentence vectors."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {**DEFAULTS, RANKING_LENGTH: 0}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose versions belong to the fingerprint."""
        return ["numpy", "scipy"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Refuse values that cannot work.

        Raises:
            InvalidConfigException: names the key and what it must be.
        """
        for key, least in ((REGULARISATION, 1e-6), (NGRAM_WEIGHT, 0)):
            value = config.get(key, least)
            if isinstance(value, bool) or not isinstance(value, int | float) or not least <= value < float("inf"):
                raise InvalidConfigException(
                    f"{cls.__name__}: '{key}' is {value!r}, but must be a number from {least}."
                )
        for key, least in ((ITERATIONS, 1), (RANKING_LENGTH, 0)):
            value = config.get(key, least)
            if isinstance(value, bool) or not isinstance(value, int) or value < least:
                raise InvalidConfigException(
                    f"{cls.__name__}: '{key}' is {value!r}, but must be a whole number from {least}."
                )
        if not isinstance(config.get(INTENT_NAMES, True), bool):
            raise InvalidConfigException(f"{cls.__name__}: '{INTENT_NAMES}' must be true or false.")
        for key in (NO_ANSWER, ANYWHERE):
            intents = config.get(key, [])
            if not isinstance(intents, list) or not all(isinstance(intent, str) for intent in intents):
                raise InvalidConfigException(f"{cls.__name__}: '{key}' must be a list of intent names.")

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The mathematics live in other modules."""
        return code_fingerprint()

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
        use_one_blas_thread()
        with model_storage.read_from(resource) as folder:
            path = folder / _HEAD_FILE
            head = read_head(path) if path.exists() else None
        return cls(config, model_storage, resource, head)

    def __init__(
        self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, head: IntentHead | None = None
    ) -> None:
        """Hold the head, if there is one."""
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._head = head

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the head on every example that has a text and an intent, and store it.

        What :mod:`handoff.nlu.head_start` has made of the same examples is taken instead.
        """
        examples = usable(training_data.intent_examples)
        with self._model_storage.write_to(self._resource) as folder:
            if examples:
                task = Task.of(examples, self._config)
                if head_start.take(task.identity(), folder / _HEAD_FILE):
                    self._head = read_head(folder / _HEAD_FILE)
                else:
                    self._head = self.fit(examples).head
                    save_head(self._head, folder / _HEAD_FILE)
                note_trained(task)
        return self._resource

    def fit(self, examples: list[Message]) -> Trained:
        """Train on ``examples`` that went through the featurizer; also what cross-validation said of each."""
        return train_intents(Task.of(examples, self._config), [_encoding(example) for example in examples])

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
        found = self._head.understand(text, _encoding(message))
        message.set(DOUBT, Doubt(found.known, found.certain, self._head.risk))
        order = np.argsort(-found.probabilities, kind="stable")
        return list(zip(self._head.labels[order].tolist(), found.probabilities[order].tolist(), strict=True))


@cache
def use_one_blas_thread() -> None:
    """Keep numpy's products on the core that serves the message, from now on in this process.

    They are small: shared out, they would wait for the other cores, which have messages of their own.
    """
    threadpool_limits(limits=1)


def _best_of_each_intent(answers: Ranking) -> Ranking:
    best: dict[str, float] = {}
    for label, probability in answers:  # likeliest first, so the first one of an intent is its best
        best.setdefault(label.split(RESPONSE_IDENTIFIER_DELIMITER)[0], probability)
    return list(best.items())


def _encoding(message: Message) -> Encoding:
    encoding = message.get(ENCODING)
    if not isinstance(encoding, Encoding):
        raise InvalidConfigException(
            f"config.yml: {EncoderIntentClassifier.__name__} found no sentence vector on a message. "
            f"Put handoff.nlu.encoder_featurizer.{SentenceEncoderFeaturizer.__name__} before it in the pipeline."
        )
    return encoding
