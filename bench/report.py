"""How benchmarks report: one JSON line per row on standard output; progress and a table on standard error."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

BUSY = 0.5
"""Load average above which something else takes a noticeable part of one core."""

NOTHING = "-"
"""Cell of a number that cannot be given, such as the share of rows of a kind that the data does not have."""


def progress(text: str) -> None:
    """Tell whoever waits."""
    print(text, file=sys.stderr, flush=True)


def say_if_busy() -> None:
    """Warn when times will be longer than they are."""
    load_average = os.getloadavg()[0]
    if load_average > BUSY:
        progress(f"The machine is busy (load {load_average:.1f}): all times will be longer than they are.")


def emit(row: Mapping[str, Any]) -> None:
    """Print one row for programs."""
    print(json.dumps(row, ensure_ascii=False), flush=True)


def table(rows: Sequence[Mapping[str, Any]], columns: Mapping[str, str]) -> str:
    """The ``columns`` (key in the row: heading) of ``rows`` for people. A row may lack a column."""
    lines = [list(columns.values()), *([_cell(row.get(name)) for name in columns] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return "\n" + "\n".join(
        "  ".join(cell.rjust(width) for cell, width in zip(line, widths, strict=True)) for line in lines
    )


def _cell(value: Any) -> str:
    return NOTHING if value is None else str(value)
