"""Rasa response selector for retrieval intents, on the classifier's own probabilities: no second model."""

from __future__ import annotations

import json
import warnings
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import (
    RESPONSE_SELECTOR_PREDICTION_KEY,
    RESPONSE_SELECTOR_PROPERTY_NAME,
    RESPONSE_SELECTOR_RANKING_KEY,
    RESPONSE_SELECTOR_RESPONSES_KEY,
    RESPONSE_SELECTOR_RETRIEVAL_INTENTS,
    RESPONSE_SELECTOR_UTTER_ACTION_KEY,
)
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY, PREDICTED_CONFIDENCE_KEY, RESPONSE_IDENTIFIER_DELIMITER, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.nlu.training_data.util import intent_response_key_to_template_key

from handoff.nlu.intent_classifier import ANSWER_RANKING, EncoderIntentClassifier, Ranking

RANKING_LENGTH = "ranking_length"
_DATA_FILE = "faq.json"
_WRONG_WARNING = "You have defined training data with examples for training a response selector"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FaqSelector(GraphComponent):
    """Chooses the answer within each retrieval intent and writes what Rasa's ResponseSelector writes.

    Its confidences are the classifier's: the probability that this answer is the right one among everything that the
    assistant knows. They add up to the probability of the whole retrieval intent, not to 1, and the first is the
    intent's own confidence. It must stand behind EncoderIntentClassifier.

    Config:
        ranking_length: answers in the ranking ("did you mean"); 0 for all.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {RANKING_LENGTH: 10}

    @staticmethod
    def required_packages() -> list[str]:
        """None. Rasa asks for this first of all, which is the moment to take back a warning that would be wrong."""
        # It looks for its own ResponseSelector class and says that nothing selects. Here something does.
        warnings.filterwarnings("ignore", message=_WRONG_WARNING, category=UserWarning)
        return []

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FaqSelector:
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
    ) -> FaqSelector:
        """Load retrieval intents and answers."""
        with model_storage.read_from(resource) as folder:
            data = json.loads((folder / _DATA_FILE).read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, data["retrieval_intents"], data["responses"])

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        retrieval_intents: list[str] | None = None,
        responses: dict[str, list[dict[str, Any]]] | None = None,
    ) -> None:
        """Hold the names of retrieval intents, and the responses by their ``utter_faq/...`` names."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._retrieval_intents = retrieval_intents or []
        self._responses = responses or {}

    def train(self, training_data: TrainingData) -> Resource:
        """Store the retrieval intents and the texts of their answers."""
        self._retrieval_intents = sorted(training_data.retrieval_intents)
        self._responses = training_data.responses
        with self._model_storage.write_to(self._resource) as folder:
            data = {"retrieval_intents": self._retrieval_intents, "responses": self._responses}
            (folder / _DATA_FILE).write_text(json.dumps(data, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Set the ``response_selector`` property; a message without readable text gets no selection."""
        for message in messages:
            answers: Ranking | None = message.get(ANSWER_RANKING)
            if answers is None:
                # Rasa's own check of required components sees trainable ones only when they are trained in a row
                raise InvalidConfigException(
                    f"config.yml: {type(self).__name__} found no probabilities on a message. "
                    f"Put handoff.nlu.intent_classifier.{EncoderIntentClassifier.__name__} before it in the pipeline."
                )
            selected: dict[str, Any] = {RESPONSE_SELECTOR_RETRIEVAL_INTENTS: self._retrieval_intents}
            for intent in self._retrieval_intents:
                prefix = intent + RESPONSE_IDENTIFIER_DELIMITER
                ranking = [(label, confidence) for label, confidence in answers if label.startswith(prefix)]
                if ranking:
                    selected[intent] = self._selection(ranking)
            message.set(RESPONSE_SELECTOR_PROPERTY_NAME, selected, add_to_output=True)
        return messages

    def _selection(self, ranking: Ranking) -> dict[str, Any]:
        best, confidence = ranking[0]
        action = intent_response_key_to_template_key(best)
        return {
            RESPONSE_SELECTOR_PREDICTION_KEY: {
                RESPONSE_SELECTOR_RESPONSES_KEY: self._responses.get(action, [{TEXT: best}]),
                PREDICTED_CONFIDENCE_KEY: confidence,
                INTENT_RESPONSE_KEY: best,
                RESPONSE_SELECTOR_UTTER_ACTION_KEY: action,
            },
            RESPONSE_SELECTOR_RANKING_KEY: [
                {PREDICTED_CONFIDENCE_KEY: confidence, INTENT_RESPONSE_KEY: label}
                for label, confidence in ranking[: self._config[RANKING_LENGTH] or None]
            ],
        }
