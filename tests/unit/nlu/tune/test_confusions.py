"""Which labels are taken for each other, and what the report says about it."""

from __future__ import annotations

from typing import Any

import pytest

from handoff.nlu.tune.cases import judge
from handoff.nlu.tune.confusions import Pair, confusions
from handoff.nlu.tune.hints import Facts, hint
from tests.support.held_out import NO_ANSWER, held_out


def pairs(*predictions: Any, threshold: float = 0.5, **more: Any) -> list[Pair]:
    return confusions(judge(predictions, NO_ANSWER), threshold, no_answer=NO_ANSWER, alike=more.get("alike", {}))


def test_both_directions_are_one_pair_named_after_the_more_frequent_one() -> None:
    found = pairs(
        held_out("greet", "deny", 0.9, text="one"),
        held_out("greet", "deny", 0.4, text="two"),
        held_out("deny", "greet", 0.2, text="three"),
        held_out("deny", "deny", 0.9),
        held_out("thank", "affirm", 0.1),
    )
    assert [(pair.label, pair.other, pair.count) for pair in found] == [("greet", "deny", 3), ("thank", "affirm", 1)]
    assert (found[0].forth, found[0].back, found[0].answered) == (2, 1, 1)


def test_the_surest_sentence_comes_first_with_what_a_visitor_gets() -> None:
    (pair,) = pairs(
        held_out("greet", "out_of_scope", 0.9, confidence=0.6, text="lower"),
        held_out("out_of_scope", "greet", 0.3, confidence=0.7, text="middle"),
        held_out("out_of_scope", "greet", 0.8, confidence=0.9, text="surest"),
    )
    assert [(mistake.text, mistake.outcome) for mistake in pair.mistakes] == [
        ("surest", "answered"),
        ("middle", "asked"),
        ("lower", "no_answer"),
    ]


def test_pairs_with_wrong_answers_come_before_others_that_are_as_frequent() -> None:
    found = pairs(held_out("affirm", "deny", 0.1), held_out("greet", "thank", 0.9))
    assert [pair.label for pair in found] == ["greet", "affirm"]


def test_a_hint_counts_the_nearly_equal_sentences_of_its_pair() -> None:
    alike = {frozenset(("deny", "greet")): 2}
    assert "2 nearly equal sentences stand under both" in pairs(held_out("greet", "deny"), alike=alike)[0].hint
    assert "nearly equal" not in pairs(held_out("greet", "thank"), alike=alike)[0].hint


PLENTY = {"examples": 100, "examples_of_other": 100}


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"label": "out_of_scope", "other": "greet"}, "If the answer of greet would serve them"),
        ({"label": "greet", "other": "out_of_scope"}, "greet is taken for something that has no answer"),
        ({"confidences": [0.9, 0.85, 0.3]}, "see first whether they stand under the right intent"),
        ({"label": "faq/a", "other": "faq/b"}, "Would one answer serve both?"),
        ({"forth": 6, "back": 2}, "Nearly all go one way"),
        ({"forth": 5, "back": 2}, "Read them as a visitor"),
        ({"forth": 2, "back": 0}, "Read them as a visitor"),
        ({"alike": 1}, "One nearly equal sentence stands under both"),
        ({"examples": 12}, "greet has 12 examples; 40 or more serve it better."),
        ({"label": "faq/a", "examples": 12}, "faq/a has 12 examples; 20 or more serve it better."),
    ],
)
def test_hints(facts: dict[str, Any], words: str) -> None:
    base: dict[str, Any] = {"label": "greet", "other": "deny", "forth": 2, "back": 2, "confidences": [0.3], **PLENTY}
    assert words in hint(Facts(**{**base, "no_answer": NO_ANSWER, "alike": 0, **facts}))
