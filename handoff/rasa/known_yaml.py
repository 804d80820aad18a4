"""YAML that was read and found valid before is not parsed again: that takes most of the time of reading training data.

What is kept is the bare content of a file, from before Rasa makes anything of it. All that Rasa checks and says after
parsing (formats, entities, intents that the domain does not have) it therefore checks and says every time. A file
is kept by what it holds, not by its name or time, so an edit that is taken back costs nothing either. The store lies
beside Rasa's own training cache and can be deleted at any time. It is JSON: reading it runs no code.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import logging
import re
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import rasa.shared.utils.io
from ruamel.yaml.error import YAMLFutureWarning, YAMLWarning

from handoff.nlu.cache_files import cache_folder, write_whole
from handoff.nlu.fingerprint import source_fingerprint

logger = logging.getLogger(__name__)

FOLDER = "yaml"
MOST_UNUSED = 100  # earlier states of files and other projects' files, about 10 kB each; the oldest go first
_DECIDE = ("rasa", "ruamel.yaml", "pykwalify")  # other releases may read a file differently, or call it valid

# Rasa fills in ${NAME} from the environment while it parses, and next time that may be something else. Before it parses
# it turns escapes like \u0024 into characters, even into a dollar sign, so a file with such escapes is not kept either.
_FILLED_IN = re.compile(r"\$\{|!env_var|\\[uU]")


class KnownYaml:
    """The content of YAML files of one kind; what is new is kept at the end of the ``with`` block, also after an error.

    Args:
        kind: files that one schema describes; there is a store for each.
    """

    def __init__(self, kind: str) -> None:
        self._path = cache_folder(FOLDER) / f"{kind}.txt"
        releases = " ".join(importlib.metadata.version(name) for name in _DECIDE)
        self._identity = f"{releases} {source_fingerprint(sys.modules[__name__])}"
        self._before = _read(self._path)
        self._used: dict[str, str] = {}

    def __enter__(self) -> KnownYaml:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._used.keys() - self._before.keys():
            unused = [key for key in self._before if key not in self._used]
            older = {key: self._before[key] for key in unused[max(0, len(unused) - MOST_UNUSED) :]}
            _write(self._path, older | self._used)

    def content(self, text: str, validate: Callable[[str], None]) -> Any:
        """What ``rasa.shared.utils.io.read_yaml`` makes of ``text``; the caller's own, to change as it likes.

        Args:
            text: of a whole file.
            validate: raises when the text does not follow the schema of this kind. A text that passed is not checked
                again; whatever it and parsing raise or warn of is raised and warned of each time.
        """
        key = hashlib.sha256(f"{self._identity}\0{text}".encode("utf-8", "surrogatepass")).hexdigest()
        kept = self._before.get(key)
        if kept is not None:
            self._used[key] = kept
            return json.loads(kept)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", YAMLWarning)
                warnings.simplefilter("error", YAMLFutureWarning)
                content = _parsed(text, validate)
        except (YAMLWarning, YAMLFutureWarning):
            return _parsed(text, validate)  # warns, and will again
        kept = _as_json(content)
        if kept is not None and not _FILLED_IN.search(text):
            self._used[key] = kept
        return content


def _parsed(text: str, validate: Callable[[str], None]) -> Any:
    validate(text)
    return rasa.shared.utils.io.read_yaml(text)


def _as_json(content: Any) -> str | None:
    """None when JSON would give back anything else, as with dates and with keys that are numbers."""
    try:
        text = json.dumps(content)
        return text if json.loads(text) == content else None
    except (TypeError, ValueError):  # ValueError: a list within itself, a number of more digits than Python writes
        return None


def _read(path: Path) -> dict[str, str]:
    try:
        checksum, _, body = path.read_bytes().partition(b"\n")
        if hashlib.sha256(body).hexdigest().encode() != checksum:
            raise ValueError("its checksum does not match")
        return dict(line.split(" ", 1) for line in body.decode("ascii").split("\n"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        logger.warning("%s cannot be read (%s). It is written anew.", path, error)
        return {}


def _write(path: Path, known: dict[str, str]) -> None:
    """Write the file whole or not at all. A full disk costs the next training time, never this one its result."""
    body = "\n".join(f"{key} {content}" for key, content in known.items()).encode("ascii")
    try:
        write_whole(path, lambda file: file.write(hashlib.sha256(body).hexdigest().encode() + b"\n" + body))
    except OSError as error:
        logger.warning("%s could not be written (%s). The next training parses everything again.", path, error)
