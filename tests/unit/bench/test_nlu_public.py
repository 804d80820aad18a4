"""The benchmark on public data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bench import nlu_public
from bench.csv_table import DataError
from bench.nlu_data import DataSet, Example, Question
from bench.nlu_public import BANKING, CLINC, Task, main, missing, plan, read_banking, read_clinc

CONTENT = {
    "train": [["hello, you", "greet"], ["bye", "leave"]],
    "val": [["hey", "greet"]],
    "test": [["hi", "greet"]],
    "oos_train": [["who won", "oos"]],
    "oos_val": [["who lost", "oos"]],
    "oos_test": [["the weather", "oos"]],
}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / BANKING).mkdir()
    (tmp_path / CLINC).mkdir()
    for name in ("train.csv", "test.csv"):
        (tmp_path / BANKING / name).write_text("text,category\nmy card,arrival\nmy pin,pin\n", encoding="utf-8")
    (tmp_path / CLINC / "data_full.json").write_text(json.dumps(CONTENT), encoding="utf-8")
    monkeypatch.setenv("NLU_BENCH_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Task]:
    """Stands in for the measurements: notes them."""
    tasks: list[Task] = []

    def measure_all(data: DataSet, pipelines: list[str], shots: int, seeds: tuple[int, ...]) -> list[dict[str, Any]]:
        tasks.extend(Task(data.name, shots, name, seeds) for name in pipelines)
        return []

    monkeypatch.setattr(nlu_public, "pipeline", lambda name, _settings: name)
    monkeypatch.setattr(nlu_public, "measure_all", measure_all)
    return tasks


def test_stock_runs_once_unless_asked_for_everywhere() -> None:
    ours = [Task(BANKING, 10, "ours", (0, 1, 2)), Task(BANKING, 0, "ours", (0,)), Task(CLINC, 0, "ours", (0,))]
    assert plan("none") == ours
    assert plan("some") == [ours[0], Task(BANKING, 10, "stock", (0,)), *ours[1:]]
    stock = [Task(task.data, task.shots, "stock", task.seeds) for task in ours]
    assert plan("all") == [task for pair in zip(ours, stock, strict=True) for task in pair]


def test_clinc_by_way_of_csv(folder: Path) -> None:
    train = (Example("hello, you", "greet"), Example("bye", "leave"))
    test = (Question("hi", "greet"), Question("the weather", None))
    assert read_clinc(folder, with_oos_train=False) == DataSet("clinc150", train, test, "oos")
    trained_with = (*train, Example("who won", "oos"))
    assert read_clinc(folder, with_oos_train=True) == DataSet("clinc150+oos", trained_with, test, "oos")


def test_banking(folder: Path) -> None:
    assert read_banking(folder).test == (Question("my card", "arrival"), Question("my pin", "pin"))


@pytest.mark.parametrize("content", ["{half", "{}", "[]"])
def test_another_json_file_is_refused(folder: Path, content: str) -> None:
    file = folder / CLINC / "data_full.json"
    file.write_text(content, encoding="utf-8")
    with pytest.raises(DataError, match=r"data_full\.json: is not CLINC150's"):
        read_clinc(folder, with_oos_train=False)


def test_everything_that_is_planned_is_measured(
    folder: Path, measured: list[Task], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([]) == 0
    assert measured == plan("some")
    assert "default pipeline runs on 10-shot BANKING77 with seed 0 only" in capsys.readouterr().err


def test_absent_data_is_no_failure_and_the_way_on_is_said(
    folder: Path, measured: list[Task], capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / CLINC / "data_full.json").unlink()
    assert missing(folder) == [folder / CLINC / "data_full.json"]
    assert main([]) == 0
    assert measured == []
    told = capsys.readouterr().err
    for part in (str(folder / CLINC / "data_full.json"), "NLU_BENCH_DATA", "python -m bench.nlu --train"):
        assert part in told
