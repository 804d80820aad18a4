"""Labels become intent names and come back."""

from __future__ import annotations

import pytest

from bench.nlu_names import FALLBACK, IntentNames

LABELS = [
    "card arrival",
    "card_arrival",
    "Card Arrival",
    "refund/why?",
    "refund why?",
    "a \t b",
    FALLBACK,
    "größe",
    "012",
]


def test_the_way_there_and_back() -> None:
    names = IntentNames(LABELS)
    given = [names.name(label) for label in LABELS]
    assert len(set(given)) == len(LABELS)
    assert [names.label(name) for name in given] == LABELS


def test_names_stay_readable_and_only_what_rasa_cannot_carry_is_replaced() -> None:
    names = IntentNames(LABELS)
    assert [names.name(label) for label in LABELS] == [
        "card_arrival",
        "card_arrival_2",
        "Card_Arrival",
        "refund_why?",
        "refund_why?_2",
        "a_b",
        "nlu_fallback_2",
        "größe",
        "012",
    ]


def test_a_name_with_a_number_of_its_own_is_not_taken_twice() -> None:
    names = IntentNames(["a_b_2", "a b", "a/b"])
    assert [names.name(label) for label in ("a_b_2", "a b", "a/b")] == ["a_b_2", "a_b", "a_b_3"]


@pytest.mark.parametrize("name", [None, FALLBACK, "something_else"])
def test_what_is_no_label_has_none(name: str | None) -> None:
    assert IntentNames(LABELS).label(name) is None
