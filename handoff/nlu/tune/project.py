"""Loads the project as training does, trains its classifier, and reads messages with it."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import rasa.shared.data
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.constants import DEFAULT_NLU_FALLBACK_INTENT_NAME
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.constants import INTENT, INTENT_NAME_KEY, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.domain.errors import ConfigurationError
from handoff.nlu.abstention import Abstention
from handoff.nlu.encoder_featurizer import ENCODING, SentenceEncoderFeaturizer
from handoff.nlu.intent_classifier import ANSWER_RANKING, DOUBT, Doubt, EncoderIntentClassifier
from handoff.nlu.intent_head import Trained
from handoff.nlu.intent_training import NO_ANSWER
from handoff.nlu.tune import cases
from handoff.nlu.tune.duplicates import Example
from handoff.nlu.tune.readings import Reading
from handoff.nlu.tune.setup import Options, Setup, read_setup
from handoff.nlu.typed_text import readable

CONFIG = "config.yml"
DATA = "data"
FEWEST_LABELS = 2  # with one there is nothing to tell apart


@dataclass(frozen=True)
class Project:
    """A project's settings and training examples.

    Attributes:
        setup: the components as ``config.yml`` sets them.
        messages: the examples that have a text and an intent.
        written: the same as they stand in the files, with those that are repeated.
    """

    setup: Setup
    messages: list[Message]
    written: list[Example]

    @property
    def examples(self) -> list[Example]:
        """Text and label of each message."""
        return [_example(message) for message in self.messages]


class Understanding:
    """The three components of the pipeline that decide what a message is read as, trained on a project."""

    def __init__(self, project: Project, storage: ModelStorage) -> None:
        """Featurize and train, which cross-validates on the way: half a minute for 6,000 examples.

        Raises:
            RasaException: an option of a component is wrong, or the encoder cannot be had.
        """
        self._featurizer: SentenceEncoderFeaturizer = _create(
            SentenceEncoderFeaturizer, project.setup.featurizer, storage
        )
        self._featurizer.process_training_data(TrainingData(project.messages))
        classifier: EncoderIntentClassifier = _create(EncoderIntentClassifier, project.setup.classifier, storage)
        self.no_answer: list[str] = _options(EncoderIntentClassifier, project.setup.classifier)[NO_ANSWER]
        abstention = project.setup.abstention
        self.abstention = None if abstention is None else _options(Abstention, abstention)
        self._abstention: Abstention | None = None if abstention is None else _create(Abstention, abstention, storage)
        self.trained: Trained = classifier.fit(project.messages)
        self._classifier = EncoderIntentClassifier(
            _options(EncoderIntentClassifier, project.setup.classifier),
            storage,
            Resource(EncoderIntentClassifier.__name__),
            self.trained.head,
        )

    def read(self, texts: Sequence[str]) -> list[Reading]:
        """Read messages as the running assistant does, with the classifier that was trained on everything."""
        messages = self._featurizer.process([Message({TEXT: text}) for text in texts])
        messages = self._classifier.process(messages)
        if self._abstention is not None:
            messages = self._abstention.process(messages)
        return [self._reading(message) for message in messages]

    def _reading(self, message: Message) -> Reading:
        ranking = message.get(ANSWER_RANKING)
        doubt = message.get(DOUBT)
        if not ranking or not isinstance(doubt, Doubt):
            return Reading(None, 0.0, 0.0, cases.NOTHING)
        label, confidence = ranking[0]
        asked = message.get(INTENT)[INTENT_NAME_KEY] == DEFAULT_NLU_FALLBACK_INTENT_NAME
        outcome = cases.NO_ANSWER if label in self.no_answer else cases.ASKED if asked else cases.ANSWERED
        return Reading(label, confidence, doubt.known, outcome)


def load_project(root: Path) -> Project:
    """Read ``config.yml`` and the training data under ``data``.

    Raises:
        ConfigurationError: a file is missing, the pipeline lacks a component, or there are no examples.
        RasaException: a file is not what Rasa expects.
    """
    config, data = root / CONFIG, root / DATA
    if not config.is_file():
        raise ConfigurationError(f"{config} is missing. Run this command in the folder of a Rasa project.")
    importer = TrainingDataImporter.load_nlu_importer_from_config(str(config), training_data_paths=[str(data)])
    setup = read_setup(importer.get_config(), config)
    messages = [message for message in importer.get_nlu_data().intent_examples if message.get(TEXT)]
    labels = {_example(message).label for message in messages}
    if len(labels) < FEWEST_LABELS:
        found = f"examples of {next(iter(labels))} only" if labels else "no examples of any intent"
        raise ConfigurationError(
            f"{data} holds {found}, so there is nothing to tell apart. Add examples of {FEWEST_LABELS} intents or "
            f"more, under `nlu:` in files that end in .yml."
        )
    return Project(setup, messages, _written(data))


def train(project: Project) -> Understanding:
    """Train the project's classifier; nothing is left on disk but the cache of encodings."""
    with tempfile.TemporaryDirectory() as folder:
        return Understanding(project, LocalModelStorage(Path(folder)))


def vectors_of(project: Project) -> np.ndarray:
    """Sentence vectors of a project that was trained, float32 [examples, dimensions], rows of length 1."""
    return np.stack([message.get(ENCODING).vector for message in project.messages])


def _written(data: Path) -> list[Example]:
    """Examples as they stand in the files: Rasa's training data no longer holds those that are equal to the letter."""
    found: list[Example] = []
    for file in sorted(rasa.shared.data.get_data_files([str(data)], rasa.shared.data.is_nlu_file)):
        if not rasa.shared.data.is_likely_yaml_file(file):
            continue  # Rasa's old JSON format; it is trained on, and only not searched for repetitions
        reader = RasaYAMLReader()
        reader.read(file)
        found += [
            _example(message) for message in reader.training_examples if message.get(TEXT) and message.get(INTENT)
        ]
    return found


def _example(message: Message) -> Example:
    """Text and label as the classifier takes them."""
    return Example(readable(message.get(TEXT)), str(message.get(INTENT_RESPONSE_KEY) or message.get(INTENT)))


def _options(component: type[GraphComponent], options: Options) -> Options:
    return {**component.get_default_config(), **options}


def _create(component: type[GraphComponent], options: Options, storage: ModelStorage) -> Any:
    context = ExecutionContext(GraphSchema({}), node_name=component.__name__)
    return component.create(_options(component, options), storage, Resource(component.__name__), context)
