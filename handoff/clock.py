"""The time. Tests and demonstrations can move it, to see what happens after hours without waiting for the night."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handoff.domain.errors import ConfigurationError

CLOCK_FILE = "HANDOFF_CLOCK_FILE"
"""Environment variable: a file with a number of seconds that is added to the real time, read each time."""


def utc_now() -> datetime:
    """The time, timezone-aware."""
    return datetime.now(UTC)


def clock_of(environ: Mapping[str, str] = os.environ) -> Callable[[], datetime]:
    """The clock of this process: the real one, unless :data:`CLOCK_FILE` names a file."""
    path = environ.get(CLOCK_FILE)
    return moved_by(Path(path)) if path else utc_now


def moved_by(path: Path) -> Callable[[], datetime]:
    """A clock that runs like the real one, moved by the seconds in ``path``.

    Raises (when asked for the time):
        ConfigurationError: the file cannot be read or holds no number.
    """

    def now() -> datetime:
        try:
            return utc_now() + timedelta(seconds=float(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"{CLOCK_FILE}: {path} must hold a number of seconds ({error}).") from error

    return now
