"""The time. Tests and demonstrations can move it, to see what happens after hours without waiting for the night."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from handoff.domain.errors import ConfigurationError


def utc_now() -> datetime:
    """The time, timezone-aware."""
    return datetime.now(UTC)


def clock_of(file: Path | None) -> Callable[[], datetime]:
    """The clock of this process: the real one, moved by the seconds in ``file`` when there is one."""
    return moved_by(file) if file else utc_now


def moved_by(path: Path) -> Callable[[], datetime]:
    """A clock that runs like the real one, moved by the seconds in ``path``.

    Raises (when asked for the time):
        ConfigurationError: the file cannot be read or holds no number.
    """

    def now() -> datetime:
        try:
            return utc_now() + timedelta(seconds=float(path.read_text(encoding="utf-8")))
        except (OSError, ValueError) as error:
            raise ConfigurationError(f"HANDOFF_CLOCK_FILE: {path} must hold a number of seconds ({error}).") from error

    return now
