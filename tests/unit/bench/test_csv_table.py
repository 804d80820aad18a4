"""CSV files that cannot be used are explained by file, line and remedy."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.csv_table import DataError, Record, read_table

COLUMNS = ("text", "label")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "some.csv"


def test_cells_are_given_as_they_are_with_the_line_they_begin_on(file: Path) -> None:
    file.write_bytes('\ufefflabel,id,text\r\na,1," two\nlines, ""quoted"" "\r\n\r\nb,2,[x](y)\r\n'.encode())
    assert read_table(file, COLUMNS) == [
        Record(2, {"text": ' two\nlines, "quoted" ', "label": "a"}),
        Record(5, {"text": "[x](y)", "label": "b"}),
    ]


@pytest.mark.parametrize(
    ("content", "place", "cause", "remedy"),
    [
        (b"", "line 1", "no column 'text', only nothing", "first line"),
        (b"text;label\nhello;a\n", "line 1", "no column 'text', only 'text;label'", "first line"),
        (b"text,category\nhello,a\n", "line 1", "no column 'label', only 'text', 'category'", "first line"),
        (b"text,label\nhello,a\nwell, then,b\n", "line 3", "3 cells, but the first line names 2", "double quotes"),
        (b'text,label\n"two\nlines",a\nalone\n', "line 4", "1 cells", "double quotes"),
        (b"text,label\nhello,a\nbye, \n", "line 3", "'label' is empty", "delete the row"),
        (b'text,label\nhello,a\n"bye,b\nwell,c\n', "line 3", "is not CSV", "Close every double quote"),
        (b"text,label\nhello,a\ncaf\xe9,b\n", "line 3", "is not UTF-8", "Save the file as UTF-8"),
        (b"text,label\n\n", "some.csv", "no rows", "Add some"),
    ],
)
def test_mistakes_are_explained(file: Path, content: bytes, place: str, cause: str, remedy: str) -> None:
    file.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_table(file, COLUMNS)
    assert str(error.value).startswith(str(file))
    for part in (place, cause, remedy):
        assert part in str(error.value)


def test_a_missing_file_is_named(file: Path) -> None:
    with pytest.raises(DataError, match=r"some\.csv: cannot be read \(No such file or directory\)\. Give the path"):
        read_table(file, COLUMNS)
