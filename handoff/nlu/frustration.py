"""Rasa component: how frustrated a message sounds, from its wording and from the conversation before it."""

from __future__ import annotations

import logging
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Optional

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_NAME_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import (
    frustration_config as keys,
)
from handoff.nlu import (
    lbfgs,
    logistic_regression,
    mood_context,
    mood_data,
    mood_head,
    mood_history,
    mood_judge,
    mood_lexicon,
    mood_reply,
    mood_score,
    mood_signals,
    mood_style,
    mood_tokens,
    mood_training,
    mood_wording,
    typed_text,
    word_ngrams,
    wording_pattern,
)
from handoff.nlu.encoder_export import PROJECT
from handoff.nlu.encoder_featurizer import DIRECTORY
from handoff.nlu.fingerprint import source_fingerprint
from handoff.nlu.mood_data import MoodDataError, MoodExamples
from handoff.nlu.mood_head import MoodHead
from handoff.nlu.mood_history import History, read_history
from handoff.nlu.mood_judge import MoodJudge
from handoff.nlu.mood_training import own_examples, train_mood_head
from handoff.nlu.sentence_vectors import VectorsOf, sentence_vectors

logger = logging.getLogger(__name__)

FRUSTRATION = "frustration"
SCORE = "score"
SIGNALS = "signals"
DIGITS = 4  # of the score, as handoff.domain.mood counts them
_HEAD_FILE = "mood.npz"
_PARTS = (
    keys,
    lbfgs,
    logistic_regression,
    mood_context,
    mood_data,
    mood_head,
    mood_history,
    mood_judge,
    mood_lexicon,
    mood_reply,
    mood_score,
    mood_signals,
    mood_style,
    mood_tokens,
    mood_training,
    mood_wording,
    typed_text,
    word_ngrams,
    wording_pattern,
)
_ONE_MOOD = (
    "%s: all examples have the same mood, so wording is not judged and only the conversation counts. Add frustrated "
    "and calm messages to data/nlu or to the files of '%s'."
)


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class FrustrationDetector(GraphComponent):
    """Sets ``frustration: {"score": 0..1, "signals": [...]}`` on every message; part of the parse result.

    A classifier gives the probability that the words are those of somebody frustrated. It learns from messages to
    invented companies that come with the library, and from the project's own: the examples of ``frustrated_intents``
    are frustrated, those of ``unclear_intents`` are left out, all others are calm, unless ``metadata: {mood: ...}`` of
    an intent or an example in data/nlu says ``frustrated``, ``calm`` or ``unclear``. Signals raise the probability
    (:mod:`handoff.nlu.mood_score`):

    - ``negative_wording``: the classifier is sure by itself;
    - ``shouting``, ``punctuation``, ``said_before`` ("I already told you"), ``sarcasm`` ("thanks for nothing");
    - ``repeated_question``: asked before, in these or other words; less telling after the assistant did not understand;
    - ``repeated_fallback``: the assistant did not understand several times in a row before this message;
    - ``angry_reply``: nothing but "wrong", "??" or "that's not it" right after an answer.

    Nothing readable, a command and a button score 0. Turning a message to capitals never lowers its score. It must
    stand behind the featurizer, and behind the intent classifier if small talk is to be told from questions.

    Config: see :data:`handoff.nlu.frustration_config.DEFAULTS`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """Something must make sentence vectors."""
        return [Featurizer]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return dict(keys.DEFAULTS)

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
        keys.check_config(cls.__name__, config)

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The mathematics live in other modules, and the library's messages in files."""
        try:
            files = mood_data.mood_files_fingerprint(_folder(config))
        except MoodDataError as error:
            raise InvalidConfigException(str(error)) from error
        return files + source_fingerprint(*_PARTS)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FrustrationDetector:
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
    ) -> FrustrationDetector:
        """Load the trained head; a model that saw one mood only has none."""
        with model_storage.read_from(resource) as folder:
            path = folder / _HEAD_FILE
            head = MoodHead.read(path) if path.exists() else None
        return cls(config, model_storage, resource, head)

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        head: MoodHead | None = None,
        vectors_of: VectorsOf | None = None,
    ) -> None:
        """Hold the head, if there is one; ``vectors_of`` stands in for the encoder."""
        self.validate_config(config)
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._vectors_of = vectors_of or sentence_vectors(config[DIRECTORY])
        self._history_rules = keys.history_rules(config)
        self._judge = MoodJudge(
            head=head,
            sure_from=config[keys.SURE_FROM],
            factors=keys.factors(config),
            context=keys.context_rules(config),
            no_questions=self._history_rules.no_questions,
            vectors_of=self._vectors_of,
        )

    def train(self, training_data: TrainingData) -> Resource:
        """Fit the head on the library's messages and the project's, and store it."""
        base, own, vectors = self._examples(training_data)
        head = train_mood_head(
            base, own, vectors, self._vectors_of, self._config[keys.PROJECT_WEIGHT], keys.recipe(self._config)
        )
        with self._model_storage.write_to(self._resource) as folder:
            if head:
                head.save(folder / _HEAD_FILE)
            else:
                logger.warning(_ONE_MOOD, type(self).__name__, keys.MOOD_DATA)
        self._judge = replace(self._judge, head=head)
        return self._resource

    def process(
        self,
        messages: list[Message],
        tracker: Optional[DialogueStateTracker] = None,  # noqa: UP045 - Rasa's graph check cannot read "X | None"
    ) -> list[Message]:
        """Set the score and the signals.

        Args:
            messages: with features; one while serving.
            tracker: the conversation before them. Without one, as in ``rasa test``, only the words count.
        """
        history = History() if tracker is None else read_history(tracker, self._history_rules)
        for message in messages:
            intent = (message.get(INTENT) or {}).get(INTENT_NAME_KEY)
            score, signals = self._judge(message.get(TEXT) or "", intent, partial(_vector, message), history)
            message.set(FRUSTRATION, {SCORE: round(score, DIGITS), SIGNALS: signals}, add_to_output=True)
        return messages

    def _examples(self, training_data: TrainingData) -> tuple[MoodExamples, MoodExamples, np.ndarray]:
        """The library's messages, the project's, and the vectors of the latter, float32 [own, dimensions]."""
        try:
            base = mood_data.read_mood_files(_folder(self._config))
            own, messages = own_examples(
                training_data,
                frustrated=self._config[keys.FRUSTRATED_INTENTS],
                unclear=self._config[keys.UNCLEAR_INTENTS],
            )
        except MoodDataError as error:
            raise InvalidConfigException(str(error)) from error
        vectors = [_vector(message) for message in messages]
        return base, own, np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)


def _folder(config: dict[str, Any]) -> Path:
    folder = config.get(keys.MOOD_DATA)
    return PROJECT / folder if folder else mood_data.ENGLISH


def _vector(message: Message) -> np.ndarray:
    """What ``message.get_dense_features(TEXT)`` holds for the sentence, without the copies that it makes: they take a
    quarter of the time of the whole component."""
    found = [
        features.features[0]
        for features in message.features
        if features.attribute == TEXT and features.type == FEATURE_TYPE_SENTENCE and features.is_dense()
    ]
    if not found:
        raise InvalidConfigException(
            f"config.yml: {FrustrationDetector.__name__} found no sentence vector on a message. "
            "Put handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer before it in the pipeline."
        )
    return found[0] if len(found) == 1 else np.concatenate(found)
