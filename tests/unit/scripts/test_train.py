"""When a model counts as up to date."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from scripts import train


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose steps are written down instead of being run."""
    for path in ("config.yml", "domain.yml", "data/nlu/greet.yml", "handoff/nlu/parts.py", "requirements.lock"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("first", encoding="utf-8")
    models = tmp_path / "models"
    monkeypatch.setattr(train, "ROOT", tmp_path)
    monkeypatch.setattr(train, "MODELS", models)
    monkeypatch.setattr(train, "MODEL", models / "assistant.tar.gz")
    monkeypatch.setattr(train, "MADE_FROM", models / "assistant.inputs.json")
    monkeypatch.setattr(train, "TRAINING", models / ".training")
    return tmp_path


class Steps:
    """Stands in for the commands: notes them, and writes the model that training would write."""

    def __init__(self, code: int = 0) -> None:
        self.titles: list[str] = []
        self.arguments: list[str] = []
        self.code = code

    def __call__(self, title: str, arguments: list[str]) -> int:
        self.titles.append(title)
        self.arguments = arguments
        if "train" in arguments:
            (train.TRAINING / train.MODEL.name).write_text("half a model" if self.code else "model", encoding="utf-8")
        return self.code


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    steps = Steps()
    monkeypatch.setattr(train, "_run", steps)
    return steps


def test_trains_once_and_then_has_nothing_to_do(project: Path, steps: Steps) -> None:
    assert train.main([]) == 0
    assert steps.titles == ["Exporting the sentence encoder", "Training the assistant"]
    assert train.MODEL.read_text(encoding="utf-8") == "model"
    assert train.main([]) == 0
    assert len(steps.titles) == 2


def test_a_touched_file_with_the_same_content_changes_nothing(project: Path, steps: Steps) -> None:
    train.main([])
    (project / "data/nlu/greet.yml").write_text("first", encoding="utf-8")
    train.main([])
    assert len(steps.titles) == 2


@pytest.mark.parametrize(
    ("path", "everything"),
    [("data/nlu/greet.yml", False), ("data/rules/new.yml", False), ("handoff/nlu/parts.py", True)],
)
def test_trains_again_after_an_edit(
    project: Path, steps: Steps, capsys: pytest.CaptureFixture[str], path: str, everything: bool
) -> None:
    train.main([])
    (project / path).parent.mkdir(exist_ok=True)
    (project / path).write_text("second", encoding="utf-8")
    assert train.main([]) == 0
    assert len(steps.titles) == 4
    assert ("--force" in steps.arguments) is everything
    assert f"Changed since the last training: {path}" in capsys.readouterr().out


def test_trains_again_when_the_model_or_the_note_about_it_is_gone(project: Path, steps: Steps) -> None:
    train.main([])
    train.MODEL.unlink()
    train.main([])
    assert len(steps.titles) == 4
    train.MADE_FROM.write_text("{half", encoding="utf-8")
    train.main([])
    assert len(steps.titles) == 6


def test_a_failed_training_leaves_the_old_model_and_is_tried_again(project: Path, steps: Steps) -> None:
    train.main([])
    (project / "domain.yml").write_text("second", encoding="utf-8")
    steps.code = 1
    assert train.main([]) == 1
    assert train.MODEL.read_text(encoding="utf-8") == "model"
    assert json.loads(train.MADE_FROM.read_text(encoding="utf-8"))["data"] != {}
    steps.code = 0
    assert train.main([]) == 0
    assert steps.titles[-1] == "Training the assistant"
