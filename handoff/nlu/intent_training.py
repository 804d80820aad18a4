"""What the intent classifier is trained on, and the training: the same for Rasa's component and for a head start.

Nothing here loads TensorFlow, as Rasa's components do.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rasa.shared.nlu.constants import INTENT, INTENT_RESPONSE_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message

from handoff.nlu import (
    calibration,
    contact_wording,
    example_memory,
    feature_space,
    halfway_space,
    held_out,
    held_out_likeness,
    intent_head,
    intent_head_file,
    known_score,
    lbfgs,
    linear_head,
    pair_judge,
    passages,
    principal_directions,
    request_head,
    risk_curve,
    second_look,
    softmax_regression,
    text_ngrams,
    token_space,
    typed_text,
)
from handoff.nlu.cache_files import cache_folder, write_whole
from handoff.nlu.encoder import Encoding, SentenceEncoder, load_encoder
from handoff.nlu.encoder_folder import DIRECTORY, find_encoder
from handoff.nlu.encoding_store import cached_encodings
from handoff.nlu.fingerprint import source_fingerprint
from handoff.nlu.intent_head import Trained, train_head, words_of
from handoff.nlu.typed_text import readable

logger = logging.getLogger(__name__)

NOTED = 20  # trainings: an edit that is taken back is one of the last few, and Rasa's cache still holds its head
REGULARISATION = "C"
ITERATIONS = "max_iter"
NGRAM_WEIGHT = "ngram_weight"
INTENT_NAMES = "use_intent_names"
NO_ANSWER = "no_answer_intents"
ANYWHERE = "anywhere_intents"

DEFAULTS: dict[str, Any] = {
    REGULARISATION: 20.0,
    ITERATIONS: 25,
    NGRAM_WEIGHT: 0.7,
    INTENT_NAMES: True,
    NO_ANSWER: ["out_of_scope"],
    ANYWHERE: ["request_human"],
    DIRECTORY: None,
}
"""The settings that training depends on; handoff.nlu.intent_classifier says what they mean."""


@dataclass(frozen=True)
class Task:
    """Attributes:
    texts: readable texts, in the order of the training data.
    labels: of the texts; the answers of a retrieval intent have labels of their own (``faq/warranty``).
    settings: with the keys of :data:`DEFAULTS`.
    """

    texts: list[str]
    labels: list[str]
    settings: dict[str, Any]

    @classmethod
    def of(cls, examples: Sequence[Message], config: Mapping[str, Any]) -> Task:
        """Take ``examples`` that :func:`usable` let through; other keys of ``config`` do not matter."""
        return cls(
            [readable(example.get(TEXT)) for example in examples],
            [str(example.get(INTENT_RESPONSE_KEY) or example.get(INTENT)) for example in examples],
            {key: config.get(key, default) for key, default in DEFAULTS.items()},
        )

    def identity(self) -> str:
        """Changes when another head would come out."""
        parts = [self.texts, self.labels, self.settings, find_encoder(self.settings).fingerprint, code_fingerprint()]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()


def usable(examples: Sequence[Message]) -> list[Message]:
    """The ``examples`` that have a text and an intent."""
    return [example for example in examples if example.get(TEXT) and example.get(INTENT)]


def train_intents(task: Task, encodings: Sequence[Encoding]) -> Trained:
    """Train on ``task``, whose texts have these ``encodings``.

    Raises:
        EncoderUnavailable: the labels' names are to be examples too, and there is no encoder for them.
    """
    settings = task.settings
    return train_head(
        task.texts,
        encodings,
        task.labels,
        names=_names(task) if settings[INTENT_NAMES] else {},
        no_answer=settings[NO_ANSWER],
        anywhere=settings[ANYWHERE],
        regularisation=settings[REGULARISATION],
        iterations=settings[ITERATIONS],
        ngram_weight=settings[NGRAM_WEIGHT],
    )


def note_trained(task: Task) -> None:
    """Remember that Rasa's cache holds the head for ``task``: a head start need not train it again."""
    path, identity = _notes(), task.identity()
    lines = [identity, *(line for line in _trained() if line != identity)][:NOTED]
    try:
        write_whole(path, lambda file: file.write("\n".join(lines).encode()))
    except OSError as error:
        logger.warning("%s could not be written (%s). The next training may do more than it must.", path, error)


def was_trained(task: Task) -> bool:
    """Whether ``task`` was trained not long ago."""
    return task.identity() in _trained()


def _trained() -> list[str]:
    """Identities, the latest first."""
    try:
        return _notes().read_text(encoding="ascii").splitlines()
    except (OSError, ValueError):  # nothing was trained, or the note is damaged
        return []


def _notes() -> Path:
    return cache_folder("intents") / "trained"


def encoder_of(task: Task) -> SentenceEncoder:
    """The encoder that the settings mean, loaded once a process."""
    return load_encoder(find_encoder(task.settings))


def _names(task: Task) -> dict[str, Encoding]:
    words = {label: words_of(label) for label in sorted(set(task.labels))}
    spelled = {label: text for label, text in words.items() if text}
    found = cached_encodings(encoder_of(task), find_encoder(task.settings).fingerprint, list(spelled.values()))
    return dict(zip(spelled, found, strict=True))


def code_fingerprint() -> str:
    """Changes with the mathematics."""
    return source_fingerprint(
        sys.modules[__name__],
        calibration,
        text_ngrams,
        contact_wording,
        example_memory,
        feature_space,
        halfway_space,
        held_out,
        held_out_likeness,
        intent_head,
        intent_head_file,
        known_score,
        lbfgs,
        linear_head,
        pair_judge,
        passages,
        principal_directions,
        request_head,
        risk_curve,
        second_look,
        softmax_regression,
        token_space,
        typed_text,
    )
