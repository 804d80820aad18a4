"""What a benchmark of understanding trains on and asks: two CSV files, checked, and a sample of the first."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.csv_table import DataError, read_table

ALL = 0
"""Number of shots that means every example."""
LEAST_LABELS = 2  # with one there is nothing to tell apart, and DIET trains nothing
COLUMNS_REMEDY = "Name the columns with --text-column and --label-column."


@dataclass(frozen=True)
class Example:
    """A training example."""

    text: str
    label: str


@dataclass(frozen=True)
class Question:
    """A test row; ``label`` is None when nothing in the training data covers it (out of scope)."""

    text: str
    label: str | None


@dataclass(frozen=True)
class DataSet:
    """Training and test rows in the order of their files.

    Attributes:
        oos_label: name of the label for what is out of scope, or None when the data has no such label. Training rows
            may bear it: they are an intent like any other, which pipelines may answer with.
    """

    name: str
    train: tuple[Example, ...]
    test: tuple[Question, ...]
    oos_label: str | None


@dataclass(frozen=True)
class Source:
    """Where a data set comes from: the arguments of the command line.

    Attributes:
        unknown_as_oos: test rows with a label that is not in the training file count as out of scope.
    """

    name: str
    train: Path
    test: Path
    text_column: str = "text"
    label_column: str = "label"
    oos_label: str | None = None
    unknown_as_oos: bool = False


def read_data_set(source: Source) -> DataSet:
    """Read and check both files.

    Raises:
        DataError: a file is unusable, a test label is unknown, or too little is in scope to measure anything.
    """
    columns = (source.text_column, source.label_column)
    train = tuple(
        Example(record.cells[source.text_column], record.cells[source.label_column].strip())
        for record in read_table(source.train, columns, COLUMNS_REMEDY)
    )
    in_scope = {example.label for example in train} - {source.oos_label}
    if len(in_scope) < LEAST_LABELS:
        raise DataError(
            f"{source.train}: {len(in_scope)} label(s) are in scope, and at least {LEAST_LABELS} are needed. "
            "Add rows of other labels, or look at --label-column and --oos-label."
        )
    test = tuple(_questions(source, in_scope))
    if all(question.label is None for question in test):
        raise DataError(f"{source.test}: every row is out of scope. Add rows with labels of {source.train}.")
    return DataSet(source.name, train, test, source.oos_label)


def _questions(source: Source, in_scope: set[str]) -> list[Question]:
    questions = []
    for record in read_table(source.test, (source.text_column, source.label_column), COLUMNS_REMEDY):
        label = record.cells[source.label_column].strip()
        known = label in in_scope
        if not known and label != source.oos_label and not source.unknown_as_oos:
            raise DataError(
                f"{source.test}, line {record.line}: the label {label!r} does not occur in {source.train}. "
                "Correct it, name it with --oos-label, or let such rows count as out of scope with "
                "--unknown-labels-as-oos."
            )
        questions.append(Question(record.cells[source.text_column], label if known else None))
    return questions


def with_shots(examples: Sequence[Example], shots: int, seed: int) -> tuple[Example, ...]:
    """At most ``shots`` examples of each label, drawn without replacement; ``ALL`` (0) for everything as it is.

    One generator is seeded once with ``seed`` and draws ``random.sample(examples_of_label, shots)`` for one label after
    the other, in the order in which the labels first appear. A label with at most ``shots`` examples is taken whole and
    draws nothing. Published few-shot results on BANKING77 sample per intent like this.
    """
    if shots == ALL:
        return tuple(examples)
    generator = random.Random(seed)  # the sequence of random.seed(seed), without touching the shared generator
    of_label: dict[str, list[Example]] = {}
    for example in examples:
        of_label.setdefault(example.label, []).append(example)
    return tuple(
        example
        for group in of_label.values()
        for example in (group if len(group) <= shots else generator.sample(group, shots))
    )
