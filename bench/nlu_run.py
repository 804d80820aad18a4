"""Trains one pipeline on one data set, asks it the test rows, and makes a row of numbers of that."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bench.nlu_data import DataSet, with_shots
from bench.nlu_names import IntentNames
from bench.nlu_outcomes import outcome, scores
from bench.nlu_pipelines import Pipeline
from bench.nlu_process import parse, train
from bench.nlu_scores import mean, percentile_ms
from bench.report import emit, progress, table
from handoff.nlu.typed_text import readable

Row = dict[str, Any]

MEDIAN, TAIL = 50, 95  # percentiles
TIMED_MESSAGES = 500
MB = 1e6  # bytes
DIGITS = 4  # of the numbers in a row
AVERAGE = "mean"
"""What stands for the seed in a row of means."""

COLUMNS = {
    "data": "data",
    "pipeline": "pipeline",
    "shots": "shots",
    "seed": "seed",
    "accuracy": "accuracy",
    "oos_auroc": "OOS AUROC",
    "answered_right": "right",
    "answered_wrong": "wrong",
    "oos_answered": "OOS answered",
    "coverage": "coverage",
    "aurc": "AURC",
    "ece": "ECE",
    "parse_p50_ms": "p50 ms",
    "parse_p95_ms": "p95 ms",
    "training_seconds": "training s",
    "model_mb": "model MB",
    "beside_mb": "beside MB",
}
"""Names in the JSON lines and in the table. The scores are explained at :func:`bench.nlu_outcomes.scores`."""


def measure(data: DataSet, pipeline: Pipeline, shots: int, seed: int) -> Row:
    """Train and ask; ``seed`` chooses the examples of few shots and nothing else (DIET's own start stays random).

    Beside the scores: ``training_seconds`` (:func:`bench.nlu_worker.train`), ``model_mb`` (the packed model),
    ``beside_mb`` (what the model needs and does not contain: our sentence encoder), and the times of one message in a
    process that has loaded the model, over up to 500 texts that it has not seen before.
    """
    examples = with_shots(data.train, shots, seed)
    names = IntentNames(example.label for example in data.train)
    progress(
        f"{data.name}: training {pipeline.name} on {len(examples)} examples (seed {seed}), then {len(data.test)} rows"
    )
    oos_trained = any(example.label == data.oos_label for example in examples)
    config = pipeline.config_with(names.name(data.oos_label) if data.oos_label and oos_trained else None)
    with tempfile.TemporaryDirectory(prefix="bench-nlu-") as folder:
        trained = train(Path(folder), pipeline.name, config, examples, names)
        parsed = parse(Path(folder), pipeline.name, trained.model, [question.text for question in data.test])
        model_bytes = trained.model.stat().st_size
    outcomes = [
        outcome(question.label, message, names.label, data.oos_label)
        for question, message in zip(data.test, parsed.understood, strict=True)
    ]
    seconds = [parsed.seconds[place] for place in timed([question.text for question in data.test])]
    in_scope = sum(question.label is not None for question in data.test)
    row = {
        "data": data.name,
        "pipeline": pipeline.name,
        "shots": shots,
        "seed": seed,
        "labels": len({example.label for example in examples}),
        "train_rows": len(examples),
        "in_scope_rows": in_scope,
        "oos_rows": len(data.test) - in_scope,
        **scores(outcomes),
        "parse_p50_ms": percentile_ms(seconds, MEDIAN),
        "parse_p95_ms": percentile_ms(seconds, TAIL),
        "timed_rows": len(seconds),
        "training_seconds": trained.seconds,
        "model_mb": model_bytes / MB,
        "beside_mb": _bytes(pipeline.beside) / MB,
    }
    return rounded(row)


def timed(texts: Sequence[str]) -> list[int]:
    """Places of the texts whose times count: at most 500, spread evenly, each the first of its kind.

    A text that was asked before is no measure, since the encoder remembers its vector.
    """
    first = {readable(text): place for place, text in reversed(list(enumerate(texts)))}
    places = sorted(first.values())
    if len(places) <= TIMED_MESSAGES:
        return places
    return [places[number * len(places) // TIMED_MESSAGES] for number in range(TIMED_MESSAGES)]


def with_mean(rows: Sequence[Row]) -> list[Row]:
    """The rows of one pipeline, one per seed, and after several the means of what was measured; counts are the same."""
    if len(rows) == 1:
        return list(rows)
    average: Row = {**rows[0], "seed": AVERAGE, "seeds": [row["seed"] for row in rows]}
    for name in rows[0]:
        numbers = [row[name] for row in rows if isinstance(row[name], float)]
        if numbers:  # a share of nothing, as of no answers at all, has no value in a row
            average[name] = mean(numbers)
    return [*rows, rounded(average)]


def measure_all(data: DataSet, pipelines: Iterable[Pipeline], shots: int, seeds: Sequence[int]) -> list[Row]:
    """Measure every pipeline with every seed, printing each row when it is there."""
    rows = []
    for pipeline in pipelines:
        measured = []
        for seed in seeds:
            measured.append(measure(data, pipeline, shots, seed))
            emit_row(measured[-1])
        with_average = with_mean(measured)
        for row in with_average[len(measured) :]:
            emit_row(row)
        rows += with_average
    return rows


def emit_row(row: Row) -> None:
    """Print one row."""
    emit({"bench": "nlu", **row})


def show(rows: Sequence[Row]) -> None:
    """Print the table of all rows."""
    progress(table(rows, COLUMNS))


def rounded(row: Mapping[str, Any]) -> Row:
    """``row`` with as many digits as mean something."""
    return {name: round(value, DIGITS) if isinstance(value, float) else value for name, value in row.items()}


def _bytes(folder: Path | None) -> int:
    return 0 if folder is None else sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
