"""How messages are judged."""

from __future__ import annotations

import pytest

from bench.nlu_outcomes import Outcome, outcome, scores
from bench.nlu_understood import Understood

OOS = "oos"


def label(name: str | None) -> str | None:
    return None if name == "nlu_fallback" else name


def judge(message: Understood, expected: str | None = "a") -> Outcome:
    return outcome(expected, message, label, OOS)


def test_an_answer() -> None:
    assert judge(Understood("a", (("a", 0.7), ("b", 0.2)))) == Outcome("a", "a", 0.7, 0.7, "a")


def test_abstention_keeps_the_likeliest_label_and_its_confidence() -> None:
    assert judge(Understood("nlu_fallback", (("b", 0.4), ("a", 0.3)))) == Outcome("a", "b", 0.4, 0.4, None)


def test_an_out_of_scope_intent_is_no_answer_and_leaves_little_to_know() -> None:
    message = Understood(OOS, ((OOS, 0.9), ("a", 0.06), ("b", 0.04)))
    assert judge(message) == Outcome("a", "a", 0.06, 0.06, None)


@pytest.mark.parametrize(
    ("ranking", "known", "expected"),
    [
        ((("a", 0.7),), 0.95, 0.95),
        (((OOS, 0.9), ("a", 0.1)), 0.95, 0.1),
        (((OOS, 0.6), ("a", 0.4)), 0.2, 0.2),
        ((("a", 0.6), (OOS, 0.4)), 0.8, 0.8),
    ],
)
def test_the_pipelines_own_score_counts(ranking: tuple[tuple[str, float], ...], known: float, expected: float) -> None:
    assert judge(Understood("a", ranking, known=known)).known == pytest.approx(expected)


def test_nothing_understood() -> None:
    assert judge(Understood(None, ())) == Outcome("a", None, 0.0, 0.0, None)


def test_nothing_is_right_out_of_scope() -> None:
    assert not judge(Understood(None, ()), expected=None).right


def test_scores_by_hand() -> None:
    rows = [
        Outcome("a", "a", 0.9, 0.9, "a"),
        Outcome("b", "a", 0.8, 0.8, "a"),
        Outcome("b", "b", 0.4, 0.4, None),
        Outcome("a", "a", 0.6, 0.6, "a"),
        Outcome(None, "a", 0.7, 0.7, "a"),
        Outcome(None, "b", 0.1, 0.1, None),
    ]
    result = scores(rows)
    assert result["accuracy"] == pytest.approx(3 / 4)
    assert result["oos_auroc"] == pytest.approx(6 / 8)  # 0.7 is beaten by 0.9 and 0.8, 0.1 by all four
    assert result["answered_right"] == pytest.approx(2 / 4)
    assert result["answered_wrong"] == pytest.approx(2 / 4)
    assert result["oos_answered"] == pytest.approx(1 / 2)
    assert result["coverage"] == pytest.approx(4 / 6)
    assert result["coverage_in_scope"] == pytest.approx(3 / 4)
    # surest first: right, wrong, wrong (out of scope), right, right, wrong
    assert result["aurc"] == pytest.approx((0 + 1 / 2 + 2 / 3 + 2 / 4 + 2 / 5 + 3 / 6) / 6)
    assert result["ece"] == pytest.approx((0.1 + 0.8 + 0.6 + 0.4) / 4)


def test_without_rows_out_of_scope_their_scores_are_missing() -> None:
    result = scores([Outcome("a", "a", 0.9, 0.9, None)])
    assert {name for name, value in result.items() if value is None} == {"oos_auroc", "oos_answered", "answered_wrong"}
