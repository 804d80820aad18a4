"""Reads the intents and examples of the project without Rasa, which the desk never loads."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from handoff.domain.errors import ConfigurationError
from handoff.nlu.order_numbers import OrderNumbers
from handoff.nlu.tune.duplicates import Example, plain
from handoff.nlu.tune.setup import FEATURIZER
from handoff.review.stand_ins import FERNWAY_ORDERS
from handoff.yaml_file import parse_yaml

NLU = "data/nlu"
RESPONSES = "data/responses"
RULES = "handoff.yml"
CONFIG = "config.yml"
OUT_OF_SCOPE = "out_of_scope"
FAQ = "faq"
FAQ_START = f"{FAQ}/"
DIRECTORY = "directory"
_MARKUP = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\}|\[[^\]]*\])")  # of entities, which are no words

Files = Mapping[str, bytes]
"""What files hold, by their path within the project."""


@dataclass(frozen=True)
class TrainingData:
    """Attributes:
    examples: all, in the order of the files.
    file_of: by intent, the file that holds its first examples.
    responses: by name, the file that holds it.
    """

    examples: tuple[Example, ...]
    file_of: Mapping[str, str]
    responses: Mapping[str, str]

    @property
    def intents(self) -> dict[str, int]:
        """Number of examples by intent, in the order of the files."""
        counted: dict[str, int] = dict.fromkeys(self.file_of, 0)
        for example in self.examples:
            counted[example.label] += 1
        return counted

    def by_words(self) -> dict[str, Example]:
        """The first example with these words, see :func:`handoff.nlu.tune.duplicates.plain`."""
        found: dict[str, Example] = {}
        for example in self.examples:
            found.setdefault(plain(example.text), example)
        return found


def read_files(root: Path) -> dict[str, bytes]:
    """The files of the project that the review reads and may edit.

    Raises:
        ConfigurationError: one cannot be read.
    """
    paths = [root / RULES, root / CONFIG]
    paths += [path for folder in (NLU, RESPONSES) for path in sorted((root / folder).glob("**/*.yml"))]
    try:
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}
    except OSError as error:
        raise ConfigurationError(f"{error.filename} cannot be read: {error.strerror}.") from error


def read_training_data(files: Files) -> TrainingData:
    """Intents, examples and responses.

    Raises:
        ConfigurationError: a file is not valid YAML.
    """
    examples: list[Example] = []
    file_of: dict[str, str] = {}
    responses: dict[str, str] = {}
    for path, content in files.items():
        if path.startswith(f"{NLU}/"):
            for intent, texts in _intents(load_file(path, content)):
                file_of.setdefault(intent, path)
                examples += [Example(text, intent) for text in texts]
        elif path.startswith(f"{RESPONSES}/"):
            responses |= dict.fromkeys(load_file(path, content).get("responses") or {}, path)
    return TrainingData(tuple(examples), file_of, responses)


def load_file(path: str, content: bytes) -> dict[str, Any]:
    """What a file with keys at its top holds.

    Raises:
        ConfigurationError: it is not valid YAML, or something else.
    """
    try:
        found = parse_yaml(content.decode("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} is not valid YAML: {error}") from error
    if not isinstance(found, dict):
        raise ConfigurationError(f"{path} must hold keys and values at its top.")
    return found


def component(files: Files, name: str) -> dict[str, Any]:
    """The options of a component in ``config.yml``, by full or by class name; empty when it is not in the pipeline."""
    pipeline = load_file(CONFIG, files[CONFIG]).get("pipeline") or []
    wanted = name.rsplit(".", 1)[-1]
    return next(
        (one for one in pipeline if isinstance(one, dict) and str(one.get("name")).rsplit(".", 1)[-1] == wanted), {}
    )


def encoder_directory(files: Files) -> str | None:
    """Folder of the sentence encoder as ``config.yml`` says it; None for the default one."""
    directory = component(files, FEATURIZER).get(DIRECTORY)
    return None if directory is None else str(directory)


def order_numbers(files: Files) -> OrderNumbers:
    """How the shop's order numbers look."""
    options = component(files, "handoff.nlu.spacy_entities.SpacyPatternExtractor")
    prefix, digits = options.get("order_prefix"), options.get("order_digits")
    return OrderNumbers(
        str(prefix).strip() if prefix else FERNWAY_ORDERS.prefix,
        digits if isinstance(digits, int) and digits > 0 else FERNWAY_ORDERS.digits,
    )


def _intents(content: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for item in content.get("nlu") or []:
        if isinstance(item, dict) and isinstance(item.get("intent"), str):
            yield item["intent"], list(examples_of(item.get("examples")))


def examples_of(examples: Any) -> Iterator[str]:
    """Texts of an ``examples`` block: lines that begin with ``-``, or a list of mappings with ``text``."""
    if isinstance(examples, str):
        for line in examples.splitlines():
            if line.startswith("-"):
                yield _MARKUP.sub(r"\1", line[1:].strip())
    elif isinstance(examples, list):
        for one in examples:
            if isinstance(one, dict) and isinstance(one.get("text"), str):
                yield _MARKUP.sub(r"\1", one["text"].strip())
