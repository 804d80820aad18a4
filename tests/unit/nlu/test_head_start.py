"""A second process trains the intent classifier meanwhile: the same head comes out, and nothing depends on it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.training_data import TrainingData

from handoff.nlu import ahead, head_start
from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.nlu.encoder_featurizer import SentenceEncoderFeaturizer
from handoff.nlu.intent_classifier import EncoderIntentClassifier
from handoff.nlu.intent_training import Task, usable
from tests.conftest import ROOT
from tests.unit.nlu.conftest import TINY_DATA, Workbench

CONFIG = """
recipe: default.v1
language: en
pipeline:
- name: handoff.nlu.encoder_featurizer.SentenceEncoderFeaturizer
- name: handoff.nlu.intent_classifier.EncoderIntentClassifier
  C: 5.0
"""
SETTINGS = {"C": 5.0}


@pytest.fixture(autouse=True)
def own_cache_of_each_test(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))


@pytest.fixture(autouse=True)
def nothing_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The second process is stopped and its folder removed, whatever happened."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(head_start.tempfile, "tempdir", str(folder))
    yield
    head_start.end()
    assert not list(folder.iterdir())


class Shop:
    """A project of a few lines."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("config.yml", CONFIG)
        self.write("domain.yml", 'version: "3.1"\n')
        self.write("data/nlu.yml", TINY_DATA)
        self.arguments = [f"--{name}={root / name}.yml" for name in ("config", "domain")]
        self.arguments += ["--data", str(root / "data")]

    def write(self, name: str, text: str) -> None:
        path = self.root / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(text, encoding="utf-8")

    def data(self) -> TrainingData:
        """What Rasa reads."""
        importer = TrainingDataImporter.load_from_config(
            str(self.root / "config.yml"), str(self.root / "domain.yml"), [str(self.root / "data")]
        )
        return importer.get_nlu_data()


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    return Shop(tmp_path / "shop")


Head = dict[str, Any]
Train = Callable[[], Head]


@pytest.fixture
def train(shop: Shop, tmp_path: Path) -> Train:
    """Trains the classifier as Rasa does; gives what is in the model."""

    def run() -> Head:
        folder = Path(tmp_path, f"storage{len(list(tmp_path.glob('storage*')))}")
        folder.mkdir()
        workbench = Workbench(LocalModelStorage.create(folder))
        featurizer = workbench.trained(SentenceEncoderFeaturizer, shop.data())
        workbench.trained(EncoderIntentClassifier, featurizer.process_training_data(shop.data()), **SETTINGS)
        [file] = folder.rglob("head.npz")
        with np.load(file) as arrays:
            return dict(arrays)

    return run


def the_same(one: Head, other: Head) -> bool:
    """But for the last digits, which depend on how many threads the BLAS library has, and for directions in which
    none of so few sentences lies."""
    names = [name for name in one if not name.endswith("projection")]
    return one.keys() == other.keys() and all(
        one[name].shape == other[name].shape and _equal(one[name], other[name]) for name in names
    )


def _equal(one: Any, other: Any) -> bool:
    return bool(np.allclose(one, other, 1e-3, 1e-4) if one.dtype.kind == "f" else (one == other).all())


@pytest.fixture
def no_fit(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Lets the test fail when the classifier trains by itself from now on."""

    def forbid() -> None:
        monkeypatch.setattr(EncoderIntentClassifier, "fit", lambda *_: pytest.fail("it was trained here"))

    return forbid


def test_what_the_second_process_trained_is_taken_and_is_the_same(
    shop: Shop, train: Train, no_fit: Callable[[], None]
) -> None:
    alone = train()
    shop.write(
        "data/more.yml", TINY_DATA.split("- intent: track_order")[0] + "- intent: thank\n  examples: |\n    - ta\n"
    )
    changed = train()
    assert not the_same(alone, changed)
    head_start.begin([*shop.arguments, "--force"])
    no_fit()
    assert the_same(train(), changed)


def test_for_other_data_it_is_not_taken(shop: Shop, train: Train, caplog: pytest.LogCaptureFixture) -> None:
    alone = train()
    head_start.begin([*shop.arguments, "--force"])
    [start] = head_start._running
    start._process.wait(head_start.LONGEST_WAIT_SECONDS)
    shop.write("data/nlu.yml", TINY_DATA.replace("has my desk been shipped", "is my desk on its way"))
    with caplog.at_level(logging.INFO):
        changed = train()
    assert "for other data" in caplog.text
    assert not the_same(alone, changed)
    head_start.end()
    assert the_same(train(), changed)


@pytest.mark.parametrize(
    ("name", "text"), [("config.yml", "pipeline: ["), ("data/nlu.yml", 'version: "3.1"\nnlu:\n- intent')]
)
def test_its_failure_is_told_and_costs_nothing_but_time(
    shop: Shop, train: Train, caplog: pytest.LogCaptureFixture, name: str, text: str
) -> None:
    good = (shop.root / name).read_text(encoding="utf-8")
    shop.write(name, text)
    head_start.begin(shop.arguments)
    [start] = head_start._running
    assert start._process.wait(head_start.LONGEST_WAIT_SECONDS)
    shop.write(name, good)
    assert train()
    [warning] = [record.getMessage() for record in caplog.records if record.levelno == logging.WARNING]
    assert "head start failed" in warning


def exit_code(shop: Shop, *more: str) -> int:
    head_start.begin([*shop.arguments, *more])
    [start] = head_start._running
    code = start._process.wait(head_start.LONGEST_WAIT_SECONDS)
    head_start.end()
    return code


def test_what_was_trained_is_not_trained_again(shop: Shop, train: Train) -> None:
    assert exit_code(shop) == 0
    train()
    assert exit_code(shop) == head_start.NOTHING_TO_DO
    assert exit_code(shop, "--force") == 0
    shop.write("data/nlu.yml", TINY_DATA.replace("hi there", "hey there"))
    assert exit_code(shop) == 0
    train()
    shop.write("data/nlu.yml", TINY_DATA)
    assert exit_code(shop) == head_start.NOTHING_TO_DO, "the edit was taken back"


def test_many_new_sentences_are_left_to_the_featurizer(shop: Shop) -> None:
    lines = "".join(f"    - sentence {number}\n" for number in range(ahead.MOST_NEW_TEXTS))
    shop.write("data/nlu.yml", TINY_DATA.replace("    - hello\n", lines))
    assert exit_code(shop) == head_start.NOTHING_TO_DO


@pytest.mark.parametrize(
    "pipeline",
    ["[]", "[{name: KeywordIntentClassifier}]", "[{name: a.EncoderIntentClassifier}, {name: EncoderIntentClassifier}]"],
)
def test_another_pipeline_gets_none(shop: Shop, pipeline: str) -> None:
    shop.write("config.yml", f"recipe: default.v1\nlanguage: en\npipeline: {pipeline}\n")
    assert exit_code(shop) == head_start.NOTHING_TO_DO


def test_a_single_core_gets_none(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(head_start.os, "sched_getaffinity", lambda _: {0})
    head_start.begin(shop.arguments)
    assert not head_start._running


def test_no_room_for_another_process_costs_nothing_but_time(
    shop: Shop, train: Train, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(head_start.sys, "executable", str(shop.root / "missing"))
    head_start.begin(shop.arguments)
    assert not head_start._running
    assert "There is no head start" in caplog.text
    assert train()


def test_one_that_hangs_is_given_up(
    shop: Shop, train: Train, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(head_start, "LONGEST_WAIT_SECONDS", 0.01)
    head_start.begin(shop.arguments)
    [start] = head_start._running
    assert train()
    assert "took longer" in caplog.text
    assert start._process.wait(head_start._STOP_SECONDS) < 0, "it was killed"


def test_it_is_stopped_when_training_ends_early(shop: Shop) -> None:
    head_start.begin(shop.arguments)
    [start] = head_start._running
    head_start.end()
    assert start._process.poll() is not None


def test_of_this_project_it_trains_what_rasa_trains() -> None:
    arguments = (str(ROOT / "config.yml"), str(ROOT / "domain.yml"), [str(ROOT / "data")])
    task = ahead._task(*arguments)
    importer = TrainingDataImporter.load_from_config(*arguments)
    config = next(one for one in importer.get_config()["pipeline"] if one["name"].endswith(ahead.COMPONENT))
    assert task == Task.of(usable(importer.get_nlu_data("en").intent_examples), config)
