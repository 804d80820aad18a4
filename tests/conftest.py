"""What all tests share: the project's rules, and a clock that stands still until told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules

ROOT = Path(__file__).resolve().parent.parent


class Clock:
    """A clock under the test's control."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def rules() -> HandoffRules:
    return load_rules(ROOT / "handoff.yml")
