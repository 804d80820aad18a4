"""Makes the files that a change leads to, in memory."""

from __future__ import annotations

import difflib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from handoff.domain.errors import Conflict
from handoff.domain.rules import HandoffRules
from handoff.nlu.tune.duplicates import plain
from handoff.nlu.tune.intent_scores import fewest_of
from handoff.review.operations import Kind, Operation
from handoff.review.training_data import RESPONSES, RULES, Files, TrainingData, read_training_data
from handoff.review.yaml_insert import (
    NotEditable,
    add_examples,
    add_intent,
    add_readable,
    add_response,
    add_to_topic,
)

UTTER = "utter_"

NearestFaq = Callable[[Sequence[str]], str]
"""The FAQ whose examples are most like these sentences."""

Alike = Callable[[Sequence[str], str], list[str]]
"""Warnings about sentences that are nearly equal to an example of another intent than this one."""


@dataclass(frozen=True)
class Edit:
    """What a change does to the files.

    Attributes:
        before: content of each file that changes, as it is now.
        after: the same as it would be.
        added: by intent, the examples that are really added.
        warnings: for people.
    """

    before: Mapping[str, bytes]
    after: Mapping[str, bytes]
    added: Mapping[str, Sequence[str]]
    warnings: Sequence[str]

    @property
    def base(self) -> str:
        """Identity of the files that it changes and of what it makes of them."""
        digest = hashlib.sha256()
        for path in sorted(self.after):
            for content in (path.encode(), self.before[path], self.after[path]):
                digest.update(len(content).to_bytes(8, "big") + content)
        return digest.hexdigest()

    def diff(self, path: str) -> str:
        """Unified, as ``git apply`` takes it."""
        before, after = (_lines(one[path]) for one in (self.before, self.after))
        return "".join(
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in difflib.unified_diff(before, after, f"a/{path}", f"b/{path}")
        )

    @property
    def patch(self) -> str:
        """All of it."""
        return "".join(map(self.diff, sorted(self.after)))


@dataclass
class _Making:
    files: dict[str, bytes]
    data: TrainingData
    added: dict[str, list[str]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def change(self, path: str, how: Callable[[str], str]) -> None:
        try:
            self.files[path] = how(self.files[path].decode("utf-8")).encode("utf-8")
        except NotEditable as error:
            raise NotEditable(f"{path}: {error}") from error


def make_edit(
    files: Files, operations: Sequence[Operation], rules: HandoffRules, nearest_faq: NearestFaq, alike: Alike
) -> Edit:
    """Apply ``operations`` to ``files``.

    Raises:
        NotEditable: a file is written in a way in which nothing can be put in by machine.
        Conflict: a file is not there any more, or was changed so that the operation cannot be done.
        ConfigurationError: a file is not valid YAML.
    """
    making = _Making(dict(files), read_training_data(files))
    taken = {words: (example.text, example.label) for words, example in making.data.by_words().items()}
    for operation in operations:
        if operation.intent is None:
            continue
        lines = _new_lines(operation, taken, making.warnings)
        making.warnings += alike(lines, operation.intent)
        if operation.kind is Kind.NEW_FAQ:
            _add_faq(making, operation, lines, rules, nearest_faq)
        elif lines:
            _add_lines(making, operation.intent, lines)
        making.added.setdefault(operation.intent, []).extend(lines)
    changed = {path: content for path, content in making.files.items() if content != files[path]}
    return Edit({path: files[path] for path in changed}, changed, making.added, making.warnings)


def _new_lines(operation: Operation, taken: dict[str, tuple[str, str]], warnings: list[str]) -> list[str]:
    """Those that stand nowhere yet. One that stands under another intent would contradict it."""
    assert operation.intent is not None, "what has no intent adds nothing"
    lines = []
    for line in operation.examples:
        text, label = taken.setdefault(plain(line), (line, operation.intent))
        if text is line:
            lines.append(line)
        elif label == operation.intent:
            warnings.append(f"\u201c{line}\u201d is an example of {label} already, and is left out.")
        else:
            warnings.append(
                f"\u201c{line}\u201d is an example of {label}, and is left out: one sentence cannot mean two things. "
                f"If it belongs to {operation.intent}, take it out of {label} first."
            )
    return lines


def _add_lines(making: _Making, intent: str, lines: Sequence[str]) -> None:
    path = making.data.file_of.get(intent)
    if path is None:
        raise Conflict(f"There is no intent {intent} in data/nlu any more. Drop this change, and make it again.")
    making.change(path, lambda text: add_examples(text, intent, lines))


def _add_faq(
    making: _Making, operation: Operation, lines: Sequence[str], rules: HandoffRules, nearest_faq: NearestFaq
) -> None:
    intent, data = operation.intent, making.data
    assert intent is not None, "a new FAQ has a name"
    assert operation.answer is not None, "and an answer"
    if intent in data.file_of or f"{UTTER}{intent}" in data.responses:
        raise Conflict(f"There is an FAQ {intent} by now. Drop this change, or make it again with another name.")
    if not lines:
        raise Conflict(f"All examples of {intent} stand under other intents by now, so nothing is left to recognise.")
    beside = operation.beside or nearest_faq(operation.examples)
    nlu, responses = data.file_of.get(beside), data.responses.get(f"{UTTER}{beside}")
    if nlu is None or responses is None:
        raise Conflict(f"{beside} has no examples in data/nlu or no response in {RESPONSES}. Name another one: beside.")
    topic = operation.topic or rules.topic_of(beside).name
    making.change(nlu, lambda text: add_intent(text, intent, lines))
    making.change(responses, lambda text: add_response(text, f"{UTTER}{intent}", operation.answer or ""))
    making.change(RULES, lambda text: add_to_topic(text, topic, intent))
    making.change(RULES, lambda text: add_readable(text, intent, operation.label or intent))
    if len(lines) < fewest_of(intent):
        making.warnings.append(
            f"{intent} has {len(lines)} examples; {fewest_of(intent)} are a good number. Add other ways to ask it when "
            f"you see them."
        )


def _lines(content: bytes) -> list[str]:
    return content.decode("utf-8").splitlines(keepends=True)
