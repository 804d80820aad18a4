"""Which times count, means over seeds, and the table."""

from __future__ import annotations

import json
from typing import Any

import pytest

from bench import report
from bench.nlu_run import TIMED_MESSAGES, emit_row, timed, with_mean

ROW: dict[str, Any] = {"data": "d", "pipeline": "ours", "shots": 10, "seed": 0, "train_rows": 20, "accuracy": 0.5}


def test_repeated_texts_are_timed_the_first_time_only() -> None:
    assert timed(["a", "b", "a ", "c", "b"]) == [0, 1, 3]


def test_at_most_so_many_spread_over_all() -> None:
    places = timed([str(number) for number in range(2 * TIMED_MESSAGES + 1)])
    assert len(set(places)) == TIMED_MESSAGES
    assert places[0] == 0
    assert places[-1] >= 2 * TIMED_MESSAGES - 2


def test_one_seed_needs_no_mean() -> None:
    assert with_mean([ROW]) == [ROW]


def test_the_mean_of_several_seeds() -> None:
    first = {**ROW, "oos_auroc": None, "answered_wrong": None}
    second = {**ROW, "seed": 1, "accuracy": 0.6, "oos_auroc": None, "answered_wrong": 0.2}
    *rows, average = with_mean([first, second])
    assert rows == [first, second]
    assert average == {
        **ROW,
        "seed": "mean",
        "seeds": [0, 1],
        "accuracy": 0.55,
        "oos_auroc": None,
        "answered_wrong": 0.2,
    }


def test_a_row_is_one_line_of_json(capsys: pytest.CaptureFixture[str]) -> None:
    emit_row({**ROW, "oos_auroc": None})
    printed = capsys.readouterr().out
    assert printed.count("\n") == 1
    assert json.loads(printed) == {"bench": "nlu", **ROW, "oos_auroc": None}


def test_the_table_has_a_dash_for_what_is_missing() -> None:
    lines = report.table([{"a": 1.5, "b": None}, {"a": 20}], {"a": "first", "b": "second"}).splitlines()
    assert lines == ["", "first  second", "  1.5       -", "   20       -"]
