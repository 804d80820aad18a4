"""Wordings of contact: gaps counted in words, any case, and a bounded look at any text."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given

from handoff.nlu import contact_wording
from handoff.nlu.contact_wording import LONGEST, WORDINGS, wordings
from tests.unit.nlu.any_text import any_text

NAMES = list(WORDINGS)


def found(text: str) -> set[str]:
    return {name for name, there in zip(NAMES, wordings(text), strict=True) if there}


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("can I talk to somebody", "contact_person"),
        ("talk about my late order with somebody", "contact_person"),
        ("TRANSFER ME TO AN AGENT", "contact_person"),
        ("put me through, to a human", "contact_person"),
        ("i need a real person", "wish_person"),
        ("is there any staff around", "wish_person"),
        ("please call me", "contact_me"),
        ("I'd like a callback", "contact_me"),
        ("agent!", "bare_person"),
        ("a human please", "bare_person"),
        ("get a manager NOW", "person_please"),
        ("I want to quickly chat", "wish_to_talk"),
        ("I do not want an agent", "rather_not"),
        ("without a human", "rather_not"),
        ("I spoke to an agent", "told_of"),
    ],
)
def test_wordings(text: str, wording: str) -> None:
    assert wording in found(text)


@pytest.mark.parametrize(
    ("text", "wording"),
    [
        ("call it whatever you like, it took many weeks until any person", "contact_person"),
        ("the talkative reagents", "contact_person"),
        ("where is my desk", "wish_person"),
        ("recall me", "contact_me"),
        ("the agent who came yesterday was late", "bare_person"),
        ("I have no idea", "rather_not"),
        ("wasted", "told_of"),
    ],
)
def test_what_only_looks_like_one(text: str, wording: str) -> None:
    assert wording not in found(text)


def test_nothing_says_nothing() -> None:
    assert found("") == found("where is my desk?") == set()


@given(any_text(300))
def test_any_text_has_an_answer_to_each(text: str) -> None:
    answer = wordings(text)
    assert answer.dtype == np.float32
    assert len(answer) == len(WORDINGS)
    assert set(answer.tolist()) <= {0.0, 1.0}


class Listener:
    """Stands in for a pattern and notes what it is shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def search(self, text: str) -> re.Match[str] | None:
        self.shown.append(text)
        return None


@pytest.mark.parametrize("text", ["call " * 2000, "x" * 100_000, " " * LONGEST, "please get me, " * 5000])
def test_never_more_than_a_bounded_part_is_looked_at(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    wordings(text)  # the patterns themselves: were one of them exponential, this would not come back
    listener = Listener()
    monkeypatch.setattr(contact_wording, "_PATTERNS", (listener,) * 3)
    wordings(text)
    assert [len(shown) <= LONGEST + 1 for shown in listener.shown] == [True] * 3


@pytest.mark.parametrize(("before", "after", "seen"), [(0, 9000, True), (9000, 0, True), (9000, 9000, False)])
def test_both_ends_of_a_long_text_are_read(before: int, after: int, seen: bool) -> None:
    text = "x " * (before // 2) + "can I talk to somebody" + " x" * (after // 2)
    assert ("contact_person" in found(text)) == seen
