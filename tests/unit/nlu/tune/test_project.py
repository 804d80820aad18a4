"""The command on a tiny project, with Rasa's loader and the real classifier."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import yaml

from handoff.domain.errors import ConfigurationError
from handoff.nlu.cache_files import CACHE_VARIABLE
from handoff.nlu.tune.__main__ import main
from handoff.nlu.tune.project import Understanding, load_project, train, vectors_of
from handoff.nlu.tune.setup import ABSTENTION, CLASSIFIER, FEATURIZER
from tests.support.held_out import NO_ANSWER, risk_of
from tests.unit.nlu.conftest import TINY_DATA

MORE_DATA = """
version: "3.1"
nlu:
- intent: out_of_scope
  examples: |
    - bake a cake
    - who won the match
    - hello
- intent: greet
  examples: |
    - hello
    - where is [FW-1](order_number)
    - hello
"""


def write_config(root: Path, *components: str) -> None:
    pipeline = [{"name": name} for name in components]
    (root / "config.yml").write_text(
        yaml.safe_dump({"recipe": "default.v1", "language": "en", "pipeline": pipeline}), encoding="utf-8"
    )


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "project"
    (folder / "data" / "nlu").mkdir(parents=True)
    (folder / "data" / "nlu" / "tiny.yml").write_text(TINY_DATA, encoding="utf-8")
    (folder / "data" / "nlu" / "zz_more.yml").write_text(MORE_DATA, encoding="utf-8")
    write_config(folder, FEATURIZER, CLASSIFIER, ABSTENTION)
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "cache"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def understanding(root: Path) -> Understanding:
    return train(load_project(root))


def test_examples_are_those_of_training(root: Path) -> None:
    project = load_project(root)
    assert len(project.examples) == 3 * 4 + 3 + 1, "Rasa drops sentences that are equal to the letter"
    assert len(project.written) == 3 * 4 + 3 + 3
    assert {example.label for example in project.examples} >= {"greet", "faq/warranty", "out_of_scope"}
    assert "where is FW-1" in {example.text for example in project.examples}


def test_cross_validation_is_that_of_training(root: Path) -> None:
    project = load_project(root)
    trained = train(project).trained
    assert sorted((one.text, one.label) for one in trained.held_out) == sorted(
        (example.text, example.label) for example in project.examples
    )
    ours = risk_of(trained.held_out)
    assert np.array_equal(ours.known, trained.head.risk.known)
    assert np.array_equal(ours.wrong, trained.head.risk.wrong)
    assert ours.total == trained.head.risk.total
    assert np.linalg.norm(vectors_of(project), axis=1) == pytest.approx(1, abs=1e-4)


def test_messages_are_read_as_the_assistant_reads_them(understanding: Understanding) -> None:
    known, empty, command, nonsense = understanding.read(["how long is the warranty", " ", "/restart", "xq zzv pfft"])
    assert known.label == "faq/warranty"
    assert empty.outcome == command.outcome == "nothing"
    assert nonsense.outcome in {"asked", "no_answer"}
    assert understanding.no_answer == list(NO_ANSWER)


def test_without_abstention_nothing_is_held_back(root: Path) -> None:
    write_config(root, FEATURIZER, CLASSIFIER)
    understanding = train(load_project(root))
    assert understanding.abstention is None
    assert "asked" not in {reading.outcome for reading in understanding.read(["xq zzv pfft", "parcel?"])}


def test_page_and_summary(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "log.csv").write_text("text,intent\nhow long is the warranty,faq\n", encoding="utf-8")
    assert main(["--out", "made/page.html", "--messages", "log.csv"]) == 0
    page = (root / "made" / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert "log.csv" in page
    output = capsys.readouterr()
    assert "16 examples, 4 intents (5 with each FAQ by itself)" in output.out
    assert '3x  "hello" is greet' in output.out, "over both files"
    assert "1 of 1 with an intent were read rightly" in output.out
    assert "made/page.html" in output.err
    assert [path.name for path in (root / "made").iterdir()] == ["page.html"]


def test_json_is_all_that_programs_read(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    assert data["headline"]["examples"] == 16
    assert data["messages"] is None
    assert (root / "results" / "tune.html").is_file()


def test_what_is_wrong_is_said_in_a_line(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_config(root, FEATURIZER, "handoff.nlu.faq_selector.FaqSelector")
    assert main([]) == 1
    error = capsys.readouterr().err.splitlines()[-1]
    assert error.startswith(f"handoff: {root / 'config.yml'}, pipeline: has no {CLASSIFIER}")


def test_a_page_that_cannot_be_written_names_the_remedy(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "results").write_text("a file", encoding="utf-8")
    assert main([]) == 1
    assert "results/tune.html cannot be written" in capsys.readouterr().err


def test_a_file_that_rasa_refuses_is_named(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (root / "data" / "nlu" / "tiny.yml").write_text("nlu:\n- intent: greet\n  examples: 7\n", encoding="utf-8")
    assert main([]) == 1
    assert "tiny.yml" in capsys.readouterr().err


def test_no_project_here(root: Path) -> None:
    (root / "config.yml").unlink()
    with pytest.raises(ConfigurationError, match=r"config.yml is missing. Run this command in the folder"):
        load_project(root)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("nlu: []", "no examples of any intent"),
        ("nlu:\n- intent: greet\n  examples: |\n    - hi\n    - ho", "examples of greet only"),
    ],
)
def test_too_little_data_is_said_with_the_remedy(root: Path, content: str, words: str) -> None:
    (root / "data" / "nlu" / "zz_more.yml").unlink()
    (root / "data" / "nlu" / "tiny.yml").write_text(f'version: "3.1"\n{content}\n', encoding="utf-8")
    with pytest.raises(ConfigurationError, match=f"data holds {words}.*Add examples of 2 intents or more"):
        load_project(root)
