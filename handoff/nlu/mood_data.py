"""What the mood of messages is learnt from: lines that come with the library, and the project's own examples."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
from rasa.shared.nlu.constants import METADATA_EXAMPLE, METADATA_INTENT, RESPONSE_IDENTIFIER_DELIMITER

from handoff.nlu.typed_text import is_command, readable

ENGLISH = Path(__file__).with_name("mood_en")
"""Messages to invented companies, in public and in chats, about anything that companies do."""

MOOD = "mood"
"""Key under ``metadata`` of an intent or an example in data/nlu."""

FOLDS = 5
NEIGHBOURS = 20  # lines that follow each other share subjects, so they are held out together
_COMMENT = "# "  # with the space: a message may begin with a #hashtag


class Mood(StrEnum):
    """Of one example. What is unclear is not learnt from."""

    FRUSTRATED = "frustrated"
    CALM = "calm"
    UNCLEAR = "unclear"


class MoodDataError(ValueError):
    """A mood file is missing or a label is none; the message names it and the remedy."""


@dataclass(frozen=True)
class MoodExamples:
    """Readable ``texts`` [n], whether each is ``frustrated`` bool [n], its ``folds`` int [n] from 0 to FOLDS - 1."""

    texts: list[str]
    frustrated: np.ndarray
    folds: np.ndarray


def read_mood_files(folder: Path) -> MoodExamples:
    """The lines of ``frustrated.txt`` and ``calm.txt``, one message a line; lines that begin with "# " are comments.

    The files are written side by side: the same place in both is about the same subject, and is in one fold.

    Raises:
        MoodDataError: a file cannot be read, or a line is in both files.
    """
    by_mood = {mood: _lines(folder / f"{mood}.txt") for mood in (Mood.FRUSTRATED, Mood.CALM)}
    both = set(by_mood[Mood.FRUSTRATED]) & set(by_mood[Mood.CALM])
    if both:
        raise MoodDataError(f"{folder}: {min(both)!r} is in frustrated.txt and in calm.txt. Take it out of one.")
    frustrated, calm = by_mood[Mood.FRUSTRATED], by_mood[Mood.CALM]
    return MoodExamples(
        texts=[*frustrated, *calm],
        frustrated=np.arange(len(frustrated) + len(calm)) < len(frustrated),
        folds=np.concatenate([_neighbours_together(len(frustrated)), _neighbours_together(len(calm))]),
    )


def mood_files_fingerprint(folder: Path) -> str:
    """Hash of both files: an edited line trains the component again.

    Raises:
        MoodDataError: a file cannot be read.
    """
    lines = [line for mood in (Mood.FRUSTRATED, Mood.CALM) for line in ["\0", *_lines(folder / f"{mood}.txt")]]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def labelled(
    examples: Sequence[tuple[str, str, dict[str, Any]]], *, frustrated: Collection[str], unclear: Collection[str]
) -> tuple[list[int], MoodExamples]:
    """Places of the examples that have a clear mood, and what is learnt from them.

    Args:
        examples: text, intent and Rasa's ``metadata`` of each (``{"intent": {...}, "example": {...}}``).
        frustrated: intents whose examples are frustrated; all others are calm. ``faq`` stands for all ``faq/...``.
        unclear: intents in which both moods occur.

    Raises:
        MoodDataError: a mood under ``metadata`` is none of frustrated, calm, unclear.
    """
    places: list[int] = []
    texts: list[str] = []
    moods: list[bool] = []
    for place, (text, intent, metadata) in enumerate(examples):
        mood = _written_mood(text, metadata) or _mood_of(intent, frustrated, unclear)
        line = readable(text)
        if mood is not Mood.UNCLEAR and line and not is_command(line):
            places.append(place)
            texts.append(line)
            moods.append(mood is Mood.FRUSTRATED)
    return places, MoodExamples(texts, np.array(moods, dtype=bool), _neighbours_together(len(texts)))


def _mood_of(intent: str, frustrated: Collection[str], unclear: Collection[str]) -> Mood:
    names = {intent, intent.split(RESPONSE_IDENTIFIER_DELIMITER)[0]}
    if not names.isdisjoint(unclear):
        return Mood.UNCLEAR
    return Mood.CALM if names.isdisjoint(frustrated) else Mood.FRUSTRATED


def _written_mood(text: str, metadata: dict[str, Any]) -> Mood | None:
    """What the example itself says, or else its intent."""
    for level in (METADATA_EXAMPLE, METADATA_INTENT):
        found = metadata.get(level)
        if isinstance(found, dict) and MOOD in found:
            try:
                return Mood(found[MOOD])
            except ValueError as error:
                raise MoodDataError(
                    f"data/nlu, {text!r}: '{MOOD}: {found[MOOD]}' under metadata must be one of {', '.join(Mood)}."
                ) from error
    return None


def _lines(path: Path) -> list[str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise MoodDataError(f"{path}: cannot be read ({error}). It holds one message a line, in UTF-8.") from error
    return [found for line in lines if not line.startswith(_COMMENT) and (found := readable(line))]


def _neighbours_together(count: int) -> np.ndarray:
    """Folds int [count]; of few examples every fold gets some, or there would be nothing to hold out."""
    together = max(1, min(NEIGHBOURS, count // FOLDS))
    folds: np.ndarray = np.arange(count) // together % FOLDS
    return folds
