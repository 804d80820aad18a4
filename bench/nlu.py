"""How well messages are understood: this project's pipeline beside Rasa's default one, on any two CSV files.

    python -m bench.nlu --train train.csv --test test.csv --label-column intent --oos-label oos --shots 10 --seed 0,1,2
    python -m bench.nlu --project      # the trained assistant on bench/validation; trains nothing

Both pipelines train on the same rows and answer the same rows, one after the other, each step in a process of its own.
Training rows with the out-of-scope label are an intent called like it, for both. Test rows with it are out of scope.

Standard output: one JSON line per row. Standard error: progress and a table. docs/benchmarks.md explains the numbers.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

if not __package__:  # run as a file: let Python find the project's packages, and not this folder's modules bare
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.nlu_data import ALL, Source, read_data_set
from bench.nlu_pipelines import OVERRIDES, PIPELINES, pipeline
from bench.nlu_project import measure_project
from bench.nlu_run import measure_all, show
from bench.report import progress, say_if_busy
from handoff.domain.errors import HandoffError

FIRST_SEED = 0
USAGE_ERROR = 2


def main(arguments: Sequence[str]) -> int:
    """Measure what the arguments ask for; returns the exit code."""
    options = _options(arguments)
    say_if_busy()
    try:
        if options.project:
            measure_project()
            return 0
        data = read_data_set(
            Source(
                name=options.name or options.train.resolve().parent.name,
                train=options.train,
                test=options.test,
                text_column=options.text_column,
                label_column=options.label_column,
                oos_label=options.oos_label,
                unknown_as_oos=options.unknown_labels_as_oos,
            )
        )
    except HandoffError as error:
        progress(str(error))
        return USAGE_ERROR
    pipelines = [pipeline(name, vars(options)) for name in options.pipelines]
    seeds = [seed for some in options.seed or [[FIRST_SEED]] for seed in some]
    show(measure_all(data, pipelines, options.shots, list(dict.fromkeys(seeds))))
    return 0


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--project", action="store_true", help="measure models/assistant.tar.gz on bench/validation")
    parser.add_argument("--train", type=Path, metavar="FILE", help="CSV file with training rows")
    parser.add_argument("--test", type=Path, metavar="FILE", help="CSV file with test rows")
    parser.add_argument("--name", help="name of the data in the rows (default: folder of the training file)")
    parser.add_argument("--text-column", default="text", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--label-column", default="label", metavar="NAME", help="default: %(default)s")
    parser.add_argument("--oos-label", metavar="NAME", help="label of rows that are out of scope, if there are any")
    parser.add_argument(
        "--unknown-labels-as-oos",
        action="store_true",
        help="test rows with a label that is not in the training file are out of scope too (else they are an error)",
    )
    parser.add_argument(
        "--shots", type=_count, default=ALL, metavar="N", help="training examples of each label; 0 (the default): all"
    )
    parser.add_argument(
        "--seed",
        type=_seeds,
        action="append",
        metavar="S[,S...]",
        help="chooses the examples of few shots; several give a row each and a mean (default: 0)",
    )
    parser.add_argument(
        "--pipelines", type=_names, default=list(PIPELINES), metavar="NAME[,NAME]", help="default: ours,stock"
    )
    for override in OVERRIDES:
        parser.add_argument(override.option, type=override.type, help=override.help)
    options = parser.parse_args(arguments)
    if not options.project and (options.train is None or options.test is None):
        parser.error("give --train FILE and --test FILE, or --project")
    return options


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} must be a whole number from 0")
    return int(text)


def _seeds(text: str) -> list[int]:
    return [_count(part) for part in text.split(",")]


def _names(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in PIPELINES]:
        raise argparse.ArgumentTypeError(f"there is no pipeline {unknown[0]!r}, only {', '.join(PIPELINES)}")
    return names


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
