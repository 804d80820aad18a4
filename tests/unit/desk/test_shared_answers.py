"""Ten agents who ask the same at the same moment get one answer, and never an old one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from handoff.desk.shared_answers import MOST_KEYS, SharedAnswers


def test_many_who_ask_at_once_share_one_answer() -> None:
    shared, made, start = SharedAnswers(), [], threading.Barrier(10)

    def make() -> bytes:
        made.append(1)
        return b"rows"

    def ask(_: int) -> bytes:
        start.wait(10)
        return shared.get("open", 1, make)

    with ThreadPoolExecutor(10) as pool:
        assert set(pool.map(ask, range(10))) == {b"rows"}
    assert len(made) == 1


def test_another_version_or_question_is_answered_anew() -> None:
    shared = SharedAnswers()
    assert shared.get("open", 1, lambda: b"old") == b"old"
    assert shared.get("open", 2, lambda: b"new") == b"new"
    assert shared.get("closed", 2, lambda: b"others") == b"others"
    assert shared.get("open", 2, lambda: b"not asked for") == b"new"


def test_a_failure_is_not_remembered() -> None:
    shared = SharedAnswers()

    def fail() -> bytes:
        raise RuntimeError("the database is away")

    with pytest.raises(RuntimeError):
        shared.get("open", 1, fail)
    assert shared.get("open", 1, lambda: b"rows") == b"rows"


def test_it_does_not_grow_with_every_search() -> None:
    shared = SharedAnswers()
    for number in range(MOST_KEYS + 10):
        shared.get(f"search {number}", 1, lambda: b"")
    assert shared.get("search 0", 1, lambda: b"made anew") == b"made anew"
