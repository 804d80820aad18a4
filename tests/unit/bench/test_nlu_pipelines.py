"""The pipelines are what the project and Rasa have, and options change only what they name."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml

from bench import nlu_pipelines
from bench.nlu import main
from bench.nlu_pipelines import OURS, OVERRIDES, STOCK, pipeline
from tests.conftest import ROOT


@pytest.fixture(autouse=True)
def _no_export(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(nlu_pipelines, "ensure_encoder", lambda: SimpleNamespace(directory=tmp_path))


def test_ours_is_that_of_the_project(tmp_path: Path) -> None:
    ours = pipeline(OURS, {"epochs": 5})
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    assert ours.config["pipeline"] == config["pipeline"]
    assert ours.config["policies"] == []
    assert ours.beside == tmp_path


def test_stock_is_rasas_default() -> None:
    stock = pipeline(STOCK, {"epochs": None})
    components = stock.config["pipeline"]
    assert [component["name"] for component in components] == [
        "WhitespaceTokenizer",
        "RegexFeaturizer",
        "LexicalSyntacticFeaturizer",
        "CountVectorsFeaturizer",
        "CountVectorsFeaturizer",
        "DIETClassifier",
        "EntitySynonymMapper",
        "ResponseSelector",
        "FallbackClassifier",
    ]
    assert components[5] == {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True}
    assert components[8] == {"name": "FallbackClassifier", "threshold": 0.3, "ambiguity_threshold": 0.1}
    assert stock.beside is None


def test_epochs_are_those_of_diet() -> None:
    default, short = pipeline(STOCK, {}).config["pipeline"], pipeline(STOCK, {"epochs": 3}).config["pipeline"]
    assert short[5]["epochs"] == 3
    assert [component for component in short if component["name"] != "DIETClassifier"] == [
        component for component in default if component["name"] != "DIETClassifier"
    ]


@pytest.mark.parametrize("override", OVERRIDES, ids=lambda override: override.option)
def test_every_option_names_a_component_that_is_there(override: nlu_pipelines.Override) -> None:
    assert any(one["name"] == override.component for one in pipeline(override.pipeline, {}).config["pipeline"])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give --train FILE and --test FILE, or --project"),
        (
            ["--train", "a.csv", "--test", "b.csv", "--pipelines", "ours,theirs"],
            "no pipeline 'theirs', only ours, stock",
        ),
        (["--train", "a.csv", "--test", "b.csv", "--seed", "0,x"], "'x' must be a whole number"),
        (["--train", "a.csv", "--test", "b.csv", "--shots", "-1"], "'-1' must be a whole number"),
    ],
)
def test_wrong_arguments(arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)
    assert message in capsys.readouterr().err


def test_unusable_data_is_told_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--train", str(tmp_path / "no.csv"), "--test", "b.csv"]) == 2
    assert "no.csv: cannot be read" in capsys.readouterr().err


def test_ours_is_told_which_intent_has_no_answer_and_stock_cannot_be() -> None:
    ours, stock = (pipeline(name, {}) for name in (OURS, STOCK))
    told = ours.config_with("oos")
    assert [c["no_answer_intents"] for c in told["pipeline"] if "no_answer_intents" in c] == [["oos"]]
    assert not any("no_answer_intents" in component for component in ours.config["pipeline"])
    assert ours.config_with(None) == ours.config
    assert stock.config_with("oos") == stock.config
