"""Rasa featurizer: one dense sentence vector per message, from the ONNX sentence encoder."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.constants import FEATURIZER_CLASS_ALIAS
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import encoder as encoder_code
from handoff.nlu import typed_text
from handoff.nlu.encoder import Encoding, SentenceEncoder, load_encoder
from handoff.nlu.encoder_folder import DIRECTORY, EncoderUnavailable, find_encoder
from handoff.nlu.encoding_store import cached_encodings
from handoff.nlu.fingerprint import source_fingerprint

ENCODING = "encoding"
"""Message property: the whole :class:`handoff.nlu.encoder.Encoding`, for components that compare word by word."""

_TRAINED_WITH = "encoder.json"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoderFeaturizer(DenseFeaturizer, GraphComponent):
    """Adds the sentence vector of each message. No sequence features: nothing in the pipeline reads single tokens.

    Config:
        directory: folder of the encoder; relative to the project, default ``models/encoder``. The default one is built
            on first use. Another encoder needs ``encoder.onnx`` (inputs ``input_ids`` and ``attention_mask``, outputs
            ``embedding`` with rows of length 1 and ``token_embeddings``, and if you can ``middle_embedding``, the mean
            of the tokens some layers before the end), ``tokenizer.json`` and ``manifest.json`` with the ``files``'
            SHA-256.

    Nothing is learnt; training only notes which encoder was used, so that a model never runs with another one.
    Training texts are encoded on both cores and kept on disk beside Rasa's training cache.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """See the class."""
        return {**DenseFeaturizer.get_default_config(), DIRECTORY: None}

    @staticmethod
    def required_packages() -> list[str]:
        """Packages whose versions belong to the fingerprint."""
        return ["onnxruntime", "tokenizers"]

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Every directory may come to exist; whether it holds an encoder is seen when it is loaded."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """A changed encoder makes other features, so everything behind it is trained again."""
        return find_encoder(config).fingerprint + source_fingerprint(encoder_code, typed_text)

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> SentenceEncoderFeaturizer:
        """Create the component, building the encoder if it is missing."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> SentenceEncoderFeaturizer:
        """Load it for serving.

        Raises:
            EncoderUnavailable: the model was trained with another encoder than the one that is here.
        """
        component = cls(config, execution_context.node_name, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            trained_with = json.loads((folder / _TRAINED_WITH).read_text(encoding="utf-8"))["fingerprint"]
        if trained_with != component.encoder_files.fingerprint:
            raise EncoderUnavailable(
                f"This model was trained with another sentence encoder than the one in "
                f"{component.encoder_files.directory}. Train it again (`make train`), or put the old encoder back."
            )
        return component

    def __init__(self, config: dict[str, Any], name: str, model_storage: ModelStorage, resource: Resource) -> None:
        """Find and load the encoder; it is shared within the process."""
        super().__init__(name, config)
        self._model_storage = model_storage
        self._resource = resource
        self.encoder_files = find_encoder(config)
        self._encoder: SentenceEncoder = load_encoder(self.encoder_files)

    def train(self, training_data: TrainingData) -> Resource:
        """Note the encoder's fingerprint in the model."""
        with self._model_storage.write_to(self._resource) as folder:
            text = json.dumps({"fingerprint": self.encoder_files.fingerprint})
            (folder / _TRAINED_WITH).write_text(text, encoding="utf-8")
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add vectors to all training examples."""
        examples = [example for example in training_data.training_examples if isinstance(example.get(TEXT), str)]
        texts = [typed_text.readable(example.get(TEXT)) for example in examples]
        found = cached_encodings(self._encoder, self.encoder_files.fingerprint, texts)
        for example, encoding in zip(examples, found, strict=True):
            self._add(example, encoding)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has text, float32 [1, dimensions]."""
        for message in messages:
            text = message.get(TEXT)
            if isinstance(text, str):
                self._add(message, self._encoder.encoding(typed_text.readable(text)))
        return messages

    def _add(self, message: Message, encoding: Encoding) -> None:
        origin = self._config[FEATURIZER_CLASS_ALIAS] or self._identifier
        message.add_features(Features(encoding.vector[np.newaxis, :], FEATURE_TYPE_SENTENCE, TEXT, origin))
        message.set(ENCODING, encoding)
