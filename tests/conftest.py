"""What all tests share: the project's rules, a clock that stands still until told, and which worker runs what.

`make test` runs them in two workers (pytest-xdist): a group stays in one worker, and groups are handed out in order.
"""

from __future__ import annotations

import gc
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from handoff.domain.rules import HandoffRules
from handoff.rules_file import load_rules

ROOT = Path(__file__).resolve().parent.parent

# The first that a test's id begins with. All other tests are in one group with those of their file.
GROUPS = {
    "tests/e2e/test_tune.py": "tune",
    "tests/e2e/test_shell.py": "shell",
    "tests/e2e/test_review.py": "review",  # a product of its own
    "tests/e2e/": "product",  # one running product, and its clock, which only goes forward
    "tests/integration/test_lifecycle_properties.py::test_whatever_happens_the_invariants_hold[postgresql]": "random",
    "tests/integration/connectors/test_matrix": "Synapse",  # one server
    "tests/integration/connectors/test_conformance.py": "Synapse",
    "tests/integration/connectors/test_same_facts.py": "Synapse",
    "tests/integration/test_answers_in_context.py": "dialogue",  # one model
    "tests/integration/test_escalation_dialogue.py": "dialogue",
    "tests/integration/test_experiments.py": "dialogue",
    "tests/integration/test_situation_messages.py": "dialogue",
    "tests/integration/test_visits_in_dialogue.py": "dialogue",
    "tests/integration/what_if/test_same_as_live.py": "dialogue",
}
# the longest: begun late, one of them would leave the other worker with nothing to do
FIRST = ("product", "random", "Synapse", "review")


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


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """In a worker: mark the groups, and put the longest first."""
    if not hasattr(config, "workerinput"):
        return
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item.nodeid)))
    items.sort(key=lambda item: FIRST.index(group) if (group := _group(item.nodeid)) in FIRST else len(FIRST))


def pytest_collection_finish() -> None:
    """All that is loaded by now stays to the end: spare the garbage collector looking at it again and again."""
    gc.collect()
    gc.freeze()


def _group(nodeid: str) -> str:
    return next((group for start, group in GROUPS.items() if nodeid.startswith(start)), nodeid.partition("::")[0])
