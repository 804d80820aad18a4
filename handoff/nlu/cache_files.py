"""Where training keeps what it need not work out again, beside Rasa's own cache, and how it is written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO

CACHE_VARIABLE = "RASA_CACHE_DIRECTORY"  # Rasa's own variable for its training cache (rasa.engine.caching)
DEFAULT_CACHE = ".rasa/cache"


def cache_folder(name: str) -> Path:
    """The folder ``name`` in Rasa's cache; it need not exist."""
    return Path(os.environ.get(CACHE_VARIABLE, DEFAULT_CACHE)) / name


def write_whole(path: Path, write: Callable[[IO[bytes]], object]) -> None:
    """Let ``write`` fill a file that is in its place complete or not at all.

    Raises:
        OSError: it cannot be written; what was there before is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
        try:
            write(file)
        except BaseException:
            Path(file.name).unlink(missing_ok=True)
            raise
    os.replace(file.name, path)
