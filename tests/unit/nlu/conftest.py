"""A tiny Rasa around one component: create, train, load and process as Rasa's graph does it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.nlu.encoder import SentenceEncoder, load_encoder
from handoff.nlu.encoder_export import ensure_encoder
from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer

TINY_DATA = """
version: "3.1"
nlu:
- intent: greet
  examples: |
    - hello
    - hi there
    - good morning
- intent: track_order
  examples: |
    - where is my order
    - track my parcel
    - has my desk been shipped
- intent: faq/delivery_time
  examples: |
    - how long does delivery take
    - how many days until you deliver
    - delivery time
- intent: faq/warranty
  examples: |
    - how long is the warranty
    - do I get a guarantee
    - is the motor covered by warranty
responses:
  utter_faq/delivery_time:
  - text: Three to five working days.
  utter_faq/warranty:
  - text: Seven years on frame and motor.
"""


@dataclass
class Workbench:
    """Trains and loads components in one model storage."""

    storage: ModelStorage
    context: ExecutionContext = field(default_factory=lambda: ExecutionContext(GraphSchema({}), node_name="component"))

    def create(self, component: type[GraphComponent], **config: Any) -> Any:
        """An untrained component with its default config and ``config``."""
        return component.create(self._config(component, config), self.storage, self._resource(component), self.context)

    def load(self, component: type[GraphComponent], **config: Any) -> Any:
        """What serving loads after :meth:`create` and ``train``."""
        return component.load(self._config(component, config), self.storage, self._resource(component), self.context)

    def trained(self, component: type[GraphComponent], data: TrainingData, **config: Any) -> Any:
        """Train, then load: what is not persisted is lost, as in real life."""
        self.create(component, **config).train(data)
        return self.load(component, **config)

    @staticmethod
    def _config(component: type[GraphComponent], config: dict[str, Any]) -> dict[str, Any]:
        return {**component.get_default_config(), **config}

    @staticmethod
    def _resource(component: type[GraphComponent]) -> Resource:
        return Resource(component.__name__)


@pytest.fixture(scope="package", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A training cache of the tests' own: the project's holds what its developers have trained."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        yield folder


@pytest.fixture(scope="session")
def encoder() -> SentenceEncoder:
    return load_encoder(ensure_encoder())


@pytest.fixture
def workbench(tmp_path: Path) -> Workbench:
    folder = tmp_path / "storage"
    folder.mkdir()
    return Workbench(LocalModelStorage.create(folder))


@pytest.fixture
def training_data(tmp_path: Path) -> Callable[[str], TrainingData]:
    """Loads training data from YAML text, as Rasa does from files."""

    def load(text: str = TINY_DATA) -> TrainingData:
        file = tmp_path / "nlu.yml"
        file.write_text(text, encoding="utf-8")
        return load_data(str(file))

    return load


@pytest.fixture
def featurizer(workbench: Workbench, training_data: Callable[[], TrainingData]) -> SentenceEncoderFeaturizer:
    return workbench.trained(SentenceEncoderFeaturizer, training_data())


@pytest.fixture
def message(featurizer: SentenceEncoderFeaturizer) -> Callable[[str], Message]:
    """Makes a message that already went through the featurizer."""

    def make(text: str) -> Message:
        return featurizer.process([Message({TEXT: text})])[0]

    return make
