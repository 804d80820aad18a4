"""Messages of a CSV file."""

from __future__ import annotations

from pathlib import Path

import pytest

from handoff.domain.errors import ConfigurationError
from handoff.nlu.tune.readings import Reading, Row, compare, read_rows

LABELS = {"greet", "faq/warranty", "out_of_scope"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "log.csv"


def test_text_and_intent(log: Path) -> None:
    log.write_text('id,Text,intent\n1,"hi, there",greet\n2,guarantee?,\n3,motor,faq\n', encoding="utf-8")
    assert read_rows(log, LABELS) == [Row(2, "hi, there", "greet"), Row(3, "guarantee?", None), Row(4, "motor", "faq")]


def test_what_a_spreadsheet_writes(log: Path) -> None:
    log.write_bytes("\ufefftext;intent\r\nhallo;greet\r\n".encode())
    assert read_rows(log, LABELS) == [Row(2, "hallo", "greet")]


def test_text_alone_and_short_rows(log: Path) -> None:
    log.write_text('text,intent\nhi\n\n"two\nlines"\n', encoding="utf-8")
    assert [(row.text, row.intent) for row in read_rows(log, LABELS)] == [("hi", None), ("two\nlines", None)]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "line 1: there is no column 'text'"),
        (b"message\nhi\n", "line 1: there is no column 'text'"),
        (b"text,intent\n", "holds no messages"),
        (b"text,intent\nhi,greet\nho,greeting\n", "line 3: there is no intent 'greeting' in data/nlu"),
        (b"text\n\xff\n", "is not UTF-8"),
        (b'text\n"a"b\n', "line 2"),
    ],
)
def test_mistakes_are_named_by_file_and_line(log: Path, content: bytes, words: str) -> None:
    log.write_bytes(content)
    with pytest.raises(ConfigurationError, match=words) as raised:
        read_rows(log, LABELS)
    assert str(log) in str(raised.value)


def test_a_missing_file_is_named(log: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"log.csv cannot be read: No such file"):
        read_rows(log, LABELS)


def test_compare_counts_by_hand() -> None:
    rows = [Row(2, "hi", "greet"), Row(3, "motor", "faq"), Row(4, "cheese", "out_of_scope"), Row(5, "", None)]
    rows += [Row(6, "hey", "faq/warranty")]
    readings = [
        Reading("greet", 0.9, 0.9, "answered"),
        Reading("faq/warranty", 0.6, 0.3, "asked"),
        Reading("greet", 0.8, 0.7, "answered"),
        Reading(None, 0.0, 0.0, "nothing"),
        Reading(None, 0.0, 0.0, "nothing"),
    ]
    found = compare("log.csv", rows, readings)
    assert [row.right for row in found.rows] == [True, True, False, None, False]
    assert (found.answered, found.labelled, found.right, found.wrong_answers) == (2, 4, 2, 1)
