"""`handoff check` names what does not fit together, where it is, and what to do."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from handoff.check import check_project
from handoff.settings import Settings
from tests.conftest import ROOT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A copy of the files that are checked."""
    for name in ("domain.yml", "endpoints.yml", "handoff.yml"):
        shutil.copy(ROOT / name, tmp_path)
    shutil.copytree(ROOT / "data", tmp_path / "data")
    return tmp_path


def problems(project: Path) -> list[str]:
    return check_project(Settings.load(environ={"HANDOFF_ROOT": str(project), "HANDOFF_VAR": str(project / "var")}))


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_project_itself_is_fine(project: Path) -> None:
    assert problems(project) == []


def test_a_value_that_nothing_fills_in(project: Path) -> None:
    replace(project / "data/responses/handoff_away.yml", "they are back {opens_at}", "they are back {opening}")
    (line,) = problems(project)
    assert "utter_handoff_scheduled uses {opening}" in line
    assert "{opens_at}, {team}" in line


def test_a_slot_may_be_used(project: Path) -> None:
    replace(project / "data/responses/smalltalk.yml", "{email}, noted.", "{email} of {name}, noted.")
    assert problems(project) == []


def test_a_value_that_only_other_texts_have(project: Path) -> None:
    replace(project / "data/responses/smalltalk.yml", "{email}, noted.", "{team}, noted.")
    (line,) = problems(project)
    assert "utter_inform_email uses {team}" in line


def test_a_value_that_the_desk_does_not_have(project: Path) -> None:
    replace(project / "data/responses/waiting.yml", "The team is back,", "{order_number} is back,")
    (line,) = problems(project)
    assert "utter_queue_opened uses {order_number}" in line


def test_a_missing_response(project: Path) -> None:
    replace(project / "data/responses/handoff.yml", "utter_handoff_sensitive:", "utter_handoff_delicate:")
    lines = problems(project)
    assert any("utter_handoff_sensitive is missing" in line for line in lines)


def test_a_report_that_could_not_be_sent(project: Path) -> None:
    replace(project / "handoff.yml", "  # report: {to:", "  report: {to:")
    (line,) = problems(project)
    assert "metrics.report: no e-mail can be sent, since endpoints.yml has no section email" in line
