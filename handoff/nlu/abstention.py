"""Rasa component: keeps the assistant from answering what it probably did not understand."""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RANKING_KEY, PREDICTED_CONFIDENCE_KEY
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu.intent_classifier import ANSWER_RANKING, DOUBT, Doubt, EncoderIntentClassifier

ABSTENTION = "abstention"
"""Key in the parse result: ``{"known": 0.42, "threshold": 0.81}``."""

WRONG_ANSWERS = "wrong_answers"
THRESHOLD = "threshold"
DEFAULT_WRONG_ANSWERS = 0.03


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class Abstention(GraphComponent, IntentClassifier):
    """Puts ``nlu_fallback`` before an intent that is too likely wrong, as Rasa's FallbackClassifier does, and where
    there is no intent at all.

    Instead of the confidence it looks at the classifier's probability that its best answer is right *whatever the
    message is about* (:mod:`handoff.nlu.known_score`), and instead of a guessed threshold it takes the one at which, in
    cross-validation on the training examples, the named share of answers was wrong. What the classifier recognises as
    one of its ``no_answer_intents`` stays: that it cannot be answered is understood. So does a request for a person: to
    miss one annoys more than one too many.

    It must stand behind EncoderIntentClassifier.

    Config:
        wrong_answers: share of the answered examples that may be wrong in cross-validation (default 0.03). Training
            sentences are harder than messages of visitors, near-misses that they are; `handoff tune` shows what each
            value costs and saves.
        threshold: a fixed threshold between 0 and 1 instead, for experiments; wins over ``wrong_answers``.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {WRONG_ANSWERS: DEFAULT_WRONG_ANSWERS, THRESHOLD: None}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Abstention:
        """Create the component."""
        return cls(config)

    def __init__(self, config: dict[str, Any]) -> None:
        """Check the numbers.

        Raises:
            InvalidConfigException: names the key and what it must be.
        """
        for key in (WRONG_ANSWERS, THRESHOLD):
            value = config.get(key)
            if key == THRESHOLD and value is None:
                continue
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
                raise InvalidConfigException(f"{type(self).__name__}: '{key}' is {value!r}, but must be from 0 to 1.")
        self._wrong_answers = float(config[WRONG_ANSWERS])
        self._threshold = None if config.get(THRESHOLD) is None else float(config[THRESHOLD])

    def process(self, messages: list[Message]) -> list[Message]:
        """Set :data:`ABSTENTION`, and the fallback intent where it is due, with the probability of being wrong."""
        for message in messages:
            if message.get(ANSWER_RANKING) is None:
                raise InvalidConfigException(
                    f"config.yml: {type(self).__name__} found no probabilities on a message. "
                    f"Put handoff.nlu.intent_classifier.{EncoderIntentClassifier.__name__} before it in the pipeline."
                )
            doubt = message.get(DOUBT)
            if not isinstance(doubt, Doubt):
                _fall_back(message, 1.0)  # nothing readable, a typed command, or an untrained classifier
                continue
            fixed = self._threshold
            threshold = doubt.risk.threshold(self._wrong_answers) if fixed is None else fixed
            found = {"known": round(doubt.known, 4), "threshold": round(threshold, 4)}
            message.set(ABSTENTION, found, add_to_output=True)
            if doubt.known < threshold and not doubt.certain:
                _fall_back(message, 1 - doubt.known)
        return messages


def _fall_back(message: Message, confidence: float) -> None:
    fallback = {INTENT_NAME_KEY: DEFAULT_NLU_FALLBACK_INTENT_NAME, PREDICTED_CONFIDENCE_KEY: confidence}
    message.set(INTENT, fallback, add_to_output=True)
    message.set(INTENT_RANKING_KEY, [fallback, *message.get(INTENT_RANKING_KEY)], add_to_output=True)
