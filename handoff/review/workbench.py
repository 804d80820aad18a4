"""The project as it is on the disk now, and what changes would make of it."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from handoff.domain.errors import ConfigurationError
from handoff.domain.rules import HandoffRules
from handoff.nlu.order_numbers import OrderNumbers
from handoff.nlu.tune.duplicates import Example
from handoff.review.edits import Edit, make_edit
from handoff.review.nearest import nearest_of, nearly_equal
from handoff.review.operations import Operation
from handoff.review.project_copy import problems_with
from handoff.review.stand_ins import StandIns
from handoff.review.training_data import (
    FAQ_START,
    TrainingData,
    encoder_directory,
    order_numbers,
    read_files,
    read_training_data,
)
from handoff.review.vectors import EncoderMissing, Vectors
from handoff.rules_file import load_rules
from handoff.settings import Settings

REMEMBERED = 8  # edits: while a preview runs, its page asks for the same one every second


@dataclass(frozen=True)
class ProjectNow:
    """Attributes:
    files: what is edited, by path within the project.
    identity: changes with any of them.
    data: intents and examples.
    rules: handoff.yml.
    orders: how order numbers look.
    encoder: folder of the sentence encoder as config.yml says it.
    """

    files: dict[str, bytes]
    identity: str
    data: TrainingData
    rules: HandoffRules
    orders: OrderNumbers
    encoder: str | None

    @property
    def stand_ins(self) -> StandIns:
        """What replaces personal details."""
        return StandIns(self.orders)


@dataclass(frozen=True)
class Bench:
    """An edit of the project as it is now, and why it cannot be accepted; empty when it can."""

    edit: Edit
    problems: tuple[str, ...]


class Workbench:
    """Reads the project again each time: designers edit its files beside the desk. What they lead to is remembered as
    long as they stay the same. Safe to use from several threads."""

    def __init__(self, settings: Settings, vectors: Vectors) -> None:
        self._settings = settings
        self._vectors = vectors
        self._lock = threading.Lock()
        self._project: ProjectNow | None = None
        self._benches: OrderedDict[tuple[str, str], Bench] = OrderedDict()

    def project(self) -> ProjectNow:
        """What is on the disk.

        Raises:
            ConfigurationError: a file cannot be read.
        """
        files = read_files(self._settings.root)
        digest = hashlib.sha256()
        for path, content in files.items():
            digest.update(f"{path} {len(content)} ".encode() + content)
        identity = digest.hexdigest()
        with self._lock:
            if self._project is None or self._project.identity != identity:
                self._project = ProjectNow(
                    files=files,
                    identity=identity,
                    data=read_training_data(files),
                    rules=load_rules(self._settings.root / "handoff.yml"),
                    orders=order_numbers(files),
                    encoder=encoder_directory(files),
                )
            return self._project

    def bench(self, operations: Sequence[Operation]) -> Bench:
        """What ``operations`` make of the project.

        Raises:
            Conflict: they cannot be done.
            ConfigurationError: a file cannot be read.
        """
        project = self.project()
        key = project.identity, repr(operations)
        with self._lock:
            known = self._benches.get(key)
        if known is not None:
            return known
        near = _Near(project, self._vectors)
        edit = make_edit(project.files, operations, project.rules, near.faq, near.warnings)
        made = Bench(edit, tuple(problems_with(self._settings, edit.after)) if edit.after else ())
        with self._lock:
            self._benches[key] = made
            while len(self._benches) > REMEMBERED:
                self._benches.popitem(last=False)
        return made

    def vectors_of(self, project: ProjectNow) -> np.ndarray:
        """Of all its examples, float32 [examples, dimensions].

        Raises:
            EncoderMissing: there is no encoder.
        """
        return self._vectors.of_examples([example.text for example in project.data.examples], project.encoder)

    def vectors_of_messages(self, project: ProjectNow, texts: Sequence[str]) -> np.ndarray:
        """Of what visitors wrote, float32 [texts, dimensions].

        Raises:
            EncoderMissing: there is no encoder.
        """
        return self._vectors.of_messages(texts, project.encoder)


@dataclass(frozen=True)
class _Near:
    """Looks examples up by meaning, as far as there is an encoder."""

    project: ProjectNow
    vectors: Vectors

    def faq(self, texts: Sequence[str]) -> str:
        """The FAQ that is nearest to ``texts``; the first of the project without an encoder."""
        first = next(intent for intent in self.project.data.file_of if intent.startswith(FAQ_START))
        try:
            messages, examples = self._both(texts)
        except EncoderMissing:
            return first
        return nearest_of(messages, self.project.data.examples, examples, FAQ_START) or first

    def warnings(self, texts: Sequence[str], intent: str) -> list[str]:
        """Which of them say nearly the same as an example of another intent."""
        if not texts:
            return []
        try:
            messages, examples = self._both(texts)
        except EncoderMissing as error:
            return [f"Whether the examples are like those of other intents could not be seen: {error}"]
        found = nearly_equal(messages, intent, self.project.data.examples, examples)
        return [_warning(text, other) for text, other in zip(texts, found, strict=True) if other is not None]

    def _both(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        directory = self.project.encoder
        known = [example.text for example in self.project.data.examples]
        if not known:
            raise ConfigurationError("data/nlu holds no examples. Add some before you review.")
        return self.vectors.of_messages(texts, directory), self.vectors.of_examples(known, directory)


def _warning(text: str, other: Example) -> str:
    return (
        f"\u201c{text}\u201d says nearly the same as \u201c{other.text}\u201d, an example of {other.label}. One of the "
        f"two will be taken for the other."
    )
