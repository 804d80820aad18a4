"""The two pipelines on public data: BANKING77 with ten examples of each intent and with all, and CLINC150.

``make bench-nlu`` runs it, with NLU_BENCH_ARGS as arguments: ``make bench-nlu NLU_BENCH_ARGS="--stock all"``. The data
is not part of this project. It is looked for in the folder that the environment variable NLU_BENCH_DATA names, else in
``../shared/bench`` beside the project: ``banking77/train.csv`` and ``test.csv`` (columns text and category) and
``clinc150/data_full.json``, as their authors publish them.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.csv_table import DataError
from bench.nlu_data import ALL, DataSet, Source, read_data_set
from bench.nlu_pipelines import OURS, PIPELINES, STOCK, pipeline
from bench.nlu_run import Row, measure_all, show
from bench.report import progress, say_if_busy
from scripts.train import ROOT

VARIABLE = "NLU_BENCH_DATA"
SIBLING = ROOT.parent / "shared" / "bench"
BANKING, CLINC = "banking77", "clinc150"
FILES = {BANKING: ("train.csv", "test.csv"), CLINC: ("data_full.json",)}
CLINC_OOS = "oos"
CLINC_TRAIN, CLINC_TEST = ("train",), ("test", "oos_test")
CLINC_OOS_TRAIN = "oos_train"

FEW, FULL = 10, ALL
FEW_SEEDS = (0, 1, 2)
ONE_SEED = (0,)

STOCK_SOME, STOCK_ALL, STOCK_NONE = "some", "all", "none"

OWN_DATA = """On files of your own:
  python -m bench.nlu --train train.csv --test test.csv --text-column text --label-column label [--oos-label oos]"""


@dataclass(frozen=True)
class Task:
    """One pipeline on one public set."""

    data: str
    shots: int
    pipeline: str
    seeds: tuple[int, ...]


def plan(stock: str) -> list[Task]:
    """What is run, in this order, so that both pipelines meet the machine in the same state.

    Args:
        stock: where the stock pipeline runs too: ``some`` (ten shots, first seed: with 100 epochs of DIET the full sets
            take much longer than all the rest), ``all`` or ``none``.
    """
    tasks = []
    for data, shots, seeds in ((BANKING, FEW, FEW_SEEDS), (BANKING, FULL, ONE_SEED), (CLINC, FULL, ONE_SEED)):
        stock_seeds = {STOCK_SOME: ONE_SEED if shots == FEW else (), STOCK_ALL: seeds, STOCK_NONE: ()}[stock]
        chosen = {OURS: seeds, STOCK: stock_seeds}
        tasks += [Task(data, shots, name, chosen[name]) for name in PIPELINES if chosen[name]]
    return tasks


def missing(folder: Path) -> list[Path]:
    """Files of the public sets that are not in ``folder``."""
    return [file for name, files in FILES.items() for file in (folder / name / f for f in files) if not file.is_file()]


def clinc_parts(
    content: Mapping[str, Sequence[Sequence[str]]], with_oos_train: bool
) -> tuple[list[Sequence[str]], list[Sequence[str]]]:
    """Training and test rows (text, label) of ``data_full.json``; out-of-scope rows are labelled ``oos`` there.

    Args:
        with_oos_train: train on the 100 out-of-scope examples too, as some published results do.
    """
    train_parts = (*CLINC_TRAIN, CLINC_OOS_TRAIN) if with_oos_train else CLINC_TRAIN
    return [row for part in train_parts for row in content[part]], [row for part in CLINC_TEST for row in content[part]]


def read_banking(folder: Path) -> DataSet:
    """BANKING77; it has nothing out of scope."""
    train, test = (folder / BANKING / name for name in FILES[BANKING])
    return read_data_set(Source(BANKING, train, test, label_column="category"))


def read_clinc(folder: Path, with_oos_train: bool) -> DataSet:
    """CLINC150, by way of two CSV files like everybody's.

    Raises:
        DataError: the file is not CLINC's.
    """
    file = folder / CLINC / FILES[CLINC][0]
    try:
        train_rows, test_rows = clinc_parts(json.loads(file.read_text(encoding="utf-8")), with_oos_train)
    except (ValueError, KeyError, TypeError) as error:
        raise DataError(f"{file}: is not CLINC150's data_full.json ({error!r}). Fetch it again.") from error
    with tempfile.TemporaryDirectory(prefix="bench-clinc-") as made:
        train, test = Path(made) / "train.csv", Path(made) / "test.csv"
        _write(train, train_rows)
        _write(test, test_rows)
        name = f"{CLINC}+oos" if with_oos_train else CLINC
        return read_data_set(Source(name, train, test, oos_label=CLINC_OOS))


def _write(path: Path, rows: Iterable[Sequence[str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("text", "label"), *rows])


def main(arguments: Sequence[str]) -> int:
    """Run what is planned; returns the exit code, which is 0 where the data is not at hand."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--stock",
        choices=(STOCK_SOME, STOCK_ALL, STOCK_NONE),
        default=STOCK_SOME,
        help="where Rasa's default pipeline runs too: 10-shot BANKING77 with seed 0 (some), everywhere, or nowhere",
    )
    parser.add_argument("--with-oos-train", action="store_true", help="train on CLINC150's out-of-scope examples too")
    options = parser.parse_args(arguments)
    folder = Path(os.environ.get(VARIABLE) or SIBLING)
    if absent := missing(folder):
        progress("The public data is not here; missing: " + ", ".join(map(str, absent)))
        progress(f"Put it there, or name another folder in {VARIABLE}. {OWN_DATA}")
        return 0
    say_if_busy()
    try:
        sets = {BANKING: read_banking(folder), CLINC: read_clinc(folder, options.with_oos_train)}
    except DataError as error:
        progress(str(error))
        return 1
    if options.stock != STOCK_ALL:
        where = "on 10-shot BANKING77 with seed 0 only" if options.stock == STOCK_SOME else "nowhere"
        progress(
            f"Rasa's default pipeline runs {where}; NLU_BENCH_ARGS='--stock all' runs it everywhere, which takes long."
        )
    rows: list[Row] = []
    for task in plan(options.stock):
        rows += measure_all(sets[task.data], [pipeline(task.pipeline, {})], task.shots, task.seeds)
    show(rows)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
