"""How messages from a file are understood by the classifier trained on everything."""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from handoff.domain.errors import ConfigurationError
from handoff.nlu.tune.cases import ANSWERED, intent_of, is_faq

TEXT, INTENT = "text", "intent"


@dataclass(frozen=True)
class Row:
    """A message of the file and its line; ``intent`` is what it should be read as, None where the file does not say."""

    line: int
    text: str
    intent: str | None


@dataclass(frozen=True)
class Reading:
    """What the classifier makes of a message.

    Attributes:
        label: the likeliest one, None for nothing readable.
        confidence: its probability.
        known: probability that the likeliest answer is right.
        outcome: ``answered``, ``asked``, ``no_answer`` or ``nothing``.
    """

    label: str | None
    confidence: float
    known: float
    outcome: str


@dataclass(frozen=True)
class Message:
    """A row and its reading; ``right`` is None where the file does not say what is right."""

    text: str
    expected: str | None
    label: str | None
    confidence: float
    known: float
    outcome: str
    right: bool | None


@dataclass(frozen=True)
class Messages:
    """All messages of a file, in its order.

    Attributes:
        file: its name.
        rows: the messages.
        answered: how many get an answer.
        labelled: how many say what they should be read as.
        right: how many of those are.
        wrong_answers: how many of those get a wrong answer.
    """

    file: str
    rows: list[Message]
    answered: int
    labelled: int
    right: int
    wrong_answers: int


def read_rows(file: Path, labels: Collection[str]) -> list[Row]:
    """Read a CSV file whose first line names the columns: ``text`` and, if wanted, ``intent``; others are passed over.

    Commas or semicolons separate, as spreadsheets write them.

    Args:
        file: UTF-8.
        labels: of the training data, which ``intent`` may name; or an intent alone (``faq``).

    Raises:
        ConfigurationError: names file, line and remedy.
    """
    known = {*labels, *map(intent_of, labels)}
    try:
        content = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{file} is not UTF-8. Save it as 'CSV UTF-8'.") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}.") from error
    head = content.partition("\n")[0]
    delimiter = ";" if ";" in head and "," not in head else ","
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=delimiter, strict=True)
    columns = [name.strip().lower() for name in reader.fieldnames or []]
    if TEXT not in columns:
        raise ConfigurationError(f"{file}, line 1: there is no column '{TEXT}'. Name the columns: {TEXT},{INTENT}.")
    reader.fieldnames = columns
    rows = []
    try:
        for cells in reader:
            intent = (cells.get(INTENT) or "").strip() or None
            if intent is not None and intent not in known:
                raise ConfigurationError(
                    f"{file}, line {reader.line_num}: there is no intent '{intent}' in data/nlu. Correct it, or leave "
                    f"it empty."
                )
            rows.append(Row(reader.line_num, cells[TEXT] or "", intent))
    except csv.Error as error:
        raise ConfigurationError(
            f"{file}, line {reader.reader.line_num}: {error}. Put a text that holds quotes into quotes, and double "
            f"those inside."
        ) from error
    if not rows:
        raise ConfigurationError(f"{file} holds no messages. Write one in each line below the column names.")
    return rows


def compare(file: str, rows: Sequence[Row], readings: Sequence[Reading]) -> Messages:
    """Put the readings beside the rows, which are as many and in the same order."""
    messages = [
        Message(
            row.text,
            row.intent,
            reading.label,
            reading.confidence,
            reading.known,
            reading.outcome,
            None if row.intent is None else _means(reading.label, row.intent),
        )
        for row, reading in zip(rows, readings, strict=True)
    ]
    return Messages(
        file=file,
        rows=messages,
        answered=sum(message.outcome == ANSWERED for message in messages),
        labelled=sum(message.right is not None for message in messages),
        right=sum(message.right is True for message in messages),
        wrong_answers=sum(message.right is False and message.outcome == ANSWERED for message in messages),
    )


def _means(label: str | None, expected: str) -> bool:
    if label is None:
        return False
    return (label if is_faq(expected) else intent_of(label)) == expected
