"""What benchmarks train on and ask."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from bench.csv_table import DataError
from bench.nlu_data import Example, Question, Source, read_data_set, with_shots

TRAIN = "text,label\nhello,greet\nhi,greet\nwhere is it,track\nthe weather,oos\n"
TEST = "text,label\ngood day,greet\nmy parcel,track\nwho won,oos\n"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    train, test = tmp_path / "train.csv", tmp_path / "test.csv"
    train.write_text(TRAIN, encoding="utf-8")
    test.write_text(TEST, encoding="utf-8")
    return Source("tiny", train, test, oos_label="oos")


def test_rows_keep_their_order_and_out_of_scope_has_no_label(source: Source) -> None:
    data = read_data_set(source)
    assert [example.label for example in data.train] == ["greet", "greet", "track", "oos"]
    assert data.test == (Question("good day", "greet"), Question("my parcel", "track"), Question("who won", None))


def test_without_an_out_of_scope_label_it_is_a_label_like_any_other(source: Source) -> None:
    assert read_data_set(replace(source, oos_label=None)).test[-1] == Question("who won", "oos")


def test_an_unknown_test_label_is_an_error_with_file_line_and_remedy(source: Source) -> None:
    source.test.write_text(TEST + "and this,invoice\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"test\.csv, line 5: the label 'invoice' .*--unknown-labels-as-oos"):
        read_data_set(source)
    assert read_data_set(replace(source, unknown_as_oos=True)).test[-1] == Question("and this", None)


def test_too_little_in_scope_is_an_error(source: Source) -> None:
    source.train.write_text("text,label\nhello,greet\nthe weather,oos\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"train\.csv: 1 label\(s\) are in scope"):
        read_data_set(source)
    source.train.write_text(TRAIN, encoding="utf-8")
    source.test.write_text("text,label\nwho won,oos\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"test\.csv: every row is out of scope"):
        read_data_set(source)


def test_a_wrong_column_is_an_error_that_names_the_option(source: Source) -> None:
    with pytest.raises(DataError, match=r"line 1: there is no column 'category'.*--label-column"):
        read_data_set(replace(source, label_column="category"))


def examples(**counts: int) -> list[Example]:
    """Mixed as in a file: one of each label in turn, while there are any."""
    longest = max(counts.values())
    return [Example(f"{label} {n}", label) for n in range(longest) for label, count in counts.items() if n < count]


def test_shots_are_what_the_random_module_draws_label_by_label() -> None:
    every = examples(b=30, few=4, a=20)
    random.seed(7)
    expected = [
        *random.sample([one for one in every if one.label == "b"], 10),
        *[one for one in every if one.label == "few"],  # taken whole, without a draw
        *random.sample([one for one in every if one.label == "a"], 10),
    ]
    assert list(with_shots(every, 10, seed=7)) == expected


def test_shots_differ_by_seed_and_by_nothing_else() -> None:
    every = examples(a=30, b=30)
    assert with_shots(every, 5, 0) == with_shots(every, 5, 0) != with_shots(every, 5, 1)
    assert len(with_shots(every, 5, 0)) == 10


def test_a_label_with_exactly_as_many_examples_is_taken_whole_and_in_order() -> None:
    every = [Example(str(number), "a") for number in range(10)]
    assert with_shots(every, 10, 3) == tuple(every)


def test_no_shots_means_everything_as_it_is() -> None:
    every = examples(a=3, b=2)
    assert with_shots(every, 0, 5) == tuple(every)
