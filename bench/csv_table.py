"""Reads CSV files, and says by file and line what is wrong with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from handoff.domain.errors import HandoffError

ENCODING = "utf-8-sig"  # UTF-8, with or without the mark that spreadsheet programs put before it
HEADER_LINE = 1


class DataError(HandoffError):
    """A file of benchmark data cannot be used; the message names file, line and remedy."""

    code = "bench_data_error"


@dataclass(frozen=True)
class Record:
    """One row: the line that it begins on, and its cells by column."""

    line: int
    cells: dict[str, str]


def read_table(path: Path, columns: Sequence[str], remedy: str = "Add it to the first line.") -> list[Record]:
    """Rows of the CSV file at ``path`` (UTF-8, commas, a first line with names), with ``columns`` only.

    Cells may contain line breaks and are given as they are. Empty lines are skipped.

    Args:
        columns: names that the first line must have; none of their cells may be empty.
        remedy: what to do when one is missing.

    Raises:
        DataError: the file is missing, not such a CSV file, or has no rows.
    """
    lines = _records(path)
    _, header = next(lines, (HEADER_LINE, []))
    for name in columns:
        if name not in header:
            named = ", ".join(repr(column) for column in header) or "nothing"
            raise DataError(f"{path}, line {HEADER_LINE}: there is no column {name!r}, only {named}. {remedy}")
    rows = []
    for line, cells in lines:
        if len(cells) != len(header):
            raise DataError(
                f"{path}, line {line}: {len(cells)} cells, but the first line names {len(header)} columns. "
                "Put double quotes around a text that contains commas or line breaks."
            )
        row = dict(zip(header, cells, strict=True))
        for name in columns:
            if not row[name].strip():
                raise DataError(f"{path}, line {line}: {name!r} is empty. Fill it in, or delete the row.")
        rows.append(Record(line, {name: row[name] for name in columns}))
    if not rows:
        raise DataError(f"{path}: there are no rows below the first line. Add some.")
    return rows


def _records(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Every row that is not empty, with the line that it begins on."""
    reader = csv.reader(io.StringIO(_text(path), newline=""), strict=True)
    begins = HEADER_LINE
    try:
        for cells in reader:
            if cells:
                yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise DataError(
            f"{path}, line {begins}: the row that begins here is not CSV ({error}). "
            "Close every double quote, and write one inside a text twice."
        ) from error


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: cannot be read ({error.strerror}). Give the path of a CSV file.") from error
    try:
        return content.decode(ENCODING)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise DataError(f"{path}, line {line}: is not UTF-8 ({error.reason}). Save the file as UTF-8.") from error
